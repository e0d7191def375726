package wecom

import (
	"errors"
	"time"
)

// Classes of failure, for errors.Is. A code belongs to at most a few of them.
var (
	ErrInvalidCredential = errors.New("wecom: wrong corp id or secret")
	ErrInvalidToken      = errors.New("wecom: invalid or expired token")
	ErrForbidden         = errors.New("wecom: not permitted")
	ErrNotFound          = errors.New("wecom: not found")
	ErrRateLimited       = errors.New("wecom: rate limited")
	ErrBusy              = errors.New("wecom: server busy")
	ErrInvalidRequest    = errors.New("wecom: invalid request")
	ErrQuota             = errors.New("wecom: quota used up")
	// ErrOutcomeUnknown matches when a write was sent and its reply was lost:
	// WeCom may or may not have carried it out.
	ErrOutcomeUnknown = errors.New("wecom: outcome unknown")
)

// An Error is WeCom's refusal of a call, or this client's own refusal to send
// it (Client is true then).
type Error struct {
	Op         Operation
	Code       Code
	Msg        string // errmsg without hint, IP and link
	Hint       string // names the call in WeCom's query tool
	IP         string // the caller's address as WeCom saw it
	HelpURL    string
	HTTPStatus int
	Attempts   int
	RetryAt    time.Time // zero if WeCom names no time
	Client     bool      // refused by this client, never sent
}

// newError makes the error of one refused call from WeCom's reply. Callers add
// Attempts and RetryAt.
func newError(op Operation, code Code, errmsg string, httpStatus int) *Error {
	m := parseErrMsg(errmsg)
	return &Error{Op: op, Code: code, Msg: m.Msg, Hint: m.Hint, IP: m.IP, HelpURL: m.HelpURL, HTTPStatus: httpStatus}
}

func (e *Error) Error() string { return "wecom: " + e.Op.Path + ": " + e.Msg }

// A TransportError is a call whose reply did not arrive or was not WeCom's:
// a network failure, a time-out, a proxy's page.
type TransportError struct {
	Op         Operation
	HTTPStatus int // 0 if no reply came
	Attempts   int
	Sent       bool // the request may have reached WeCom
	Err        error
}

func (e *TransportError) Error() string { return "wecom: " + e.Op.Path + ": " + e.Err.Error() }
func (e *TransportError) Unwrap() error { return e.Err }

// IsCode reports whether err is an [*Error] with one of the codes.
func IsCode(err error, codes ...Code) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	for _, c := range codes {
		if e.Code == c {
			return true
		}
	}
	return false
}

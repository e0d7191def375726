package wecom

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Classes of refusal, for [errors.Is]. A known code belongs to one class or,
// rarely, to none; [IsCode] tests for single codes.
var (
	// ErrInvalidCredential: the corp id, secret or permanent code is wrong or
	// missing, and somebody must correct it. 40001, 40013, 40084, 40091, 41001 …
	ErrInvalidCredential = errors.New("wecom: wrong corp id or secret")
	// ErrInvalidToken: a token, ticket or one-time code is wrong, used or
	// expired. 40014, 42001, 40029, 42009 …
	ErrInvalidToken = errors.New("wecom: invalid or expired token")
	// ErrForbidden: the app or the member lacks a right, or the IP is not
	// trusted. 48002, 60011, 60020, 301002, 701008 …
	ErrForbidden = errors.New("wecom: not permitted")
	// ErrNotFound: what the request names does not exist, any more or for this
	// caller. 84061, 60111, 40007, 40050 …
	ErrNotFound = errors.New("wecom: not found")
	// ErrRateLimited: too many calls, in a window or at the same time. The
	// client's own limits count too. 45009, 45033, 45036 …
	ErrRateLimited = errors.New("wecom: rate limited")
	// ErrBusy: WeCom has trouble or is still at work; later may help. -1, 6000,
	// 41063, 41096, 45035 …
	ErrBusy = errors.New("wecom: server busy")
	// ErrInvalidRequest: the request is wrong and fails again until it changes.
	// 40003, 40033, 40058, 40063, 40096 …
	ErrInvalidRequest = errors.New("wecom: invalid request")
	// ErrQuota: a ceiling is reached that no short wait lowers. 40099, 40126,
	// 40128, 95001 …
	ErrQuota = errors.New("wecom: quota used up")
	// ErrWrongState: right request, wrong moment: the thing or the corp is in a
	// state that does not allow it. 41050, 41051, 40129, 50003 …
	ErrWrongState = errors.New("wecom: not possible in the present state")
)

// ErrOutcomeUnknown matches the error of a write that may have been carried out
// although its reply was lost: a [*TransportError], or a gateway's "busy" under
// an HTTP status of 5xx, which WeCom does not use. Look before repeating it.
var ErrOutcomeUnknown = errors.New("wecom: outcome unknown")

// An Error is WeCom's refusal of a call, or this client's refusal to send one
// that WeCom would refuse (Client is true then).
//
// It matches one of the class errors, such as [ErrNotFound], through
// [errors.Is]. No field ever holds a token or a secret.
type Error struct {
	Op         Operation
	Code       Code
	Msg        string    // errmsg without hint, IP and link
	Hint       string    // names the call in WeCom's query tool and to its support
	IP         string    // the caller's address as WeCom saw it, if it said so
	HelpURL    string    // WeCom's page about this very call, if it named one
	HTTPStatus int       // 0 if the call was not sent
	Attempts   int       // tries made, 0 if the call was not sent
	RetryAt    time.Time // when the API opens again; zero if nobody knows
	Client     bool      // refused by this client: never sent
}

// newError makes the error of one refused call from WeCom's reply. Callers add
// Attempts and RetryAt.
func newError(op Operation, code Code, errmsg string, httpStatus int) *Error {
	m := parseErrMsg(errmsg)
	return &Error{Op: op, Code: code, Msg: m.Msg, Hint: m.Hint, IP: m.IP, HelpURL: m.HelpURL, HTTPStatus: httpStatus}
}

// Error names the call, the code and what to do about it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("wecom: ")
	b.WriteString(e.Op.Path)
	b.WriteString(": ")
	switch {
	case e.Client && e.Is(ErrRateLimited):
		b.WriteString("client rate limit, not sent")
	case e.Client:
		b.WriteString("not sent by the client: ")
		e.writeCode(&b)
	default:
		e.writeCode(&b)
	}
	if e.Msg != "" {
		b.WriteString(": ")
		b.WriteString(e.Msg)
	}
	writeNotes(&b, e.notes())
	return b.String()
}

func (e *Error) writeCode(b *strings.Builder) {
	b.WriteString(strconv.Itoa(int(e.Code)))
	if i := e.Code.info(); i != nil {
		b.WriteByte(' ')
		b.WriteString(i.name)
	}
}

// notes help the reader on.
func (e *Error) notes() []string {
	var notes []string
	if e.Attempts > 1 {
		notes = append(notes, triedNote(e.Attempts))
	}
	if !e.RetryAt.IsZero() {
		who := "WeCom is closed to this API until "
		if e.Client {
			who = "the client sends again from "
		}
		notes = append(notes, who+e.RetryAt.Format(time.RFC3339))
		if e.Is(ErrRateLimited) {
			return notes
		}
	}
	switch own := e.Code.ownAdvice(); {
	case e.outcomeUnknown():
		notes = append(notes, lookFirst)
	case e.Client && e.Is(ErrRateLimited):
		notes = append(notes, "make fewer calls or give ctx more time")
	case hasJSONWarning(e.Msg):
		notes = append(notes, "WeCom read the request only in part: a field has the wrong type")
	case e.Code == CodeIPNotAllowed && e.IP != "":
		notes = append(notes, ipAdvice(e.IP))
	case own != "":
		notes = append(notes, own)
	case e.Code.info() != nil:
		notes = append(notes, e.Code.Meaning(), e.Code.Advice())
	default:
		notes = append(notes, e.HelpURL)
	}
	return notes
}

const lookFirst = "WeCom may have carried the call out: look before repeating it"

func triedNote(n int) string { return "tried " + strconv.Itoa(n) + " times" }

// writeNotes appends those that are not empty, in brackets.
func writeNotes(b *strings.Builder, notes []string) {
	sep, end := " (", ""
	for _, n := range notes {
		if n != "" {
			b.WriteString(sep)
			b.WriteString(n)
			sep, end = "; ", ")"
		}
	}
	b.WriteString(end)
}

// Is reports whether target is the class error of e's code, or
// [ErrOutcomeUnknown] and the outcome is.
func (e *Error) Is(target error) bool {
	if target == ErrOutcomeUnknown {
		return e.outcomeUnknown()
	}
	s := e.Code.sentinel()
	return s != nil && s == target
}

func (e *Error) outcomeUnknown() bool {
	return e.HTTPStatus >= http.StatusInternalServerError && !e.Op.Read && e.Code.action() == actionBackoff
}

// LogValue holds the text of the error and what a log is searched by; nothing
// of the request.
func (e *Error) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("error", e.Error()),
		slog.String("op", e.Op.Path),
		slog.Int("errcode", int(e.Code)),
		slog.Int("attempts", e.Attempts),
		slog.String("hint", e.Hint),
	)
}

// A TransportError is a call whose reply did not arrive or was not WeCom's: a
// network failure, a time-out, a proxy's page.
//
// It matches [ErrOutcomeUnknown] if it was a write that may have reached WeCom.
type TransportError struct {
	Op         Operation
	HTTPStatus int       // 0 if no reply came
	Attempts   int       // tries made
	Sent       bool      // the request may have reached WeCom
	RetryAt    time.Time // when a proxy's Retry-After allows the next try; zero if it says nothing
	Err        error     // what went wrong
}

// Error says whether the call may have been carried out.
func (e *TransportError) Error() string {
	var b strings.Builder
	b.WriteString("wecom: ")
	b.WriteString(e.Op.Path)
	switch {
	case e.HTTPStatus != 0:
		b.WriteString(": no usable reply, HTTP status ")
		b.WriteString(strconv.Itoa(e.HTTPStatus))
	case e.Sent:
		b.WriteString(": no reply")
	default:
		b.WriteString(": not sent")
	}
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	var notes []string
	if e.Attempts > 1 {
		notes = append(notes, triedNote(e.Attempts))
	}
	if !e.RetryAt.IsZero() {
		notes = append(notes, "the reply asks to wait until "+e.RetryAt.Format(time.RFC3339))
	}
	if e.outcomeUnknown() {
		notes = append(notes, lookFirst)
	}
	writeNotes(&b, notes)
	return b.String()
}

// Unwrap returns what went wrong.
func (e *TransportError) Unwrap() error { return e.Err }

// Is reports whether target is [ErrOutcomeUnknown] and the outcome is.
func (e *TransportError) Is(target error) bool {
	return target == ErrOutcomeUnknown && e.outcomeUnknown()
}

func (e *TransportError) outcomeUnknown() bool { return e.Sent && !e.Op.Read }

// Timeout reports whether time ran out, the ctx's or the transport's.
func (e *TransportError) Timeout() bool {
	if errors.Is(e.Err, context.DeadlineExceeded) {
		return true
	}
	n, ok := errors.AsType[net.Error](e.Err)
	return ok && n.Timeout()
}

// LogValue holds the text of the error and what a log is searched by; nothing
// of the request.
func (e *TransportError) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("error", e.Error()),
		slog.String("op", e.Op.Path),
		slog.Int("status", e.HTTPStatus),
		slog.Int("attempts", e.Attempts),
		slog.Bool("sent", e.Sent),
	)
}

// IsCode reports whether err is or wraps an [*Error] with one of the codes.
func IsCode(err error, codes ...Code) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && slices.Contains(codes, e.Code)
}

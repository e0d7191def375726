package wecom

import (
	"cmp"
	"slices"
	"strconv"
)

//go:generate go run ../internal/gen/errcodes -o codes_gen.go

// A Code is an errcode of WeCom's global table. The known ones are constants;
// an unknown one is kept as it came.
type Code int

// String returns the constant's name without its prefix, or Code(99) for an
// unknown code.
func (c Code) String() string {
	if i := c.info(); i != nil {
		return i.name
	}
	return "Code(" + strconv.Itoa(int(c)) + ")"
}

// Meaning says what went wrong; it is empty for an unknown code.
func (c Code) Meaning() string {
	if i := c.info(); i != nil {
		return i.meaning
	}
	return ""
}

// codeInfo is one row of codeTable.
type codeInfo struct {
	code    Code
	class   class
	action  action
	name    string
	meaning string
}

func (c Code) info() *codeInfo {
	i, ok := slices.BinarySearchFunc(codeTable[:], c, func(i codeInfo, c Code) int { return cmp.Compare(i.code, c) })
	if !ok {
		return nil
	}
	return &codeTable[i]
}

// An action is what to do about a code. The retry step acts on the first five;
// every other one means: do not send the call again.
type action uint8

const (
	actionNever         action = iota // nothing is known to help
	actionRefresh                     // fetch a new token, replay once
	actionBackoff                     // the server's trouble: try again shortly, at most three times
	actionSerialize                   // too parallel: try again, fewer at once
	actionDelay                       // work in progress: try again when it may be done
	actionWindow                      // closed until the window is over
	actionFixConfig                   // someone must change settings or rights
	actionFixRequest                  // the request must change
	actionDone                        // somebody did it already
	actionCustomer                    // the customer must do something first
	actionRestartFlow                 // a one-time code: the user starts again
	actionRestartPaging               // begin again at the first page
	actionRefreshTicket               // fetch a new JS-SDK ticket, sign again
	actionAwaitPush                   // WeCom pushes a new suite_ticket
)

// action returns actionNever for an unknown code.
func (c Code) action() action {
	if i := c.info(); i != nil {
		return i.action
	}
	return actionNever
}

// A class is what kind of failure a code is.
type class uint8

const (
	classOther class = iota
	classParam
	classToken
	classPermission
	classNotFound
	classState
	classQuota
	classRate
	classBusy
)

package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// An Error is why a route did not do what was asked.
type Error struct {
	Status  int    `json:"-"`
	Message string `json:"error" about:"what is wrong, in words"`
}

func (e *Error) Error() string { return e.Message }

func errorf(status int, format string, args ...any) *Error {
	return &Error{status, fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) *Error {
	return errorf(http.StatusBadRequest, format, args...)
}

func notFound(format string, args ...any) *Error { return errorf(http.StatusNotFound, format, args...) }

// asError turns any error into one of the API.
func asError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return badRequest("%s", plain(err.Error()))
}

// plain is a message of the simulator without its package name.
func plain(msg string) string { return strings.TrimPrefix(msg, "wecomtest: ") }

// try runs f, and returns what the simulator panics with outside of tests if
// what is asked of it cannot be.
func try(f func()) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *wecomtest.MisuseError:
			err = badRequest("%s", plain(p.Error()))
		default:
			panic(p)
		}
	}()
	f()
	return nil
}

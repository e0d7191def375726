package codec

import (
	"slices"
	"strconv"
	"strings"
)

// A pathError is a failure and where in the document it happened. The path is
// put together while the readers return, so reading without error pays nothing
// for it.
type pathError struct {
	steps []step // innermost first
	err   error
}

// A step is the name of a member or the index of an element.
type step struct {
	name  string
	index int
	array bool
}

// inMember says that err happened in the member called name.
func inMember(err error, name string) error { return addStep(err, step{name: name}) }

// inElement says that err happened in the element with this index.
func inElement(err error, index int) error { return addStep(err, step{index: index, array: true}) }

func addStep(err error, s step) error {
	e, ok := err.(*pathError) //nolint:errorlint // one made deeper in this document; one that a foreign error wraps has a path of its own
	if !ok {
		e = &pathError{err: err}
	}
	e.steps = append(e.steps, s)
	return e
}

func (e *pathError) Error() string {
	return e.path() + ": " + e.err.Error()
}

func (e *pathError) Unwrap() error { return e.err }

// path is like attachments[0].link.title.
func (e *pathError) path() string {
	var b strings.Builder
	for _, s := range slices.Backward(e.steps) {
		switch {
		case s.array:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		case !plainName(s.name):
			b.WriteString("[" + strconv.Quote(shorten(s.name)) + "]")
		case b.Len() > 0:
			b.WriteString("." + s.name)
		default:
			b.WriteString(s.name)
		}
	}
	return b.String()
}

// plainName reports whether name reads well without quotes, as every field
// that WeCom documents does. Keys of a map can be anything.
func plainName(name string) bool {
	for _, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', isDigit(c), c == '_', c == '-':
		default:
			return false
		}
	}
	return 0 < len(name) && len(name) <= maxNameLen
}

const maxNameLen = 64

func shorten(name string) string {
	if len(name) > maxNameLen {
		return name[:maxNameLen] + "…"
	}
	return name
}

package graph

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// An Error says what cannot be saved or loaded, and where it stands.
type Error struct {
	Msg   string
	steps []string // of the path, the last one first
}

// maxSteps is how much of a path is told.
const maxSteps = 20

// Path is where it stands, as in Go: .corps[0].members.byID["alice"].
func (e *Error) Path() string {
	steps := slices.Clone(e.steps)
	if len(steps) > maxSteps {
		steps = append(steps[:maxSteps:maxSteps], "…")
	}
	slices.Reverse(steps)
	return strings.Join(steps, "")
}

func (e *Error) Error() string {
	if len(e.steps) == 0 {
		return e.Msg
	}
	return e.Path() + ": " + e.Msg
}

func failf(format string, args ...any) error { return &Error{Msg: fmt.Sprintf(format, args...)} }

// at adds a step to the path of an error.
func at(err error, step string) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.steps = append(e.steps, step)
	}
	return err
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

// step is a map's key in a path.
func step(key reflect.Value) string {
	if key.Kind() == reflect.String {
		return fmt.Sprintf("[%.40q]", key)
	}
	return fmt.Sprintf("[%v]", key)
}

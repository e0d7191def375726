package wecom

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

// Empty is the result of an endpoint that answers nothing but success.
type Empty struct{}

// UnixTime is a time that the wire writes as seconds since 1970. Zero on the
// wire is the zero time. A number, a quoted number, an empty string and null
// all decode.
type UnixTime struct{ time.Time }

// NewUnixTime wraps t.
func NewUnixTime(t time.Time) UnixTime { return UnixTime{t} }

// MarshalJSON writes seconds since 1970, and 0 for the zero time.
func (t UnixTime) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte{'0'}, nil
	}
	return strconv.AppendInt(nil, t.Unix(), 10), nil
}

// UnmarshalJSON reads seconds since 1970, quoted or not.
func (t *UnixTime) UnmarshalJSON(b []byte) error {
	s := bytes.Trim(b, `"`)
	if len(s) == 0 || string(s) == "null" || string(s) == "0" {
		*t = UnixTime{}
		return nil
	}
	n, err := strconv.ParseInt(string(s), 10, 64)
	if err != nil {
		return fmt.Errorf("wecom: %.32q is not a unix time", b)
	}
	*t = UnixTime{time.Unix(n, 0)}
	return nil
}

// Bool01 is a boolean that the wire writes as 0 or 1.
type Bool01 bool

// MarshalJSON writes 0 or 1.
func (b Bool01) MarshalJSON() ([]byte, error) {
	if b {
		return []byte{'1'}, nil
	}
	return []byte{'0'}, nil
}

// UnmarshalJSON reads 0, 1, false or true, quoted or not.
func (b *Bool01) UnmarshalJSON(p []byte) error {
	switch string(bytes.Trim(p, `"`)) {
	case "1", "true":
		*b = true
	case "0", "false", "", "null":
		*b = false
	default:
		return fmt.Errorf("wecom: %.32q is neither 0 nor 1", p)
	}
	return nil
}

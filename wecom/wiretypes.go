package wecom

import (
	"strconv"
	"time"

	"github.com/wecomkit/wecom-go/internal/codec"
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
func (t *UnixTime) UnmarshalJSON(doc []byte) error {
	n, err := codec.Int(doc)
	if err != nil {
		return err
	}
	*t = UnixTime{}
	if n != 0 {
		t.Time = time.Unix(n, 0)
	}
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

// UnmarshalJSON reads 0 or "" as false and other numbers as true, quoted or not;
// false and true are themselves.
func (b *Bool01) UnmarshalJSON(doc []byte) error {
	v, err := codec.Bool(doc)
	if err != nil {
		return err
	}
	*b = Bool01(v)
	return nil
}

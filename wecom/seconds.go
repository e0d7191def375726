package wecom

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/wecomkit/wecom-go/internal/codec"
)

// Seconds is a length of time that the wire writes as a whole number of
// seconds: Seconds(24 * time.Hour) goes out as 86400. A fraction of a second
// is dropped; less than one second is refused, because Seconds(30), which is
// 30 ns, is always a mistake.
type Seconds time.Duration

// String formats s like "24h0m0s".
func (s Seconds) String() string { return time.Duration(s).String() }

// MarshalJSON writes whole seconds.
func (s Seconds) MarshalJSON() ([]byte, error) {
	if s != 0 && -Seconds(time.Second) < s && s < Seconds(time.Second) {
		return nil, fmt.Errorf("wecom: %v is less than a second; write wecom.Seconds(n * time.Second)", s)
	}
	return strconv.AppendInt(nil, int64(s)/int64(time.Second), 10), nil
}

// UnmarshalJSON reads whole seconds, quoted or not; an empty string and null are 0.
func (s *Seconds) UnmarshalJSON(doc []byte) error {
	n, err := codec.Int(doc)
	if err != nil {
		return fmt.Errorf("wecom: not a number of seconds: %w", err)
	}
	if n > math.MaxInt64/int64(time.Second) || n < math.MinInt64/int64(time.Second) {
		return errors.New("wecom: not a number of seconds: out of range")
	}
	*s = Seconds(n * int64(time.Second))
	return nil
}

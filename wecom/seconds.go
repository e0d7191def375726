package wecom

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"time"
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
func (s *Seconds) UnmarshalJSON(b []byte) error {
	digits := bytes.Trim(b, `"`)
	if len(digits) == 0 || string(digits) == "null" {
		*s = 0
		return nil
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil || n > math.MaxInt64/int64(time.Second) || n < math.MinInt64/int64(time.Second) {
		return fmt.Errorf("wecom: %.32q is not a number of seconds", b)
	}
	*s = Seconds(n * int64(time.Second))
	return nil
}

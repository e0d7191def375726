package codec

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
)

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// numberLen returns the length of the JSON number that s starts with, 0 if
// there is none.
func numberLen(s []byte) int {
	i := 0
	if i < len(s) && s[i] == '-' {
		i++
	}
	whole := digits(s[i:])
	if whole == 0 {
		return 0
	}
	if s[i] == '0' {
		whole = 1 // JSON has no leading zeros: the number ends here
	}
	i += whole
	if i < len(s) && s[i] == '.' {
		n := digits(s[i+1:])
		if n == 0 {
			return 0
		}
		i += 1 + n
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			j++
		}
		n := digits(s[j:])
		if n == 0 {
			return 0
		}
		i = j + n
	}
	return i
}

func digits(s []byte) int {
	for i, c := range s {
		if !isDigit(c) {
			return i
		}
	}
	return len(s)
}

// A whole is an integer of any sign up to 64 bits.
type whole struct {
	negative bool
	size     uint64
}

func (w whole) int64() (n int64, ok bool) {
	if w.negative {
		return -int64(w.size), w.size <= -math.MinInt64 //nolint:gosec // checked; the smallest int64 is its own negative
	}
	return int64(w.size), w.size <= math.MaxInt64 //nolint:gosec // checked
}

func (w whole) uint64() (n uint64, ok bool) {
	return w.size, !w.negative || w.size == 0
}

// The ways in which a text fails to be the number that is wanted.
var (
	errNotNumber  = errors.New("not a number")
	errNotWhole   = errors.New("not a whole number")
	errOutOfRange = errors.New("out of range")
)

// parseWhole reads a number that is whole in the end, however it is written:
// 12, -7, 1.0, 1e3.
func parseWhole(text []byte) (whole, error) {
	var w whole
	s := text
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		w.negative = s[0] == '-'
		s = s[1:]
	}
	if n := digits(s); n != len(s) || n == 0 || n > 19 {
		var err error
		w.size, err = parseScientific(s)
		return w, err
	}
	for _, c := range s {
		w.size = w.size*10 + uint64(c-'0') // 19 digits always fit
	}
	return w, nil
}

// parseScientific reads digits, a fraction and an exponent, the last two
// optional, without the rounding of a float64 in between.
func parseScientific(s []byte) (uint64, error) {
	n := digits(s)
	if n == 0 {
		return 0, errNotNumber
	}
	mantissa, s := s[:n], s[n:]
	exponent := 0
	if len(s) > 0 && s[0] == '.' {
		n = digits(s[1:])
		if n == 0 {
			return 0, errNotNumber
		}
		mantissa = slices.Concat(mantissa, s[1:1+n])
		exponent = -n
		s = s[1+n:]
	}
	if len(s) > 0 {
		e, err := strconv.Atoi(string(s[1:]))
		if s[0] != 'e' && s[0] != 'E' || errors.Is(err, strconv.ErrSyntax) {
			return 0, errNotNumber
		}
		const huge = 1 << 30 // more than the digits of any document can make up for
		exponent += max(-huge, min(e, huge))
	}

	mantissa = bytes.TrimLeft(mantissa, "0")
	n = len(mantissa)
	mantissa = bytes.TrimRight(mantissa, "0")
	exponent += n - len(mantissa)
	switch {
	case n == 0:
		return 0, nil
	case exponent < 0:
		return 0, errNotWhole
	case exponent > 19:
		return 0, errOutOfRange
	}
	size, err := strconv.ParseUint(string(mantissa)+strings.Repeat("0", exponent), 10, 64)
	if err != nil {
		return 0, errOutOfRange
	}
	return size, nil
}

// parseFloat reads a decimal number and nothing else that strconv would take:
// no NaN, no Inf, no hexadecimal.
func parseFloat(text []byte, bits int) (float64, error) {
	for _, c := range text {
		if !isDigit(c) && strings.IndexByte("+-.eE", c) < 0 {
			return 0, errNotNumber
		}
	}
	f, err := strconv.ParseFloat(string(text), bits)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, errOutOfRange
	case err != nil:
		return 0, errNotNumber
	}
	return f, nil
}

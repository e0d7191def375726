package codec_test

import (
	"encoding/json"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/wecom"
)

// never is a struct that omitzero leaves out by its own word.
type never struct{ N int }

func (*never) IsZero() bool { return true }

func TestQuery(t *testing.T) {
	t.Parallel()
	type optional struct {
		Cursor string          `json:"cursor,omitzero"`
		Limit  int             `json:"limit,omitzero"`
		Since  wecom.UnixTime  `json:"since,omitzero"`
		Until  *wecom.UnixTime `json:"until,omitzero"`
		Never  never           `json:"never,omitzero"`
		Old    string          `json:"old,omitempty"`
		Flag   *bool           `json:"flag,omitempty"`
	}
	type Base struct {
		UserID string `json:"userid"`
	}
	moment := wecom.NewUnixTime(time.Unix(1525779812, 0))
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"nil", nil, ""},
		{"nil pointer", (*optional)(nil), ""},
		{"zero", optional{Never: never{1}, Until: new(wecom.UnixTime{})}, ""},
		{"set", &optional{"a+b &=客", 100, moment, &moment, never{}, "x", new(false)}, "cursor=a%2Bb+%26%3D%E5%AE%A2&flag=false&limit=100&old=x&since=1525779812&until=1525779812"},
		{"zero without omitzero", struct {
			S string         `json:"s"`
			N int            `json:"n"`
			B bool           `json:"b"`
			P *int           `json:"p"`
			T wecom.UnixTime `json:"t"`
			Y wecom.Bool01   `json:"y"`
		}{}, "b=false&n=0&s=&t=0&y=0"},
		{"kinds", struct {
			I8   int8
			U    uint64
			F    float64
			B    bool
			Y    wecom.Bool01
			A    netip.Addr
			N    json.Number
			Any  any
			P    *string
			Skip string `json:"-"`
			none string
		}{I8: -1, U: 1 << 63, F: 1.5, B: true, Y: true, A: netip.IPv6Loopback(), N: "7", Any: "<x>", P: new("p"), Skip: "s", none: "n"},
			"A=%3A%3A1&Any=%3Cx%3E&B=true&F=1.5&I8=-1&N=7&P=p&U=9223372036854775808&Y=1"},
		{"embedded", struct {
			Base
			*optional
			Name string `json:"name"`
		}{Base{"u"}, nil, "n"}, "name=n&userid=u"},
		{"map", map[string]string{"a": "1", "b": ""}, "a=1&b="},
		{"values", url.Values{"a": {"1", "2"}}, "a=1&a=2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := codec.Query(tt.v)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Encode())
		})
	}
}

func TestQueryRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"list", struct {
			IDs []string `json:"ids"`
		}{[]string{"a"}}, "ids: array cannot stand in a query"},
		{"object", struct {
			Filter struct{} `json:"filter"`
		}{}, "filter: object cannot stand in a query"},
		{"invalid UTF-8", struct {
			Name string `json:"name"`
		}{"\xff"}, "name: invalid UTF-8"},
		{"seconds", struct {
			Life wecom.Seconds `json:"life"`
		}{30}, "life: wecom: 30ns is less than a second; write wecom.Seconds(n * time.Second)"},
		{"number", 7, "cannot write int as a query, want a struct, map[string]string or url.Values"},
		{"slice", []string{"a"}, "cannot write []string as a query, want a struct, map[string]string or url.Values"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := codec.Query(tt.v)
			require.EqualError(t, err, tt.want)
		})
	}
}

func TestQueryCopies(t *testing.T) {
	t.Parallel()
	mine := url.Values{"a": {"1"}}
	q, err := codec.Query(mine)
	require.NoError(t, err)
	q.Set("a", "2")
	q.Set("b", "3")
	assert.Equal(t, url.Values{"a": {"1"}}, mine)
}

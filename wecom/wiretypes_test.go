package wecom_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

func TestUnixTimeJSON(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		wire string
		want wecom.UnixTime
	}{
		{"number", `1525779812`, wecom.NewUnixTime(time.Unix(1525779812, 0))},
		{"string", `"1525779812"`, wecom.NewUnixTime(time.Unix(1525779812, 0))},
		{"float", `1.525779812e9`, wecom.NewUnixTime(time.Unix(1525779812, 0))},
		{"before 1970", `-1`, wecom.NewUnixTime(time.Unix(-1, 0))},
		{"zero", `0`, wecom.UnixTime{}},
		{"quoted zero", `"0"`, wecom.UnixTime{}},
		{"empty string", `""`, wecom.UnixTime{}},
		{"null", `null`, wecom.UnixTime{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := wecom.NewUnixTime(time.Unix(7, 0)) // must be overwritten
			require.NoError(t, got.UnmarshalJSON([]byte(tt.wire)))
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.want.IsZero(), got.IsZero())
		})
	}
}

func TestUnixTimeRefuses(t *testing.T) {
	t.Parallel()
	for _, wire := range []string{`"2024-05-01"`, `{}`, `[1]`, `1.5`, `1e30`, ``, `1 2`, `"1`} {
		got := wecom.NewUnixTime(time.Unix(7, 0))
		require.Error(t, got.UnmarshalJSON([]byte(wire)), wire)
		assert.Equal(t, int64(7), got.Unix(), "a failure changes nothing")
	}
}

func TestUnixTimeMarshal(t *testing.T) {
	t.Parallel()
	type body struct {
		Start wecom.UnixTime  `json:"start"`
		End   wecom.UnixTime  `json:"end,omitzero"`
		At    *wecom.UnixTime `json:"at,omitzero"`
	}
	got, err := json.Marshal(body{Start: wecom.NewUnixTime(time.Unix(1525779812, 999))})
	require.NoError(t, err)
	assert.Equal(t, `{"start":1525779812}`, string(got))

	got, err = json.Marshal(body{End: wecom.NewUnixTime(time.Unix(1, 0))})
	require.NoError(t, err)
	assert.Equal(t, `{"start":0,"end":1}`, string(got))
}

func TestBool01JSON(t *testing.T) {
	t.Parallel()
	for wire, want := range map[string]bool{
		`1`: true, `"1"`: true, `2`: true, `true`: true, `"true"`: true,
		`0`: false, `"0"`: false, `""`: false, `null`: false, `false`: false, `"false"`: false,
	} {
		got := wecom.Bool01(!want)
		require.NoError(t, got.UnmarshalJSON([]byte(wire)), wire)
		assert.Equal(t, wecom.Bool01(want), got, wire)
	}
	for _, wire := range []string{`"yes"`, `{}`, `[]`, ``, `0 1`} {
		require.Error(t, new(wecom.Bool01).UnmarshalJSON([]byte(wire)), wire)
	}
	got, err := json.Marshal([]wecom.Bool01{false, true})
	require.NoError(t, err)
	assert.Equal(t, `[0,1]`, string(got))
}

// No input may panic, and a time that was read is written as the same second.
func FuzzUnixTime(f *testing.F) {
	for _, s := range []string{`0`, `"1525779812"`, `-1`, `1e9`, `""`, `null`, `9223372036854775807`, `"0x1"`, ` 7 `, `-62135596800`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		var first, second wecom.UnixTime
		if first.UnmarshalJSON(wire) != nil {
			return
		}
		out, err := first.MarshalJSON()
		require.NoError(t, err)
		require.NoError(t, second.UnmarshalJSON(out))
		require.True(t, first.Equal(second.Time), "%s read as %v, written as %s", wire, first, out)
	})
}

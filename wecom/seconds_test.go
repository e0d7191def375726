package wecom_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

func TestSecondsEncode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   wecom.Seconds
		want string
	}{
		{"a day", wecom.Seconds(24 * time.Hour), "86400"},
		{"zero", 0, "0"},
		{"a fraction is dropped", wecom.Seconds(1900 * time.Millisecond), "1"},
		{"negative", wecom.Seconds(-time.Minute), "-60"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(tt.in)
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(got))
		})
	}
}

func TestSecondsRefusesNanoseconds(t *testing.T) {
	t.Parallel()

	_, err := json.Marshal(wecom.Seconds(30))

	require.ErrorContains(t, err, "30ns is less than a second")
}

func TestSecondsDecode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		want     time.Duration
	}{
		{"number", `86400`, 24 * time.Hour},
		{"quoted", `"60"`, time.Minute},
		{"with a fraction of nothing", `"60.0"`, time.Minute},
		{"empty", `""`, 0},
		{"null", `null`, 0},
		{"negative", `-1`, -time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := wecom.Seconds(time.Hour)
			require.NoError(t, got.UnmarshalJSON([]byte(tt.in)))
			assert.Equal(t, wecom.Seconds(tt.want), got)
		})
	}
}

func TestSecondsRefusesWhatIsNoNumber(t *testing.T) {
	t.Parallel()
	for _, in := range []string{`"1h"`, `1.5`, `9223372037`, `-9223372037`, `{}`} {
		var s wecom.Seconds
		assert.ErrorContains(t, s.UnmarshalJSON([]byte(in)), "not a number of seconds", in)
	}
}

package callback_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/callback"
)

func TestParseKfAccounts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, inner string
		added, lost []string
	}{
		{"none", "", nil, nil},
		{"empty", "<AuthAddOpenKfId/><AuthDelOpenKfId></AuthDelOpenKfId>", nil, nil},
		{"one", "<AuthAddOpenKfId>a</AuthAddOpenKfId>", []string{"a"}, nil},
		{
			"mixed", "<AuthAddOpenKfId>a</AuthAddOpenKfId><AuthDelOpenKfId>b</AuthDelOpenKfId><AuthAddOpenKfId> c </AuthAddOpenKfId>",
			[]string{"a", "c"}, []string{"b"},
		},
		{"with commas", "<AuthDelOpenKfId>a, b,,c</AuthDelOpenKfId>", nil, []string{"a", "b", "c"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := parse[*callback.KfAccountAuthChange](t, "<xml><Event>kf_account_auth_change</Event>"+tt.inner+"</xml>")
			assert.Equal(t, tt.added, e.AuthAddOpenKfID)
			assert.Equal(t, tt.lost, e.AuthDelOpenKfID)
		})
	}
}

package wecom_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

func opSuite() wecom.Operation {
	return wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/idconvert/upgrade_chatid_for_new_corp", Auth: wecom.AuthSuiteAccessToken}
}

func TestSuiteTokenGoesOutUnderItsName(t *testing.T) {
	t.Parallel()
	p := &peer{}
	c := p.clientOf(t, wecom.Credential{CorpID: "wwcorp"}, wecom.WithTokenSource(&suiteTokens{value: "suite-1"}))

	require.NoError(t, call(t.Context(), c, opSuite()))

	assert.Equal(t, []string{"/cgi-bin/idconvert/upgrade_chatid_for_new_corp?suite_access_token=suite-1"}, p.seen)
}

func TestEndedSuiteTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	p := &peer{serve: func(r *http.Request, _ int) string {
		if r.URL.Query().Get("suite_access_token") == "suite-2" {
			return ok
		}
		return refusal(42009)
	}}
	source := &suiteTokens{value: "suite-1", next: "suite-2"}
	c := p.clientOf(t, wecom.Credential{CorpID: "wwcorp"}, wecom.WithTokenSource(source))

	require.NoError(t, call(t.Context(), c, opSuite()))

	assert.Equal(t, []string{"suite-1"}, source.dropped)
	assert.Equal(t, 2, p.count(opSuite().Path))
}

// The token of one kind never goes out where the other is wanted.
func TestTokensOfTwoKindsAreNotMixed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		source wecom.TokenSource
		op     wecom.Operation
		want   string
	}{
		{"corp client, suite operation", fixedToken("tok-1"), opSuite(), "needs suite_access_token"},
		{"suite client, corp operation", &suiteTokens{value: "suite-1"}, opRead, "needs access_token"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &peer{}
			c := p.clientOf(t, wecom.Credential{CorpID: "wwcorp"}, wecom.WithTokenSource(tt.source))

			err := call(t.Context(), c, tt.op)

			require.ErrorContains(t, err, tt.want)
			assert.Empty(t, p.seen)
		})
	}
}

// suiteTokens gives value until that is dropped, then next.
type suiteTokens struct {
	value, next string
	dropped     []string
}

func (s *suiteTokens) Auth() wecom.Auth { return wecom.AuthSuiteAccessToken }

func (s *suiteTokens) Token(context.Context) (wecom.Token, error) {
	return wecom.Token{Value: s.value}, nil
}

func (s *suiteTokens) Invalidate(_ context.Context, stale string) {
	s.dropped = append(s.dropped, stale)
	s.value = s.next
}

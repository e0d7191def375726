package jssdk_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/leakcheck"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/jssdk"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

// newPages returns the pages of srv's first app.
func newPages(t *testing.T, srv *wecomtest.Server, opts ...jssdk.Option) *jssdk.Service {
	t.Helper()
	pages, err := jssdk.New(srv.NewClient(), srv.App().AgentID, opts...)
	require.NoError(t, err)
	return pages
}

// codeIn returns the code in the address that a login came back to.
func codeIn(t *testing.T, back string) string {
	t.Helper()
	u, err := url.Parse(back)
	require.NoError(t, err)
	return u.Query().Get("code")
}

func TestNewSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	client := wecomtest.New(t).NewClient()
	for _, tt := range []struct {
		name    string
		client  *wecom.Client
		agentID int64
		opt     jssdk.Option
		want    string
	}{
		{"no client", nil, 1, jssdk.WithTokenStore(new(wecom.MemoryStore)), "nil client"},
		{"no agentid", client, 0, jssdk.WithTokenStore(new(wecom.MemoryStore)), "agentID is missing"},
		{"nil option", client, 1, nil, "nil option"},
		{"nil store", client, 1, jssdk.WithTokenStore(nil), "nil store"},
		{"nil logger", client, 1, jssdk.WithLogger(nil), "nil logger"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := jssdk.New(tt.client, tt.agentID, tt.opt)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

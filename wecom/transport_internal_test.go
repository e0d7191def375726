package wecom

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type unaskedTransport struct{ t *testing.T }

func (u unaskedTransport) RoundTrip(*http.Request) (*http.Response, error) {
	u.t.Error("the transport was asked")
	return nil, context.Canceled
}

// A write whose time is up before the transport is asked did not run.
func TestWriteThatIsOverIsNotSent(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	sc := &sendContext{Context: ctx, write: true}
	req, err := http.NewRequestWithContext(sc, http.MethodPost, "http://wecom.test/", strings.NewReader("{}"))
	require.NoError(t, err)

	_, err = (&credentialTransport{base: unaskedTransport{t}}).RoundTrip(req)

	require.ErrorIs(t, err, context.Canceled)
	assert.True(t, sc.unconnected())
}

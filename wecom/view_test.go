package wecom_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

func TestViewCallsAsAnotherCorp(t *testing.T) {
	t.Parallel()
	p := &peer{}
	base := p.clientOf(t, wecom.Credential{CorpID: "wwprovider"}, wecom.WithTokenSource(fixedToken("tok-1")))

	view, err := base.As("wwcorp", fixedToken("tok-2"))
	require.NoError(t, err)
	require.NoError(t, call(t.Context(), view, opRead))
	require.NoError(t, call(t.Context(), base, opRead))

	assert.Equal(t, "wwcorp", view.CorpID())
	assert.Equal(t, "wwprovider", base.CorpID())
	assert.Equal(t, []string{opRead.Path + "?access_token=tok-2", opRead.Path + "?access_token=tok-1"}, p.seen)
}

func TestViewOfNothing(t *testing.T) {
	t.Parallel()
	p := &peer{}
	base := p.clientOf(t, wecom.Credential{CorpID: "wwprovider"}, wecom.WithTokenSource(fixedToken("tok-1")))

	_, err := base.As("wwcorp", nil)
	require.ErrorContains(t, err, "nil source")
	_, err = base.As("", fixedToken("tok-2"))
	require.ErrorContains(t, err, "CorpID is empty")
	_, err = (&wecom.Client{}).As("wwcorp", fixedToken("tok-2"))
	require.ErrorContains(t, err, "wecom.New")
}

func TestNewTokenCacheFetchesOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var fetches atomic.Int32
		source, err := wecom.NewTokenCache(wecom.TokenCacheConfig{
			Key: "suite/ww1",
			Fetch: func(context.Context) (wecom.Token, error) {
				time.Sleep(time.Second)
				fetches.Add(1)
				return wecom.Token{Value: "suite-1", ExpiresAt: time.Now().Add(2 * time.Hour)}, nil
			},
			Store: new(wecom.MemoryStore),
		})
		require.NoError(t, err)

		for range 100 {
			go func() {
				tok, err := source.Token(t.Context())
				assert.NoError(t, err)
				assert.Equal(t, "suite-1", tok.Value)
			}()
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()

		assert.EqualValues(t, 1, fetches.Load())
	})
}

func TestNewTokenCacheWantsAKeyAndAFetch(t *testing.T) {
	t.Parallel()
	_, err := wecom.NewTokenCache(wecom.TokenCacheConfig{Key: "k"})
	require.Error(t, err)
	_, err = wecom.NewTokenCache(wecom.TokenCacheConfig{Fetch: func(context.Context) (wecom.Token, error) { return wecom.Token{}, errors.New("no") }})
	require.Error(t, err)
}

func TestNewTokenCacheNamesItsToken(t *testing.T) {
	t.Parallel()
	var logged strings.Builder
	source, err := wecom.NewTokenCache(wecom.TokenCacheConfig{
		Key: "ticket/ww1", Name: "jsapi_ticket",
		Fetch: func(context.Context) (wecom.Token, error) {
			return wecom.Token{Value: "tok-1", ExpiresAt: time.Now().Add(2 * time.Hour)}, nil
		},
		Logger: slog.New(slog.NewTextHandler(&logged, nil)),
	})
	require.NoError(t, err)

	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = source.Token(gone)
	require.EqualError(t, err, "wecom: waiting for the jsapi_ticket: context canceled")
	_, err = source.Token(t.Context())
	require.NoError(t, err)

	assert.Contains(t, logged.String(), "name=jsapi_ticket key=ticket/ww1")
}

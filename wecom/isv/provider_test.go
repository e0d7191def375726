package isv_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
)

func (p *peer) provider(t *testing.T, opts ...isv.Option) *isv.Provider {
	t.Helper()
	log := new(logBook)
	t.Cleanup(func() { require.NotContains(t, log.String(), "s3cr3t") })
	v, err := isv.NewProvider(isv.ProviderCredential{CorpID: "wwprovider", Secret: "s3cr3t-of-the-provider"}, append([]isv.Option{p.options(log)}, opts...)...)
	require.NoError(t, err)
	return v
}

func opOfProvider() wecom.Operation {
	return wecom.Operation{Method: http.MethodGet, Path: someCall, Read: true, Auth: wecom.AuthProviderAccessToken}
}

func TestNewProvider(t *testing.T) {
	t.Parallel()
	_, err := isv.NewProvider(isv.ProviderCredential{Secret: "s3cr3t"})
	require.ErrorContains(t, err, "CorpID is empty")
	_, err = isv.NewProvider(isv.ProviderCredential{CorpID: "wwprovider"})
	require.ErrorContains(t, err, "Secret is empty")
	_, err = isv.NewProvider(isv.ProviderCredential{CorpID: "wwprovider", Secret: "s3cr3t"}, isv.WithClientOptions(nil))
	require.Error(t, err)
}

func TestProviderTokenIsFetchedOnce(t *testing.T) {
	t.Parallel()
	p, tokens := &peer{}, new(wecom.MemoryStore)
	for range 2 {
		v := p.provider(t, isv.WithTokenStore(tokens))
		var calls sync.WaitGroup
		for range 50 {
			calls.Go(func() {
				_, err := wecom.Do[wecom.Empty](t.Context(), v.Self(), opOfProvider(), nil)
				assert.NoError(t, err)
			})
		}
		calls.Wait()
	}
	require.Len(t, p.to(providerToken), 1)
	assert.Equal(t, map[string]string{"corpid": "wwprovider", "provider_secret": "s3cr3t-of-the-provider"}, p.to(providerToken)[0].body)
}

// The page counts from 0, and gives reasons as errcodes.
func TestSupportPolicyQuery(t *testing.T) {
	t.Parallel()
	p := &peer{}
	p.on("/cgi-bin/license/support_policy_query", func(call) string {
		return `{"errcode":0,"errmsg":"ok","query_result":0,"unsatisfied_reason":[701090,701111]}`
	})
	res, err := p.provider(t).License().SupportPolicyQuery(t.Context(), "wwcorp")
	require.NoError(t, err)
	assert.Equal(t, &isv.SupportPolicy{
		QueryResult:       isv.PolicyResultUnsatisfied,
		UnsatisfiedReason: []isv.PolicyReason{isv.PolicyReasonVerification, isv.PolicyReasonSchoolBureau},
	}, res)
}

// Some calls take the provider's token by the name of a corp's.
func TestProviderTokenUnderTwoNames(t *testing.T) {
	t.Parallel()
	p := &peer{}
	v := p.provider(t)
	op := opOfProvider()
	_, err := wecom.Do[wecom.Empty](t.Context(), v.Self(), op, nil)
	require.NoError(t, err)
	op.Auth = wecom.AuthProviderAsAccessToken
	_, err = wecom.Do[wecom.Empty](t.Context(), v.Self(), op, nil)
	require.NoError(t, err)
	assert.Equal(t, "provider_access_token=provider-token-1", p.to(someCall)[0].query)
	assert.Equal(t, "access_token=provider-token-1", p.to(someCall)[1].query)

	_, err = wecom.Do[wecom.Empty](t.Context(), v.Self(), opSome(), nil)
	require.ErrorContains(t, err, "needs access_token, and the client has provider_access_token")
}

func TestEndedProviderToken(t *testing.T) {
	t.Parallel()
	for _, code := range []int{40014, 42001, 40082} {
		p := &peer{}
		v := p.provider(t)
		p.refuse(someCall, "provider-token-1", code)
		_, err := wecom.Do[wecom.Empty](t.Context(), v.Self(), opOfProvider(), nil)
		require.NoError(t, err, code)
		assert.Len(t, p.to(providerToken), 2)
	}
}

package wecomtest_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestEndpoint(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	e, err := srv.Endpoint("externalcontact/add_contact_way")
	require.NoError(t, err)
	full, err := srv.Endpoint("/cgi-bin/externalcontact/add_contact_way")
	require.NoError(t, err)
	assert.Equal(t, e, full)
	assert.Equal(t, "POST", e.Method)
	assert.Equal(t, wecomtest.ScopeContact, e.Scope)
	assert.True(t, e.Stateful)
	assert.Contains(t, e.Docs, "https://developer.work.weixin.qq.com/document/path/92228")
	assert.Equal(t, "type", e.Body[0].Name)
	assert.Equal(t, []any{1.0, 2.0}, e.Body[0].Enum)
	assert.Contains(t, e.Codes, wecomtest.SpecCode{Code: 41037, Name: codeName(e, 41037), When: "type is missing or empty", Meaning: meaning(e, 41037)})
	assert.NotEmpty(t, meaning(e, 41037))

	_, err = srv.Endpoint("externalcontact/add_contact_wey")
	require.ErrorContains(t, err, "nearest: externalcontact/add_contact_way")
}

func codeName(e wecomtest.Endpoint, code int) string {
	for _, c := range e.Codes {
		if c.Code == code {
			return c.Name
		}
	}
	return ""
}

func meaning(e wecomtest.Endpoint, code int) string {
	for _, c := range e.Codes {
		if c.Code == code {
			return c.Meaning
		}
	}
	return ""
}

// TestExamplesPassTheChecks sends the example of each endpoint without a memory,
// and answers with that of its reply: the table finds nothing wrong with them.
func TestExamplesPassTheChecks(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	sent := 0
	for _, row := range srv.Coverage() {
		e, err := srv.Endpoint(row.Path)
		require.NoError(t, err)
		if e.Stateful || e.Token != "access_token" || len(e.Upload) > 0 || e.Scope != "" || e.File {
			continue // a handler knows more than the table
		}
		sent++
		var reply map[string]any
		require.NoError(t, json.Unmarshal([]byte(e.ResponseExample), &reply), e.Op)
		srv.Handle(e.Op, func(wecomtest.Call) (any, error) { return reply, nil })
		query, body := url.Values{}, ""
		if strings.HasPrefix(e.RequestExample, "{") {
			body = e.RequestExample
		} else {
			query, err = url.ParseQuery(e.RequestExample)
			require.NoError(t, err)
		}
		query.Set("access_token", c.token)
		r := c.do(e.Method, e.Op, query, body)
		assert.Zero(t, r.code(), "%s: %s: %s", e.Op, e.RequestExample, r.Body)
	}
	assert.Greater(t, sent, 300)
}

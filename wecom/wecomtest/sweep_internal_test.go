package wecomtest

import (
	"bytes"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTokensAreBounded(t *testing.T) {
	t.Parallel()
	g := newGrower(t)
	t.Cleanup(g.close)
	e := spec.find("/cgi-bin/gettoken")
	require.Zero(t, g.call(spec.find("/cgi-bin/externalcontact/get_follow_user_list"))) // with the first token
	for range maxTokens - 1 {
		g.call(e)
	}
	assert.Zero(t, g.call(spec.find("/cgi-bin/externalcontact/get_follow_user_list")))
	g.call(e)
	assert.Equal(t, 40014, g.call(spec.find("/cgi-bin/externalcontact/get_follow_user_list")), "the first token has gone")
	assert.Len(t, g.srv.corp.tokens, maxTokens)
	assert.Len(t, g.srv.routes.tokens, maxTokens)
}

// A token that has expired is told from one that never was, for a day.
func TestTokensAreForgotten(t *testing.T) {
	t.Parallel()
	g := newGrower(t)
	t.Cleanup(g.close)
	read := spec.find("/cgi-bin/externalcontact/get_follow_user_list")
	require.Zero(t, g.call(read))
	g.srv.Clock().Advance(tokenLife)
	assert.Equal(t, 42001, g.call(read))
	g.srv.Clock().Advance(oneDay - time.Minute)
	assert.Equal(t, 42001, g.call(read))
	g.srv.Clock().Advance(2 * time.Minute)
	assert.Equal(t, 40014, g.call(read))
	assert.Empty(t, g.srv.corp.tokens)
	assert.Empty(t, g.srv.routes.tokens)
}

func TestExpiredMediaAreBounded(t *testing.T) {
	t.Parallel()
	g := newGrower(t)
	t.Cleanup(g.close)
	var ids []string
	for range 20 {
		ids = append(ids, g.srv.Seed().Media(Media{Type: "file", Data: bytes.Repeat([]byte{1}, megabyte)}))
		g.srv.Clock().Advance(time.Second)
	}
	g.srv.Clock().Advance(mediaLife - 10*time.Second)
	g.call(spec.find("/cgi-bin/media/get"))
	assert.NotEmpty(t, g.srv.Media(ids[0]), "ten have expired")
	g.srv.Clock().Advance(time.Minute)
	fresh := g.srv.Seed().Media(Media{Type: "file", Data: []byte("fresh")})
	g.call(spec.find("/cgi-bin/media/get"))
	assert.Empty(t, g.srv.Media(ids[0]), "the oldest has gone")
	assert.NotEmpty(t, g.srv.Media(ids[19]))
	assert.NotEmpty(t, g.srv.Media(fresh))
	assert.Len(t, g.srv.MediaFiles(), 16)
	next := g.srv.Seed().Media(Media{Type: "file", Data: []byte("next")})
	assert.NotContains(t, append(ids, fresh), next, "no id is given out twice")
}

func TestSweepOfProviders(t *testing.T) {
	t.Parallel()
	g := newGrower(t)
	t.Cleanup(g.close)
	now := g.srv.Clock().Now()
	st := &g.srv.providers
	for name, end := range map[string]time.Time{"old": now.Add(-25 * time.Hour), "ended": now.Add(-23 * time.Hour), "good": now.Add(time.Hour)} {
		st.preAuthCodes[name] = &preAuthCode{expires: end}
		st.authCodes[name] = &authCode{expires: end}
		st.logins[name] = &suiteLogin{expires: end}
		st.authLinks[name] = &authLink{expires: end}
		st.registers[name] = &registerCode{asked: end}
		st.registers[name+" of a corp"] = &registerCode{asked: end, server: g.srv}
	}
	g.srv.Clock().Advance(sweepEvery)
	g.call(spec.find("/cgi-bin/gettoken"))
	for _, left := range []int{len(st.preAuthCodes), len(st.authCodes), len(st.logins), len(st.authLinks), len(st.registers) - 3} {
		assert.Equal(t, 2, left)
	}
}

func TestNobodysCallsLeaveNothing(t *testing.T) {
	t.Parallel()
	g := newGrower(t)
	t.Cleanup(g.close)
	for i := range maxProblems + 10 {
		g.send(http.MethodGet, "/cgi-bin/x"+strconv.Itoa(i), "", nil)
	}
	assert.Len(t, g.srv.Problems(), maxProblems)
	assert.Contains(t, g.srv.Problems()[maxProblems-1], "x1009 is no known operation")
	assert.Empty(t, g.srv.log.totals)
}

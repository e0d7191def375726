package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestLimitState(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	assert.Empty(t, srv.Limits().State())
	const op = "externalcontact/get_follow_user_list"
	srv.Limits().Set(op, 3, time.Minute).Set(op, 2, time.Second)
	c := newCaller(t, srv)
	srv.Clock().Freeze(srv.Clock().Now())
	c.get(op)
	assert.Equal(t, 1, *srv.Calls().Last().Left, "of two in a second")
	srv.Clock().Advance(time.Second)
	c.get(op)
	assert.Equal(t, 1, *srv.Calls().Last().Left, "of three in a minute")
	assert.Equal(t, srv.App().AgentID, srv.Calls().Last().AgentID)
	assert.Nil(t, srv.Calls().N(0).Left, "gettoken has none")
	assert.Zero(t, srv.Calls().N(0).AgentID)

	list := srv.Limits().State()
	require.Len(t, list, 1)
	assert.Equal(t, wecomtest.LimitState{
		Op: op, CallerID: srv.CorpID(),
		Windows: []wecomtest.LimitWindow{{Max: 2, Per: time.Second, Used: 1}, {Max: 3, Per: time.Minute, Used: 2}},
	}, list[0])
	srv.Clock().Advance(time.Second)
	assert.Zero(t, srv.Limits().State()[0].Windows[0].Used, "the second is over")

	for range 2 {
		c.get(op)
	}
	assert.Equal(t, srv.Clock().Now().Add(time.Minute), srv.Limits().State()[0].BlockedUntil)
	assert.Equal(t, 45009, srv.Calls().Last().Code)
	srv.Clock().Advance(time.Minute)
	assert.Zero(t, srv.Limits().State()[0].BlockedUntil)
}

func TestLimitStateOfficial(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithOfficialLimits())
	newCaller(t, srv).get("externalcontact/get_follow_user_list")
	assert.Equal(t, 9_999, *srv.Calls().Last().Left)
	list := srv.Limits().State()
	require.Len(t, list, 2)
	assert.NotEmpty(t, list[0].IP)
	assert.Equal(t, srv.CorpID(), list[1].CallerID)
}

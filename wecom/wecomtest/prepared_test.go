package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestFaultState(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t, wecomtest.WithLenient())
	assert.Empty(t, srv.Faults())
	first := srv.Fault("externalcontact/get_follow_user_list").Where("userid", "alice").Times(2).After(1).Delay(time.Second).Code(45009)
	second := srv.Fault("/cgi-bin/externalcontact/get_follow_user_list").Prob(0.5, 7).HTTP(502, "")
	srv.Fault("externalcontact/list").Optional().Lost()

	assert.Equal(t, wecomtest.FaultState{
		N: 1, Op: "externalcontact/get_follow_user_list", Where: []wecomtest.Condition{{Path: "userid", Value: "alice"}},
		What: "code 45009", Delay: time.Second, Times: 2, After: 1,
	}, first.State())
	assert.Equal(t, wecomtest.FaultState{
		N: 2, Op: "externalcontact/get_follow_user_list", What: "http 502", Chance: 0.5, Optional: true,
	}, second.State())
	require.Len(t, srv.Faults(), 3)
	assert.Equal(t, "lost", srv.Faults()[2].State().What)

	first.Remove()
	require.Len(t, srv.Faults(), 2)
	assert.Equal(t, 2, srv.Faults()[0].State().N, "numbers stay")
}

func TestMishapState(t *testing.T) {
	t.Parallel()
	srv, zoe, _ := welcomed(t)
	assert.Empty(t, srv.Mishaps())
	m := srv.Deliver().Of("del_follow_user").Times(1).Duplicate().Delay(time.Second)
	srv.Deliver().Optional().After(2).Lose()
	assert.Equal(t, wecomtest.MishapState{N: 1, Of: []string{"del_follow_user"}, What: "duplicate, delay 1s", Times: 1}, m.State())
	srv.Act().DeleteMember(zoe, "alice")
	assert.Equal(t, 1, m.State().Hits)
	assert.Equal(t, wecomtest.MishapState{N: 2, What: "lose", After: 2, Optional: true}, srv.Mishaps()[1].State())
	m.Remove()
	assert.Len(t, srv.Mishaps(), 1)
}

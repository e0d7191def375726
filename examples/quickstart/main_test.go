package main

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/leakcheck"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

func TestStory(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, runStory(t.Context(), &out))

	for _, line := range []string{
		"alice: 你好！欢迎光临",
		"alice: [image]",
		"alice: [miniprogram] 春茶预订",
		`Zoe, customer of alice, remark "Zoe · spring-fair", state "spring-fair", tag "spring-fair"`,
		"It is a task: 4 unsent",
		"4 of 4 customers have it",
		"Alice has published it: 春茶上市",
		"4 transfers are done; Bob has 4 customers",
		"0 refused, 1 access token fetched",
	} {
		assert.Contains(t, out.String(), line)
	}
	assert.NotContains(t, out.String(), "failed")
}

func TestStoryEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, runStory(ctx, new(strings.Builder)), context.Canceled)
}

func TestReadCorp(t *testing.T) {
	t.Parallel()
	sim := wecomtest.New(t)
	alice := sim.AddMember(wecomtest.Member{Name: "Alice"})
	sim.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	var out strings.Builder
	tell := newNarrator(&out)

	require.NoError(t, readCorp(t.Context(), sim.NewClient(wecom.WithObserver(tell.observe)), tell))

	assert.Contains(t, out.String(), "1 members may have customers")
	assert.Contains(t, out.String(), "page of their customers has 1")
	assert.NotContains(t, out.String(), "Zoe", "counts, not people")
	for c := range sim.Calls().All() {
		assert.NotContains(t, c.Op, "add_", "reads only")
	}
}

func TestLiveNeedsACredential(t *testing.T) {
	t.Setenv("WECOM_CORP_ID", "")
	require.ErrorContains(t, runLive(t.Context(), new(strings.Builder)), "WECOM_CORP_ID")
}

package callback_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// The page's own sample closes Mode with a space before the bracket.
func TestWorkbenchModes(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]callback.WorkbenchMode{
		"<Mode>1</Mode >": callback.WorkbenchModeOn,
		"<Mode>0</Mode >": callback.WorkbenchModeOff,
		"<Mode></Mode>":   callback.WorkbenchModeOff,
		"<Mode>2</Mode>":  2,
	} {
		got := parseAs[callback.SwitchWorkbenchMode](t, "<xml><Event>switch_workbench_mode</Event>"+body+"</xml>")
		assert.Equal(t, want, got.Mode, body)
	}
}

func TestSharedAppOfThirdParty(t *testing.T) {
	t.Parallel()
	got, err := callback.Parse([]byte("<xml><SuiteId>ww4a</SuiteId><InfoType> share_chain_change </InfoType><TimeStamp>1403610513</TimeStamp>" +
		"<AppId>11</AppId><CorpId>ww1</CorpId><AgentId>12</AgentId></xml>"))
	require.NoError(t, err)
	e, ok := got.(*callback.ShareChainChange)
	require.True(t, ok, "%T", got)
	assert.Equal(t, "ww1", e.CorpID)
	assert.Equal(t, "11", e.AppID)
	assert.Equal(t, int64(12), e.AgentID)
}

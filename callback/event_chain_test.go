package callback_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/callback"
)

func TestParseChainLists(t *testing.T) {
	t.Parallel()
	group := func(inner string) []int64 {
		return parse[*callback.CreateChainGroup](t, "<xml><Event>change_chain</Event><ChangeType>create_group</ChangeType>"+inner+"</xml>").GroupIDs
	}
	assert.Equal(t, []int64{5, 6}, group("<GroupIds>\n\t<GroupId> 5</GroupId><GroupId/><GroupId>x</GroupId><GroupId>6</GroupId>\n</GroupIds>"))
	assert.Equal(t, []int64{5}, group("<GroupIds><GroupId>5</GroupId></GroupIds>"))
	assert.Nil(t, group("<GroupIds></GroupIds>"))
	assert.Nil(t, group(""))

	e := parse[*callback.ChainCorpJoin](t, `{"Event":"change_chain","ChangeType":"corp_join","ChainId":"c","CorpIds":{"CorpId":["a","b"]}}`)
	assert.Equal(t, "c", e.ChainID)
	assert.Equal(t, []string{"a", "b"}, e.CorpIDs)
}

// Names of changes mean something only within their event.
func TestParseUnknownOfficeChange(t *testing.T) {
	t.Parallel()
	for _, event := range []string{
		"change_chain", "doc_change", "smart_sheet_change", "wedrive_space_change", "wedrive_file_change",
		"app_email_change", "public_email_change", "security",
	} {
		e := parse[*callback.Unknown](t, "<xml><Event>"+event+"</Event><ChangeType>create_student</ChangeType></xml>")
		assert.Equal(t, event+"/create_student", e.Kind())
	}
}

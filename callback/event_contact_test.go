package callback_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// parseAs reads an event that must be an E, and takes its header away.
func parseAs[E any](t *testing.T, body string) *E {
	t.Helper()
	got, err := callback.Parse([]byte(body))
	require.NoError(t, err)
	e, ok := any(got).(*E)
	require.True(t, ok, "%T", got)
	*got.Head() = callback.Header{}
	return e
}

func TestMemberEvents(t *testing.T) {
	t.Parallel()
	const head = "<xml><Event>change_contact</Event><ChangeType>create_user</ChangeType>"
	tests := []struct {
		name, body string
		want       callback.CreateUser
	}{
		{
			"all that newer URLs get", head + cdata("UserID", "zoe", "Department", "1,2"),
			callback.CreateUser{UserID: "zoe", Department: []int64{1, 2}},
		},
		{
			"lists with spaces and gaps", head + cdata("Department", " 1 , 2,,3 ", "IsLeaderInDept", "1, 0,0", "DirectLeader", "a, b"),
			callback.CreateUser{Department: []int64{1, 2, 3}, IsLeaderInDept: []int64{1, 0, 0}, DirectLeader: []string{"a", "b"}},
		},
		{
			"empty numbers and lists", head + cdata("Department", "", "IsLeaderInDept", "", "Gender", "", "Status", "") + "<MainDepartment/><ExtAttr/>",
			callback.CreateUser{},
		},
		{
			"no numbers", head + cdata("Department", "1,x,99999999999999999999,2", "MainDepartment", "main"),
			callback.CreateUser{Department: []int64{1, 2}},
		},
		{
			"typed values", head + "<Gender>2</Gender><Status>4</Status><ExtAttr><Item><Name>site</Name><Type>1</Type><Web><Title>t</Title><Url>u</Url></Web></Item></ExtAttr>",
			callback.CreateUser{
				Gender: callback.GenderFemale, Status: callback.UserStatusInactive,
				ExtAttr: []callback.ExtAttrItem{{Name: "site", Type: callback.ExtAttrTypeWeb, Web: callback.ExtAttrWeb{Title: "t", URL: "u"}}},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, *parseAs[callback.CreateUser](t, tt.body+"</xml>"))
		})
	}
}

// The page of third-party apps has a sample in JSON, where ids are numbers.
func TestPartyEventInJSON(t *testing.T) {
	t.Parallel()
	got := parseAs[callback.CreateParty](t, `{"SuiteId":"ww4a","AuthCorpId":"wxf8","InfoType":"change_contact","TimeStamp":1403610513,
		"ChangeType":"create_party","Id":2,"Name":"张三","ParentId":1,"Order":4294967295}`)
	assert.Equal(t, callback.CreateParty{ID: 2, Name: "张三", ParentID: 1, Order: 4294967295}, *got)
}

func TestTagEventWithoutItems(t *testing.T) {
	t.Parallel()
	got := parseAs[callback.UpdateTag](t, "<xml><Event>change_contact</Event><ChangeType> update_tag </ChangeType><TagId> 7 </TagId>"+
		"<AddUserItems></AddUserItems><DelUserItems>a</DelUserItems><DelUserItems>b, c</DelUserItems><AddPartyItems> 1 ,2</AddPartyItems></xml>")
	assert.Equal(t, callback.UpdateTag{TagID: 7, DelUserItems: []string{"a", "b", "c"}, AddPartyItems: []int64{1, 2}}, *got)
}

func TestBatchJobs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		want       callback.BatchJob
	}{
		{
			"failed", "<JobId>1</JobId><JobType>replace_party</JobType><ErrCode>60003</ErrCode><ErrMsg>no such party</ErrMsg>",
			callback.BatchJob{JobID: "1", JobType: callback.JobTypeReplaceParty, ErrCode: 60003, ErrMsg: "no such party"},
		},
		{
			"of a provider", "<JobId>1</JobId><JobType>contact_id_translate</JobType>",
			callback.BatchJob{JobID: "1", JobType: callback.JobTypeContactIDTranslate},
		},
		{"new kind", "<JobType> brand_new </JobType>", callback.BatchJob{JobType: "brand_new"}},
		{"nothing in it", "", callback.BatchJob{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := parseAs[callback.BatchJobResult](t, "<xml><InfoType> batch_job_result </InfoType><BatchJob>"+tt.body+"</BatchJob></xml>")
			assert.Equal(t, tt.want, got.BatchJob)
		})
	}
}

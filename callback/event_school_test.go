package callback_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/callback"
)

// WeCom writes it in two ways, and the official one is wrong.
func TestParseSchoolDepartment(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"deparmtment", "department"} {
		for _, head := range []string{"<Event>change_school_contact</Event>", "<InfoType> change_school_contact\n</InfoType>"} {
			head += "<Id> 7 </Id><ChangeType>"
			assert.Equal(t, int64(7), parse[*callback.CreateSchoolDepartment](t, "<xml>"+head+"create_"+word+"</ChangeType></xml>").ID)
			assert.Equal(t, int64(7), parse[*callback.UpdateSchoolDepartment](t, "<xml>"+head+"update_"+word+"</ChangeType></xml>").ID)
			assert.Equal(t, int64(7), parse[*callback.DeleteSchoolDepartment](t, "<xml>"+head+"delete_"+word+"</ChangeType></xml>").ID)
		}
	}
	e := parse[*callback.CreateSchoolDepartment](t, `{"Event":"change_school_contact","ChangeType":"create_deparmtment","Id":""}`)
	assert.Zero(t, e.ID)
}

func TestParseSchoolBatch(t *testing.T) {
	t.Parallel()
	const head = "<xml><InfoType>change_school_contact_batch</InfoType><TimeStamp>5</TimeStamp>"

	e := parse[*callback.ChangeSchoolContactBatch](t, head+"<ChangeList><ChangeType> delete_parent </ChangeType><Id>a</Id></ChangeList>"+
		"<ChangeList/><ChangeList><TimeStamp></TimeStamp><NewId>b</NewId></ChangeList></xml>")
	assert.Equal(t, []callback.SchoolContactChange{{ChangeType: "delete_parent", ID: "a"}, {}, {NewID: "b"}}, e.ChangeList)
	assert.Equal(t, int64(5), e.TimeStamp.Unix(), "the batch's time is not that of a change")

	assert.Nil(t, parse[*callback.ChangeSchoolContactBatch](t, head+"</xml>").ChangeList)
}

func TestParseUnknownSchoolEvent(t *testing.T) {
	t.Parallel()
	parse[*callback.Unknown](t, "<xml><Event>change_school_contact</Event><ChangeType>brand_new</ChangeType></xml>")
	parse[*callback.Unknown](t, "<xml><Event>change_school_contact</Event></xml>")
}

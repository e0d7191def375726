package moment_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/moment"
)

// What is left out, and what has no meaning but zero.
func TestRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		req  any
		want string
	}{
		{"for everybody", moment.AddTaskRequest{Text: moment.Text{Content: "tea"}}, `{"text":{"content":"tea"}}`},
		{
			"for customers with a tag",
			moment.AddTaskRequest{VisibleRange: moment.VisibleRange{ExternalContactList: moment.ExternalContactList{TagList: []string{"et1"}}}},
			`{"visible_range":{"external_contact_list":{"tag_list":["et1"]}}}`,
		},
		{
			"without title",
			moment.AddTaskRequest{Attachments: moment.Attachments{moment.LinkAttachment{URL: "u", MediaID: "m"}}},
			`{"attachments":[{"msgtype":"link","link":{"url":"u","media_id":"m"}}]}`,
		},
		{"first page of members", moment.GetTaskRequest{MomentID: "m"}, `{"moment_id":"m"}`},
		{"first page of rule groups", moment.ListStrategyRequest{}, `{}`},
		{
			"a rule group with WeCom's defaults",
			moment.CreateStrategyRequest{StrategyName: "s", AdminList: []string{"a"}, Range: []moment.StrategyRange{{Type: moment.StrategyRangeTypeParty, PartyID: 2}}},
			`{"strategy_name":"s","admin_list":["a"],"range":[{"type":2,"partyid":2}]}`,
		},
		{"a name alone", moment.EditStrategyRequest{StrategyID: 1, StrategyName: "t"}, `{"strategy_id":1,"strategy_name":"t"}`},
		{
			"a right taken away",
			moment.EditStrategyRequest{StrategyID: 1, Privilege: moment.StrategyPrivilege{ViewMomentList: new(true), SendMoment: new(false)}},
			`{"strategy_id":1,"privilege":{"view_moment_list":true,"send_moment":false}}`,
		},
		{"made by anybody", moment.ListRequest{}, `{"start_time":0,"end_time":0}`},
		{"made by the corp", moment.ListRequest{FilterType: new(moment.FilterTypeCorp)}, `{"start_time":0,"end_time":0,"filter_type":0}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := codec.AppendJSON(nil, tt.req)
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(got))
		})
	}
}

func TestPartial(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		res  moment.TaskOutcome
		want bool
	}{
		{"everybody", moment.TaskOutcome{MomentID: "m"}, false},
		{"a member", moment.TaskOutcome{InvalidSenderList: moment.SenderList{UserList: []string{"a"}}}, true},
		{"a department", moment.TaskOutcome{InvalidSenderList: moment.SenderList{DepartmentList: []int64{1}}}, true},
		{"a tag", moment.TaskOutcome{InvalidExternalContactList: moment.ExternalContactList{TagList: []string{"et1"}}}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, tt.res.Partial())
		})
	}
}

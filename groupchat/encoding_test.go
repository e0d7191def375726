package groupchat_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/wecom"
)

func TestRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		req  any
		want string
	}{
		{"limit is required", groupchat.ListRequest{}, `{"limit":0}`},
		{"owners", groupchat.ListRequest{OwnerFilter: groupchat.OwnerFilter{UserIDList: []string{"a"}}, Limit: 10}, `{"owner_filter":{"userid_list":["a"]},"limit":10}`},
		{"names are not asked for", groupchat.GetRequest{ChatID: "wr1"}, `{"chat_id":"wr1"}`},
		{"names are asked for", groupchat.GetRequest{ChatID: "wr1", NeedName: true}, `{"chat_id":"wr1","need_name":1}`},
		{"statistic of everybody", groupchat.StatisticRequest{DayBeginTime: wecom.NewUnixTime(time.Unix(1600272000, 0))}, `{"day_begin_time":1600272000}`},
		{"statistic with the lowest first", groupchat.StatisticRequest{OrderBy: groupchat.StatisticOrderByMemberTotal, OrderAsc: true}, `{"day_begin_time":0,"order_by":4,"order_asc":1}`},
		{"days of everybody", groupchat.StatisticGroupByDayRequest{}, `{"day_begin_time":0}`},
		{"a join way with WeCom's defaults", groupchat.AddJoinWayRequest{Scene: groupchat.JoinWaySceneQRCode, ChatIDList: []string{"wr1"}}, `{"scene":2,"chat_id_list":["wr1"]}`},
		{
			"a join way without new groups",
			groupchat.AddJoinWayRequest{Scene: groupchat.JoinWaySceneMiniProgram, AutoCreateRoom: new(wecom.Bool01(false)), ChatIDList: []string{"wr1"}, MarkSource: new(false)},
			`{"scene":1,"auto_create_room":0,"chat_id_list":["wr1"],"mark_source":false}`,
		},
		{
			"new groups from number zero on",
			groupchat.UpdateJoinWayRequest{ConfigID: "c1", Scene: groupchat.JoinWaySceneQRCode, RoomBaseName: "tea", RoomBaseID: new(int64(0)), ChatIDList: []string{"wr1"}},
			`{"config_id":"c1","scene":2,"room_base_name":"tea","room_base_id":0,"chat_id_list":["wr1"]}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := codec.AppendJSON(nil, tt.req)
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(got))
		})
	}
}

func TestEnums(t *testing.T) {
	t.Parallel()
	tests := []struct{ known, unknown, name string }{
		{groupchat.StatusNormal.String(), groupchat.Status(99).String(), "Status"},
		{groupchat.StatusFilterInherited.String(), groupchat.StatusFilter(99).String(), "StatusFilter"},
		{groupchat.MemberTypeExternal.String(), groupchat.MemberType(99).String(), "MemberType"},
		{groupchat.JoinSceneQRCode.String(), groupchat.JoinScene(99).String(), "JoinScene"},
		{groupchat.StatisticOrderByNewChatCnt.String(), groupchat.StatisticOrderBy(99).String(), "StatisticOrderBy"},
		{groupchat.StatisticOrderByChatTotal.String(), groupchat.StatisticOrderBy(99).String(), "StatisticOrderBy"},
		{groupchat.StatisticOrderByNewMemberCnt.String(), groupchat.StatisticOrderBy(99).String(), "StatisticOrderBy"},
		{groupchat.StatisticOrderByMemberTotal.String(), groupchat.StatisticOrderBy(99).String(), "StatisticOrderBy"},
		{groupchat.JoinWaySceneMiniProgram.String(), groupchat.JoinWayScene(99).String(), "JoinWayScene"},
		{groupchat.JoinWaySceneQRCode.String(), groupchat.JoinWayScene(99).String(), "JoinWayScene"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.NotContains(t, tt.known, "(")
			assert.Equal(t, tt.name+"(99)", tt.unknown)
		})
	}
}

package groupchat_test

import (
	"testing"

	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/internal/golden"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	// What the replies wrap and the methods return, and the arguments that they wrap.
	type (
		group struct {
			GroupChat groupchat.Group `json:"group_chat"`
		}
		days struct {
			Items []groupchat.DayStatistic `json:"items"`
		}
		configID struct {
			ConfigID string `json:"config_id"`
		}
		joinWay struct {
			JoinWay groupchat.JoinWay `json:"join_way"`
		}
		openGID struct {
			OpenGID string `json:"opengid"`
		}
		chatID struct {
			ChatID string `json:"chat_id"`
		}
		newIDs struct {
			Items []groupchat.NewExternalUserID `json:"items"`
		}
	)
	golden.Run(t, []golden.Case{
		{Op: "list", Request: new(groupchat.ListRequest), Response: new(groupchat.ListResult)},
		{Op: "get", Request: new(groupchat.GetRequest), Response: new(group)},
		{Op: "transfer", Request: new(groupchat.TransferRequest), Response: new(groupchat.TransferResult)},
		{Op: "onjob_transfer", Request: new(groupchat.TransferRequest), Response: new(groupchat.TransferResult)},
		{Op: "statistic", Request: new(groupchat.StatisticRequest), Response: new(groupchat.StatisticResult)},
		{Op: "statistic_group_by_day", Request: new(groupchat.StatisticGroupByDayRequest), Response: new(days)},
		{Op: "add_join_way", Request: new(groupchat.AddJoinWayRequest), Response: new(groupchat.AddJoinWayResult)},
		{Op: "get_join_way", Request: new(configID), Response: new(joinWay)},
		{Op: "update_join_way", Request: new(groupchat.UpdateJoinWayRequest)},
		{Op: "del_join_way", Request: new(configID)},
		{Op: "opengid_to_chatid", Request: new(openGID), Response: new(chatID)},
		{Op: "get_new_external_userid", Request: new(groupchat.GetNewExternalUserIDRequest), Response: new(newIDs)},
	})
}

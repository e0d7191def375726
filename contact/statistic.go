package contact

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opGetUserBehaviorData = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_user_behavior_data", Doc: 92132, Read: true}

// GetUserBehaviorDataRequest selects the members and days to count. WeCom
// rounds both times down to their day and counts both days. They may lie 30
// days apart, within the last 180.
type GetUserBehaviorDataRequest struct {
	UserID    []string       `json:"userid,omitzero"`  // at most 100; must not be empty together with PartyID
	PartyID   []int64        `json:"partyid,omitzero"` // department ids, at most 100
	StartTime wecom.UnixTime `json:"start_time"`
	EndTime   wecom.UnixTime `json:"end_time"`
}

type getUserBehaviorDataResult struct {
	BehaviorData []BehaviorData `json:"behavior_data"`
}

// BehaviorData is what members did with customers on one day, group chats left
// out.
type BehaviorData struct {
	StatTime            wecom.UnixTime `json:"stat_time"`             // midnight that begins the day
	NewApplyCnt         int            `json:"new_apply_cnt"`         // requests to be added that members sent
	NewContactCnt       int            `json:"new_contact_cnt"`       // customers who were added
	ChatCnt             int            `json:"chat_cnt"`              // chats in which a member wrote
	MessageCnt          int            `json:"message_cnt"`           // messages that members sent
	ReplyPercentage     *float64       `json:"reply_percentage"`      // of the chats that customers began, those answered the same day; nil if they began none
	AvgReplyTime        *int           `json:"avg_reply_time"`        // until the first answer, in minutes; nil if customers began no chat
	NegativeFeedbackCnt int            `json:"negative_feedback_cnt"` // customers who deleted or blocked a member
}

// GetUserBehaviorData counts what members did with customers, day by day.
//
// 「获取「联系客户统计」数据」 https://developer.work.weixin.qq.com/document/path/92132
//
// Each day is the sum over all members and departments of the request; ask for
// one member at a time to tell them apart. All must be visible to the app.
func (s *Service) GetUserBehaviorData(ctx context.Context, req GetUserBehaviorDataRequest) ([]BehaviorData, error) {
	res, err := wecom.Do[getUserBehaviorDataResult](ctx, s.client, opGetUserBehaviorData, req)
	if err != nil {
		return nil, err
	}
	return res.BehaviorData, nil
}

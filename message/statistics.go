package message

import (
	"context"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/wecom"
)

var opGetStatistics = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/message/get_statistics", Doc: 92369, Read: true}

type getStatisticsRequest struct {
	TimeType TimeType `json:"time_type,omitzero"`
}

// TimeType is a day to count the messages of.
type TimeType int

// A day to count the messages of.
const (
	TimeTypeToday     TimeType = 0 // 当天
	TimeTypeYesterday TimeType = 1 // 昨天
)

// String returns the constant's name without its prefix.
func (t TimeType) String() string {
	switch t {
	case TimeTypeToday:
		return "Today"
	case TimeTypeYesterday:
		return "Yesterday"
	}
	return "TimeType(" + strconv.Itoa(int(t)) + ")"
}

// Statistics is how much each app has sent in a day.
type Statistics struct {
	Statistics []AppStatistics `json:"statistics"`
}

// AppStatistics is how much one app has sent in a day.
type AppStatistics struct {
	AgentID int64  `json:"agentid"`
	AppName string `json:"app_name"`
	Count   int64  `json:"count"` // messages that arrived, counted per recipient
}

// GetStatistics returns how many messages the apps have sent to members today or
// yesterday.
//
// 「查询应用消息发送统计」 https://developer.work.weixin.qq.com/document/path/92369
func (s *Service) GetStatistics(ctx context.Context, day TimeType) (*Statistics, error) {
	return wecom.Do[Statistics](ctx, s.client, opGetStatistics, getStatisticsRequest{TimeType: day})
}

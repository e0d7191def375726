package wecomtest

import (
	"slices"
	"time"
)

// appDay is a day of an app's messages.
type appDay struct {
	agentID int64
	day     int64 // when it began
}

func newAppDay(agentID int64, t time.Time) appDay { return appDay{agentID, chinaDay(t).Unix()} }

type getMessageStatisticsRequest struct {
	TimeType int `json:"time_type"` // 0 today, 1 yesterday
}

type getMessageStatisticsReply struct {
	Statistics []messageStatistic `json:"statistics"`
}

type messageStatistic struct {
	AgentID int64  `json:"agentid"`
	AppName string `json:"app_name"`
	Count   int    `json:"count"`
}

// getMessageStatistics counts messages once for each member who got them.
func getMessageStatistics(x *exchange, req getMessageStatisticsRequest) (any, error) {
	day := x.now.AddDate(0, 0, -req.TimeType)
	rows := []messageStatistic{}
	for _, a := range x.corp.apps {
		if n := x.corp.appMessages.sent[newAppDay(a.AgentID, day)]; n > 0 {
			rows = append(rows, messageStatistic{a.AgentID, a.Name, n})
		}
	}
	slices.SortStableFunc(rows, func(a, b messageStatistic) int { return int(a.AgentID - b.AgentID) })
	return getMessageStatisticsReply{rows}, nil
}

package groupchat

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

// A Statistic is what happened in customer groups. Totals are as of the end of
// the last day.
type Statistic struct {
	NewChatCnt            int `json:"new_chat_cnt"`
	ChatTotal             int `json:"chat_total"`
	ChatHasMsg            int `json:"chat_has_msg"` // groups in which somebody wrote
	NewMemberCnt          int `json:"new_member_cnt"`
	MemberTotal           int `json:"member_total"`
	MemberHasMsg          int `json:"member_has_msg"` // people who wrote
	MsgTotal              int `json:"msg_total"`
	MigrateTraineeChatCnt int `json:"migrate_trainee_chat_cnt"` // groups moved over (新增迁移群数); education corps only
}

var opStatistic = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/groupchat/statistic", Doc: 92133, Read: true}

// StatisticRequest selects owners and days. WeCom takes a time as the day in
// China that it is in.
type StatisticRequest struct {
	DayBeginTime wecom.UnixTime   `json:"day_begin_time"`        // first day: yesterday, or at most 180 days ago
	DayEndTime   wecom.UnixTime   `json:"day_end_time,omitzero"` // last day, itself included; zero is the first; they span at most 30 days
	OwnerFilter  OwnerFilter      `json:"owner_filter,omitzero"` // zero is all owners whom the app sees
	OrderBy      StatisticOrderBy `json:"order_by,omitzero"`     // zero is StatisticOrderByNewChatCnt
	OrderAsc     wecom.Bool01     `json:"order_asc,omitzero"`    // the lowest first
	Offset       int              `json:"offset,omitzero"`       // NextOffset of the page before
	Limit        int              `json:"limit,omitzero"`        // page size, at most 1,000; 0 is 500
}

// StatisticResult is one page of owners.
type StatisticResult struct {
	Total      int              `json:"total"`       // owners on all pages
	NextOffset int              `json:"next_offset"` // Total after the last page
	Items      []OwnerStatistic `json:"items"`
}

// An OwnerStatistic is the statistic of the groups of one owner.
type OwnerStatistic struct {
	Owner string    `json:"owner"` // userid
	Data  Statistic `json:"data"`
}

// A StatisticOrderBy is what owners are sorted by.
type StatisticOrderBy int

const (
	StatisticOrderByNewChatCnt   StatisticOrderBy = 1 // 新增群的数量
	StatisticOrderByChatTotal    StatisticOrderBy = 2 // 群总数
	StatisticOrderByNewMemberCnt StatisticOrderBy = 3 // 新增群人数
	StatisticOrderByMemberTotal  StatisticOrderBy = 4 // 群总人数
)

// String returns the constant's name without its prefix.
func (o StatisticOrderBy) String() string {
	switch o {
	case StatisticOrderByNewChatCnt:
		return "NewChatCnt"
	case StatisticOrderByChatTotal:
		return "ChatTotal"
	case StatisticOrderByNewMemberCnt:
		return "NewMemberCnt"
	case StatisticOrderByMemberTotal:
		return "MemberTotal"
	default:
		return "StatisticOrderBy(" + strconv.Itoa(int(o)) + ")"
	}
}

// Statistic returns a page of owners, each with the statistic of their groups.
//
// 「获取「群聊数据统计」数据」 https://developer.work.weixin.qq.com/document/path/92133
//
// WeCom keeps 180 days; today is not among them. Name the owners if you can, up
// to 100 a call; without OwnerFilter an app that sees more than 1,000 members
// fails with [wecom.CodeTooManyRequested].
func (s *Service) Statistic(ctx context.Context, req StatisticRequest) (*StatisticResult, error) {
	return wecom.Do[StatisticResult](ctx, s.client, opStatistic, req)
}

// AllStatistics walks owners from req.Offset on. A zero Limit is 1,000 here, to
// save calls.
//
// 「获取「群聊数据统计」数据」 https://developer.work.weixin.qq.com/document/path/92133
func (s *Service) AllStatistics(ctx context.Context, req StatisticRequest) iter.Seq2[OwnerStatistic, error] {
	return paging.All(func(offset string) ([]OwnerStatistic, string, error) {
		req := req
		if offset != "" {
			req.Offset, _ = strconv.Atoi(offset) // as written below
		}
		req.Limit = cmp.Or(req.Limit, 1000)
		res, err := s.Statistic(ctx, req)
		if err != nil {
			return nil, "", err
		}
		if res.NextOffset == 0 || res.NextOffset >= res.Total {
			return res.Items, "", nil
		}
		return res.Items, strconv.Itoa(res.NextOffset), nil
	})
}

var opStatisticGroupByDay = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/groupchat/statistic_group_by_day", Doc: 92133, Read: true}

// StatisticGroupByDayRequest selects owners and days. WeCom takes a time as the
// day in China that it is in.
type StatisticGroupByDayRequest struct {
	DayBeginTime wecom.UnixTime `json:"day_begin_time"`        // first day: yesterday, or at most 180 days ago
	DayEndTime   wecom.UnixTime `json:"day_end_time,omitzero"` // last day, itself included; zero is the first; they span at most 30 days
	OwnerFilter  OwnerFilter    `json:"owner_filter,omitzero"` // zero is all owners whom the app sees
}

type statisticGroupByDayResult struct {
	Items []DayStatistic `json:"items"`
}

// A DayStatistic is the statistic of one day.
type DayStatistic struct {
	StatTime wecom.UnixTime `json:"stat_time"` // when the day begins in China
	Data     Statistic      `json:"data"`
}

// StatisticGroupByDay returns days, each with the statistic of the groups of
// all selected owners.
//
// 「获取「群聊数据统计」数据」 https://developer.work.weixin.qq.com/document/path/92133
//
// It is the second endpoint of that page, 按自然日聚合的方式. WeCom keeps 180
// days; today is not among them. Name the owners if you can, up to 100 a call;
// without OwnerFilter an app that sees more than 1,000 members fails with
// [wecom.CodeTooManyRequested].
func (s *Service) StatisticGroupByDay(ctx context.Context, req StatisticGroupByDayRequest) ([]DayStatistic, error) {
	res, err := wecom.Do[statisticGroupByDayResult](ctx, s.client, opStatisticGroupByDay, req)
	if err != nil {
		return nil, err
	}
	return res.Items, nil
}

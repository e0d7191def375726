package moment_test

import (
	"testing"

	"github.com/wecomkit/wecom-go/internal/golden"
	"github.com/wecomkit/wecom-go/moment"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	// What the methods take and return without a type of its own.
	type (
		jobID struct {
			JobID string `json:"jobid"`
		}
		momentID struct {
			MomentID string `json:"moment_id"`
		}
		published struct {
			MomentID string `json:"moment_id"`
			UserID   string `json:"userid"`
		}
		strategyID struct {
			StrategyID int64 `json:"strategy_id"`
		}
		strategy struct {
			Strategy moment.Strategy `json:"strategy"`
		}
	)
	golden.Run(t, []golden.Case{
		{Op: "add_moment_task", Response: new(moment.AddTaskResult), Built: moment.AddTaskRequest{
			Text: moment.Text{Content: "新茶到了"},
			Attachments: []moment.Attachment{
				moment.ImageAttachment{MediaID: "MEDIA-1"},
				moment.VideoAttachment{MediaID: "MEDIA-2"},
				moment.LinkAttachment{Title: "新茶", URL: "https://shop.example/tea", MediaID: "MEDIA-3"},
			},
			VisibleRange: moment.VisibleRange{
				SenderList:          moment.SenderList{UserList: []string{"alice", "bob"}, DepartmentList: []int64{2, 3}},
				ExternalContactList: moment.ExternalContactList{TagList: []string{"etEXAMPLE1", "etEXAMPLE2"}},
			},
		}},
		{Op: "get_moment_task_result", Request: new(jobID), Response: new(moment.TaskResult)},
		{Op: "get_moment_list", Request: new(moment.ListRequest), Response: new(moment.ListResult)},
		{Op: "cancel_moment_task", Request: new(momentID)},
		{Op: "get_moment_task", Request: new(moment.GetTaskRequest), Response: new(moment.TaskList)},
		{Op: "get_moment_customer_list", Request: new(moment.GetCustomerListRequest), Response: new(moment.CustomerList)},
		{Op: "get_moment_send_result", Request: new(moment.GetSendResultRequest), Response: new(moment.SendResultList)},
		{Op: "get_moment_comments", Request: new(published), Response: new(moment.Comments)},
		{Op: "moment_strategy_list", Request: new(moment.ListStrategyRequest), Response: new(moment.ListStrategyResult)},
		{Op: "moment_strategy_get", Request: new(strategyID), Response: new(strategy)},
		{Op: "moment_strategy_get_range", Request: new(moment.GetStrategyRangeRequest), Response: new(moment.GetStrategyRangeResult)},
		{Op: "moment_strategy_create", Request: new(moment.CreateStrategyRequest), Response: new(strategyID)},
		{Op: "moment_strategy_edit", Request: new(moment.EditStrategyRequest)},
		{Op: "moment_strategy_del", Request: new(strategyID)},
	})
}

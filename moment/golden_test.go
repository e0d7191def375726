package moment_test

import (
	"testing"

	"github.com/wecomkit/wecom-go/internal/golden"
	"github.com/wecomkit/wecom-go/moment"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	type jobID struct {
		JobID string `json:"jobid"`
	}
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
	})
}

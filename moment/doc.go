// Package moment publishes moments (客户朋友圈) to customers, in the name of the
// members who follow them, and reads them back.
//
//	moments := moment.New(client)
//
//	task, err := moments.AddTask(ctx, moment.AddTaskRequest{
//		Text:        moment.Text{Content: "The new tea is here."},
//		Attachments: []moment.Attachment{moment.ImageAttachment{MediaID: picture}},
//		VisibleRange: moment.VisibleRange{
//			ExternalContactList: moment.ExternalContactList{TagList: []string{teaLovers}},
//		},
//	})
//	// … if err is nil
//	outcome, err := moments.WaitTask(ctx, task.JobID)
//
// Publishing takes three steps: a job creates a task, members confirm it, and
// then their customers see it. It needs an app that the console lists under
// 客户联系 as allowed to call.
//
// Who has confirmed is in [Service.AllTasks], who can see the moment in
// [Service.AllSendResults], and who liked it in [Service.GetComments]. Rule
// groups (规则组), the methods with Strategy in their names, say which members may
// publish.
//
// # Concurrency
//
// A [Service] is safe for concurrent use.
//
// # Errors
//
// Members, departments and tags that do not exist are left out of a task; its
// [TaskOutcome] names them and has a Partial method. A job can fail although
// the call that asks for it succeeds: look at [TaskOutcome.Err]. Other failures
// are those of [wecom.Do].
//
// # Testing
//
// Package wecomtest simulates WeCom in memory: jobs that take their time and
// members who confirm.
package moment

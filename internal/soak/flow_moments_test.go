package soak_test

import (
	"slices"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/moment"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// moments has members publish something, and reads who saw and liked it.
func moments(r *run) error {
	service := moment.New(r.client)
	alice, bob := r.member("Alice"), r.member("Bob")
	zoe, yan := r.customer("Zoe", alice), r.customer("Yan", alice)
	text := r.mark("spring")
	posts := func() []wecomtest.Moment {
		return slices.DeleteFunc(r.srv.Moments(), func(m wecomtest.Moment) bool { return m.Text != text })
	}
	job, err := service.AddTask(r.ctx, moment.AddTaskRequest{
		Text:         moment.Text{Content: text},
		VisibleRange: moment.VisibleRange{SenderList: moment.SenderList{UserList: []string{alice, bob}}},
	})
	if err := r.wrote(err, func() int { return len(posts()) }); err != nil {
		return err
	}
	out, err := service.WaitTask(r.ctx, job.JobID)
	if r.read(err) != nil {
		return err
	}
	assert.Equal(r, posts()[0].MomentID, out.MomentID)
	assert.False(r, out.Partial())
	id := out.MomentID
	r.srv.Act().PublishMoment(id, alice)
	r.srv.Act().LikeMoment(id, alice, zoe)
	r.pause(time.Minute)

	published := map[string]moment.PublishStatus{}
	for t, err := range service.AllTasks(r.ctx, moment.GetTaskRequest{MomentID: id}) {
		if r.read(err) != nil {
			return err
		}
		published[t.UserID] = t.PublishStatus
	}
	assert.Equal(r, map[string]moment.PublishStatus{alice: moment.PublishStatusPublished, bob: moment.PublishStatusUnpublished}, published)
	saw := mapped(service.AllSendResults(r.ctx, moment.GetSendResultRequest{MomentID: id, UserID: alice, Limit: 1}), func(s moment.SendResult) string { return s.ExternalUserID })
	if err := r.whole([]string{zoe, yan}, saw); err != nil {
		return err
	}
	liked, err := service.GetComments(r.ctx, id, alice)
	if r.read(err) != nil {
		return err
	}
	assert.Empty(r, liked.CommentList)
	if assert.Len(r, liked.LikeList, 1) {
		assert.Equal(r, zoe, liked.LikeList[0].ExternalUserID)
	}
	err = service.CancelTask(r.ctx, id)
	return r.wrote(err, func() int { return count(posts(), func(m wecomtest.Moment) bool { return m.Cancelled }) })
}

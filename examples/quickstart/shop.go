package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/moment"
	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
)

// A shop is what an application builds on the SDK: one client, the packages
// it needs, and what it does when WeCom reports something.
type shop struct {
	client   *wecom.Client
	contacts *contact.Service
	tags     *tag.Service
	messages *message.Service
	moments  *moment.Service

	poster    string            // media id of the picture in the greeting
	tagOf     map[string]string // channel → tag id
	tell      *narrator
	customers chan string // external_userids whose welcome is complete
}

func newShop(client *wecom.Client, tell *narrator) *shop {
	return &shop{
		client:    client,
		contacts:  contact.New(client),
		tags:      tag.New(client),
		messages:  message.New(client),
		moments:   moment.New(client),
		tagOf:     map[string]string{},
		tell:      tell,
		customers: make(chan string, 16),
	}
}

// open prepares what greetings need: a picture, and a tag for each channel.
func (s *shop) open(ctx context.Context, channels ...string) error {
	media, err := s.client.Media().Upload(ctx, wecom.MediaTypeImage, wecom.File{Name: "春季海报.png", Reader: bytes.NewReader(poster())})
	if err != nil {
		return err
	}
	s.poster = media.MediaID

	group := tag.AddCorpTagRequest{GroupName: "来源渠道"}
	for _, c := range channels {
		group.Tag = append(group.Tag, tag.AddCorpTag{Name: c})
	}
	made, err := s.tags.AddCorpTag(ctx, group)
	if err != nil {
		return err
	}
	for _, t := range made.Tag {
		s.tagOf[t.Name] = t.ID
	}
	return nil
}

// callbacks returns the handler to mount at the app's callback URL. It
// acknowledges at once and works afterwards.
func (s *shop) callbacks(keys callback.Keys) (*callback.Handler, error) {
	h, err := callback.NewHandler(keys, callback.WithWorkers(4, 100), callback.WithClock(s.client.Clock()))
	if err != nil {
		return nil, err
	}
	callback.On(h, s.customerAdded)
	return h, nil
}

// customerAdded is the heart of it: greet within 20 seconds, then see who it
// is, write a remark and tag by the channel they came through.
func (s *shop) customerAdded(ctx context.Context, e *callback.AddExternalContact) error {
	clock := s.client.Clock()
	start := clock.Now()
	if e.WelcomeCode != "" {
		if err := s.greet(ctx, e); err != nil {
			return fmt.Errorf("greet: %w", err)
		}
	}
	customer, err := s.contacts.Get(ctx, e.ExternalUserID)
	if err != nil {
		return err
	}
	name := customer.ExternalContact.Name
	if e.State == "" { // not by one of our codes, or handed over: nothing to note
		s.tell.received("add_external_contact: "+name+" for "+e.UserID, clock.Now().Sub(start))
		s.customers <- e.ExternalUserID
		return nil
	}
	err = s.contacts.Remark(ctx, contact.RemarkRequest{
		UserID:         e.UserID,
		ExternalUserID: e.ExternalUserID,
		Remark:         new(name + " · " + e.State),
	})
	if err != nil {
		return err
	}
	if id, known := s.tagOf[e.State]; known {
		if err := s.tags.Mark(ctx, tag.MarkRequest{UserID: e.UserID, ExternalUserID: e.ExternalUserID, AddTag: []string{id}}); err != nil {
			return err
		}
	}
	s.tell.received("add_external_contact: "+name+" by "+e.State, clock.Now().Sub(start))
	s.customers <- e.ExternalUserID
	return nil
}

func (s *shop) greet(ctx context.Context, e *callback.AddExternalContact) error {
	return s.messages.SendWelcome(ctx, message.SendWelcomeRequest{
		WelcomeCode: e.WelcomeCode,
		ReceivedAt:  e.At(),
		Text:        message.Text{Content: "你好！欢迎光临，春茶已到店，凭此消息立减 20 元。"},
		Attachments: message.Attachments{
			message.ImageAttachment{MediaID: s.poster},
			message.MiniProgramAttachment{Title: "春茶预订", PicMediaID: s.poster, AppID: "wx8bd80126147dfabc", Page: "/pages/spring"},
		},
	})
}

// sendToTag asks the members to send a text to the customers who have the tag.
func (s *shop) sendToTag(ctx context.Context, tagID, text string) (*message.AddMsgTemplateResult, error) {
	return s.messages.AddMsgTemplate(ctx, message.AddMsgTemplateRequest{
		TagFilter: message.TagFilter{GroupList: []message.TagFilterGroup{{TagList: []string{tagID}}}},
		Text:      message.Text{Content: text},
	})
}

// outcomes counts what became of a mass message, member by member.
func (s *shop) outcomes(ctx context.Context, msgID string) (map[message.SendStatus]int, error) {
	count := map[message.SendStatus]int{}
	for task, err := range s.messages.AllGroupMsgTasks(ctx, message.GetGroupMsgTaskRequest{MsgID: msgID}) {
		if err != nil {
			return nil, err
		}
		results := message.GetGroupMsgSendResultRequest{MsgID: msgID, UserID: task.UserID}
		for sent, err := range s.messages.AllGroupMsgSendResults(ctx, results) {
			if err != nil {
				return nil, err
			}
			count[sent.Status]++
		}
	}
	return count, nil
}

// publish asks a member to publish a moment. It returns the job that makes the
// task.
func (s *shop) publish(ctx context.Context, userID, text string) (jobID string, err error) {
	job, err := s.moments.AddTask(ctx, moment.AddTaskRequest{
		Text:         moment.Text{Content: text},
		VisibleRange: moment.VisibleRange{SenderList: moment.SenderList{UserList: []string{userID}}},
	})
	if err != nil {
		return "", err
	}
	return job.JobID, nil
}

// poster draws the picture of the greeting.
func poster() []byte {
	img := image.NewPaletted(image.Rect(0, 0, 64, 36), color.Palette{
		color.RGBA{R: 0xf3, G: 0xef, B: 0xe4, A: 0xff}, color.RGBA{R: 0x4f, G: 0x7a, B: 0x3a, A: 0xff},
	})
	for x := range 64 {
		for y := 36 - x%12; y < 36; y++ {
			img.SetColorIndex(x, y, 1)
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // a bytes.Buffer takes everything
	return b.Bytes()
}

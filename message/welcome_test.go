package message_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const opWelcome = "externalcontact/send_welcome_msg"

// hello greets with a code that the simulator never gave out, for tests that
// need nothing of WeCom's answer but a fault.
func hello() message.SendWelcomeRequest {
	return message.SendWelcomeRequest{WelcomeCode: "CODE", Text: message.Text{Content: "hello"}}
}

func TestSendWelcomeReachesTheCustomer(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, zoe, code := newcomer(t, srv)
	srv.Clock().Advance(15 * time.Second)
	messages := message.New(srv.NewClient())

	err := messages.SendWelcome(t.Context(), message.SendWelcomeRequest{
		WelcomeCode: code,
		Text:        message.Text{Content: "你好 <&> Zoe"},
		Attachments: []message.Attachment{message.LinkAttachment{Title: "Shop", URL: "https://shop.example/?a=1&b=2"}},
		ReceivedAt:  srv.Clock().Now().Add(-15 * time.Second),
	})

	require.NoError(t, err)
	got := srv.Received(zoe)
	require.Len(t, got, 1)
	assert.Equal(t, wecomtest.KindWelcome, got[0].Kind)
	assert.Equal(t, alice, got[0].UserID)
	assert.Equal(t, "你好 <&> Zoe", got[0].Text)
	assert.Equal(t, []wecomtest.Attachment{{MsgType: "link", Title: "Shop", URL: "https://shop.example/?a=1&b=2"}}, got[0].Attachments)
}

func TestEveryAttachmentArrives(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	_, zoe, code := newcomer(t, srv)
	media := func(typ string) string { return srv.Seed().Media(wecomtest.Media{Type: typ}) }
	image, video, file := media("image"), media("video"), media("file")
	messages := message.New(srv.NewClient())

	err := messages.SendWelcome(t.Context(), message.SendWelcomeRequest{WelcomeCode: code, Attachments: []message.Attachment{
		message.ImageAttachment{MediaID: image},
		message.LinkAttachment{Title: "Shop", PicURL: "https://pic.example/1", Desc: "new", URL: "https://shop.example"},
		message.MiniProgramAttachment{Title: "Book", PicMediaID: image, AppID: "wx1", Page: "/book"},
		message.VideoAttachment{MediaID: video},
		message.FileAttachment{MediaID: file},
	}})

	require.NoError(t, err)
	got := srv.Received(zoe)
	require.Len(t, got, 1)
	assert.Equal(t, []wecomtest.Attachment{
		{MsgType: "image", MediaID: image},
		{MsgType: "link", Title: "Shop", PicURL: "https://pic.example/1", Desc: "new", URL: "https://shop.example"},
		{MsgType: "miniprogram", Title: "Book", MediaID: image, AppID: "wx1", Page: "/book"},
		{MsgType: "video", MediaID: video},
		{MsgType: "file", MediaID: file},
	}, got[0].Attachments)
}

func TestSendWelcomeOfAnOldEventWithoutItsTime(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	_, zoe, code := newcomer(t, srv)
	srv.Clock().Advance(20 * time.Second)
	messages := message.New(srv.NewClient())

	err := messages.SendWelcome(t.Context(), message.SendWelcomeRequest{WelcomeCode: code, Text: message.Text{Content: "hello"}})

	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidWelcomeCode), "%v", err)
	assert.Empty(t, srv.Received(zoe))
	assert.Equal(t, 1, srv.Calls().Op(opWelcome).Len())
}

func TestSendWelcomeWhenTheyChatAlready(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, zoe, code := newcomer(t, srv)
	srv.Clock().Advance(time.Second)
	srv.Act().Chat(alice, zoe)
	messages := message.New(srv.NewClient())

	err := messages.SendWelcome(t.Context(), message.SendWelcomeRequest{WelcomeCode: code, Text: message.Text{Content: "hello"}})

	require.NoError(t, err)
	assert.Empty(t, srv.Received(zoe))
}

func TestSendWelcomeWhileAnotherAppGreets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t, wecomtest.WithWelcomeDelay(2*time.Second))
		_, zoe, code := newcomer(t, srv)
		rival, messages := message.New(anotherApp(t, srv)), message.New(srv.NewClient())
		require.NoError(t, rival.SendWelcome(t.Context(), message.SendWelcomeRequest{WelcomeCode: code, Text: message.Text{Content: "from the rival"}}))

		err := messages.SendWelcome(t.Context(), message.SendWelcomeRequest{WelcomeCode: code, Text: message.Text{Content: "too late"}})

		require.NoError(t, err)
		got := srv.Received(zoe)
		require.Len(t, got, 1)
		assert.Equal(t, "from the rival", got[0].Text)
		assert.NotZero(t, srv.Calls().Op(opWelcome).Code(41096).Len())
		assert.Equal(t, 1, srv.Calls().Op(opWelcome).Code(41051).Len())
	})
}

func TestSendWelcomeThatIsLostGreetsOnce(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	_, zoe, code := newcomer(t, srv)
	srv.Fault(opWelcome).Lost()
	messages := message.New(srv.NewClient())

	err := messages.SendWelcome(t.Context(), message.SendWelcomeRequest{WelcomeCode: code, Text: message.Text{Content: "hello"}})

	require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
	assert.Len(t, srv.Received(zoe), 1)
	assert.Equal(t, 1, srv.Calls().Op(opWelcome).Len())
}

func TestSendWelcomeAfterTwentySecondsIsNotSent(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	messages := message.New(srv.NewClient())
	req := hello()
	req.ReceivedAt = srv.Clock().Now()
	srv.Clock().Advance(20 * time.Second)

	err := messages.SendWelcome(t.Context(), req)

	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidWelcomeCode), "%v", err)
	assert.ErrorContains(t, err, "not sent by the client")
	assert.Zero(t, srv.Calls().Len())
}

func TestSendWelcomeToAGreetedCustomerIsDone(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Fault(opWelcome).Times(1).Code(41051)
	messages := message.New(srv.NewClient())

	err := messages.SendWelcome(t.Context(), hello())

	require.NoError(t, err)
	assert.Equal(t, 1, srv.Calls().Op(opWelcome).Len())
}

func TestSendWelcomeWithABadCodeIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Fault(opWelcome).Code(41050)
	messages := message.New(srv.NewClient())

	err := messages.SendWelcome(t.Context(), hello())

	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidWelcomeCode), "%v", err)
	assert.Equal(t, 1, srv.Calls().Op(opWelcome).Len())
}

func TestSendWelcomeWaitsForAnotherApp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		srv.Fault(opWelcome).Times(3).Code(41096)
		srv.Fault(opWelcome).Times(1).Code(41051) // in the end the other app has sent it
		messages := message.New(srv.NewClient())
		start := time.Now()

		err := messages.SendWelcome(t.Context(), hello())

		require.NoError(t, err)
		assert.Equal(t, 4, srv.Calls().Op(opWelcome).Len())
		assert.Equal(t, 700*time.Millisecond, time.Since(start))
	})
}

func TestSendWelcomeGivesUpWithinTwentySeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		srv.Fault(opWelcome).Code(41096)
		messages := message.New(srv.NewClient())
		start := time.Now()
		req := hello()
		req.ReceivedAt = start.Add(-5 * time.Second)

		err := messages.SendWelcome(t.Context(), req)

		assert.True(t, wecom.IsCode(err, wecom.CodeWelcomeBeingSent), "%v", err)
		assert.InDelta(t, 14.5, time.Since(start).Seconds(), 0.5)
		assert.Equal(t, 18, srv.Calls().Op(opWelcome).Len())
	})
}

// WeCom's clock, from which an event's CreateTime is, may be ahead of ours.
func TestSendWelcomeOfAnEventFromTheFuture(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		srv.Fault(opWelcome).Hang()
		messages := message.New(srv.NewClient())
		start := time.Now()
		req := hello()
		req.ReceivedAt = start.Add(time.Minute)

		err := messages.SendWelcome(t.Context(), req)

		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 20*time.Second, time.Since(start))
	})
}

func TestSendWelcomeDoesNotWaitForAReplyBeyondTwentySeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		srv.Fault(opWelcome).Hang()
		messages := message.New(srv.NewClient())
		start := time.Now()

		err := messages.SendWelcome(t.Context(), hello())

		require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 20*time.Second, time.Since(start))
	})
}

func TestSendWelcomeObeysItsContextWhileItWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		srv.Fault(opWelcome).Code(41096)
		messages := message.New(srv.NewClient())
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		start := time.Now()

		err := messages.SendWelcome(ctx, hello())

		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.True(t, wecom.IsCode(err, wecom.CodeWelcomeBeingSent), "%v", err)
		assert.Equal(t, 2*time.Second, time.Since(start))
	})
}

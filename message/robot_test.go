package message_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestRobotSendsTwentyMessagesAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bot, hi, start := robot(t, &tape{}), message.RobotText{Content: "hi"}, time.Now()
		for range 20 {
			require.NoError(t, bot.Send(t.Context(), hi))
		}
		assert.Zero(t, time.Since(start))
		soon, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		require.ErrorIs(t, bot.Send(soon, hi), wecom.ErrRateLimited)
		assert.Zero(t, time.Since(start), "refused at once")

		require.NoError(t, bot.Send(t.Context(), hi))
		assert.GreaterOrEqual(t, time.Since(start), time.Minute)
	})
}

func TestRobotUploadsAFile(t *testing.T) {
	t.Parallel()
	p := &tape{}

	_, err := robot(t, p).UploadMedia(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "周报.txt", Reader: strings.NewReader("all well")})

	require.NoError(t, err)
	assert.Equal(t, "/cgi-bin/webhook/upload_media?key="+robotKey+"&type=file", p.path)
	assert.Contains(t, string(p.body), `form-data; name="media"; filename="周报.txt"; filelength=8`)
	assert.Contains(t, string(p.body), "\r\n\r\nall well\r\n")
}

func TestRobotUploadsNothingTooLarge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		typ wecom.MediaType
		max int64
	}{
		{wecom.MediaTypeFile, 20 << 20},
		{wecom.MediaTypeVoice, 2 << 20},
	} {
		p := &tape{}
		file := wecom.File{Name: "a.amr", Reader: http.NoBody, Size: tt.max + 1} // nothing is read

		_, err := robot(t, p).UploadMedia(t.Context(), tt.typ, file)

		assert.True(t, wecom.IsCode(err, wecom.CodeMediaTooLarge), "%v", err)
		assert.Empty(t, p.path)
	}
}

func TestRobotIsNoApp(t *testing.T) {
	t.Parallel()
	p := &tape{}
	app, err := wecom.New(wecom.Credential{CorpID: "wwcorp"}, wecom.WithTokenSource(fixedToken{}), wecom.WithHTTPClient(&http.Client{Transport: p}))
	require.NoError(t, err)

	err = message.NewRobot(app).Send(t.Context(), message.RobotText{Content: "hi"})

	require.ErrorContains(t, err, "needs key")
	assert.Empty(t, p.path)
}

func TestRobotWritesToItsGroup(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	key := srv.AddRobot(wecomtest.Robot{Name: "Weather"})
	client, err := wecom.NewWebhook(srv.URL()+"/cgi-bin/webhook/send?key="+key, srv.Options()...)
	require.NoError(t, err)
	bot := message.NewRobot(client)
	png := []byte("\x89PNG\r\n\x1a\n a picture")

	file, err := bot.UploadMedia(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: strings.NewReader("rain all week")})
	require.NoError(t, err)
	assert.Equal(t, wecom.MediaTypeFile, file.Type)
	for _, body := range []message.RobotBody{
		message.RobotText{Content: "rain", MentionedList: []string{message.ToAll}},
		message.RobotMarkdownV2{Content: "| rain |"},
		message.RobotImage{Data: png},
		message.File{MediaID: file.MediaID},
	} {
		require.NoError(t, bot.Send(t.Context(), body), "%T", body)
	}

	var types []string
	for _, m := range srv.RobotMessages(key) {
		types = append(types, m.MsgType)
	}
	assert.Equal(t, []string{"text", "markdown_v2", "image", "file"}, types)
}

func TestRobotThatWasRemoved(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	key := srv.AddRobot(wecomtest.Robot{})
	client, err := wecom.NewWebhook(key, srv.Options()...)
	require.NoError(t, err)
	srv.Act().RemoveRobot(key)

	err = message.NewRobot(client).Send(t.Context(), message.RobotText{Content: "hi"})

	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidRobotWebhook), "%v", err)
	require.ErrorIs(t, err, wecom.ErrNotFound)
	assert.NotContains(t, err.Error(), key)
}

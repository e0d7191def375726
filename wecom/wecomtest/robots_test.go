package wecomtest_test

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// say lets whoever has the key send a message.
func say(t *testing.T, srv *wecomtest.Server, key string, fields object) reply {
	t.Helper()
	body, err := json.Marshal(fields)
	require.NoError(t, err)
	c := &caller{t: t, srv: srv}
	return c.do(http.MethodPost, "webhook/send", url.Values{"key": {key}}, string(body))
}

// attach uploads a file for a robot.
func attach(t *testing.T, srv *wecomtest.Server, key, typ, data string) reply {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("media", "a.txt")
	require.NoError(t, err)
	_, err = part.Write([]byte(data))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	q := url.Values{"key": {key}, "type": {typ}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL()+"/cgi-bin/webhook/upload_media?"+q.Encode(), &body)
	require.NoError(t, err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	res, err := srv.HTTPClient().Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	var r reply
	require.NoError(t, json.NewDecoder(res.Body).Decode(&r.JSON))
	return r
}

// robotImage is an image as robots send it.
func robotImage(data string) object {
	sum := md5.Sum([]byte(data))
	return object{"msgtype": "image", "image": object{
		"base64": base64.StdEncoding.EncodeToString([]byte(data)), "md5": hex.EncodeToString(sum[:]),
	}}
}

func TestRobotWrites(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	key := srv.AddRobot(wecomtest.Robot{Name: "Weather"})
	file := attach(t, srv, key, "file", "rain all week").text("media_id")
	voice := attach(t, srv, key, "voice", "#!AMR\nsounds").text("media_id")
	text := object{"content": "rain", "mentioned_list": []string{"alice", "@all"}, "mentioned_mobile_list": []string{"13800001111"}}
	notice := cards()["text_notice"].with("horizontal_content_list", []object{{"keyname": "f", "type": 2, "media_id": file}})
	bodies := []object{
		{"msgtype": "text", "text": text},
		{"msgtype": "markdown", "markdown": object{"content": "**rain**"}},
		{"msgtype": "markdown_v2", "markdown_v2": object{"content": "| rain |"}},
		robotImage(pngHead),
		{"msgtype": "news", "news": object{"articles": []object{{"title": "rain", "url": "https://a.example"}}}},
		{"msgtype": "file", "file": object{"media_id": file}},
		{"msgtype": "voice", "voice": object{"media_id": voice}},
		{"msgtype": "template_card", "template_card": notice},
		{"msgtype": "template_card", "template_card": cards()["news_notice"]},
	}
	for _, body := range bodies {
		r := say(t, srv, key, body)
		require.Zero(t, r.code(), r.Body)
	}

	got := srv.RobotMessages(key)
	require.Len(t, got, len(bodies))
	for i, body := range bodies {
		want, err := json.Marshal(body[got[i].MsgType])
		require.NoError(t, err)
		assert.JSONEq(t, string(want), string(got[i].Body))
	}
	assert.Equal(t, "rain", got[0].Text)
	assert.Equal(t, "| rain |", got[2].Text)
}

func TestTwentyRobotMessagesAMinute(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(srv.Clock().Now())
	key, other := srv.AddRobot(wecomtest.Robot{}), srv.AddRobot(wecomtest.Robot{})
	hi := object{"msgtype": "text", "text": object{"content": "hi"}}
	for range 20 {
		require.Zero(t, say(t, srv, key, hi).code())
	}

	assert.Equal(t, 45009, say(t, srv, key, hi).code())
	assert.Zero(t, say(t, srv, other, hi).code(), "each robot has its own")
	srv.Clock().Advance(time.Minute)
	assert.Zero(t, say(t, srv, key, hi).code())
	assert.Len(t, srv.RobotMessages(key), 21)
}

func TestRobotKey(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	key := srv.AddRobot(wecomtest.Robot{})
	assert.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, key)
	hi := object{"msgtype": "text", "text": object{"content": "hi"}}

	assert.Equal(t, 93000, say(t, srv, "nope", hi).code())
	assert.Equal(t, 93000, say(t, srv, "", hi).code())
	assert.Equal(t, 93000, attach(t, srv, "nope", "file", "rain all week").code())
	assert.Zero(t, say(t, srv, key, hi).code())
	srv.Act().RemoveRobot(key)
	assert.Equal(t, 93000, say(t, srv, key, hi).code())
	for call := range srv.Calls().All() {
		assert.NotContains(t, call.Query.Encode(), key)
	}
}

func TestRobotFilesAreTheRobotsOwn(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	key, other := srv.AddRobot(wecomtest.Robot{}), srv.AddRobot(wecomtest.Robot{})
	apps := srv.Seed().Media(wecomtest.Media{Type: "file"})
	up := attach(t, srv, key, "file", "rain all week")
	file := func(id string) object { return object{"msgtype": "file", "file": object{"media_id": id}} }
	c := newCaller(t, srv)

	assert.IsType(t, "", up.at("created_at"))
	assert.Equal(t, "file", up.at("type"))
	assert.Zero(t, say(t, srv, key, file(up.text("media_id"))).code())
	assert.Equal(t, 40007, say(t, srv, other, file(up.text("media_id"))).code())
	assert.Equal(t, 40007, say(t, srv, key, file(apps)).code(), "an app's")
	assert.Equal(t, 40007, c.get("media/get", "media_id", up.text("media_id")).code())
	assert.Equal(t, 40007, c.send(sendOp, note(file(up.text("media_id"))).with("touser", "alice").with("text", nil)).code())
	srv.Clock().Advance(3 * 24 * time.Hour)
	assert.Equal(t, 40007, say(t, srv, key, file(up.text("media_id"))).code(), "after three days")
}

func TestRobotRefusals(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	key := srv.AddRobot(wecomtest.Robot{})
	notice, news := cards()["text_notice"], cards()["news_notice"]
	template := func(fields object) object { return object{"msgtype": "template_card", "template_card": fields} }
	words := func(msgType string, n int) object {
		return object{"msgtype": msgType, msgType: object{"content": strings.Repeat("a", n)}}
	}
	wrong := robotImage(pngHead)
	wrong["image"].(object)["md5"] = "0"
	broken := robotImage(pngHead)
	broken["image"].(object)["base64"] = "?"
	tests := []struct {
		name string
		body object
		want int
	}{
		{"an unknown msgtype", object{"msgtype": "video"}, 40008},
		{"another object", object{"msgtype": "markdown", "text": object{"content": "a"}}, 40063},
		{"a long text", words("text", 2049), 40058},
		{"a long markdown", words("markdown", 4097), 40058},
		{"a long markdown_v2", words("markdown_v2", 4097), 40058},
		{"no article", object{"msgtype": "news", "news": object{"articles": []object{}}}, 45008},
		{"a wrong md5", wrong, 301019},
		{"no base64", broken, 40058},
		{"a large image", robotImage(pngHead + strings.Repeat("a", 2<<20)), 93018},
		{"no image", robotImage("GIF89a"), 40004},
		{"a card to answer", template(cards()["vote_interaction"].with("task_id", nil).with("submit_button", nil).with("checkbox", nil).with("card_action", object{"type": 1})), 42031},
		{"a card without title", template(notice.with("sub_title_text", nil)), 42033},
		{"a card without action", template(notice.with("card_action", nil)), 42045},
		{"news without picture", template(news.with("card_image", nil).with("image_text_area", object{"image_url": "https://a.example"})), 42044},
		{"an unknown file in a card", template(notice.with("horizontal_content_list", []object{{"keyname": "f", "type": 2, "media_id": "nope"}})), 40007},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, say(t, srv, key, tt.body).code(), tt.name)
	}
	assert.Empty(t, srv.RobotMessages(key))
	assert.Equal(t, 40006, attach(t, srv, key, "file", "rain!").code(), "five bytes")
	assert.Equal(t, 45001, attach(t, srv, key, "voice", "#!AMR"+strings.Repeat("a", 2<<20)).code())
	assert.Equal(t, 40004, attach(t, srv, key, "voice", "no sound").code())
	assert.Equal(t, 40004, attach(t, srv, key, "image", pngHead).code())
}

package callback_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// robotKeys are those of a robot of the corp itself: its callbacks name nobody.
var robotKeys = callback.Keys{Token: testKeys.Token, EncodingAESKey: testKeys.EncodingAESKey, ReceiveID: callback.NoReceiveID}

const (
	robotSays  = `{"msgid":%q,"aibotid":"bot","chattype":"single","from":{"userid":"alice"},"msgtype":"text","text":{"content":"hi"}}`
	robotAsks  = `{"msgid":%q,"aibotid":"bot","chattype":"single","from":{"userid":"alice"},"msgtype":"stream","stream":{"id":%q}}`
	robotEvent = `{"msgid":"e1","create_time":1700000000,"aibotid":"bot","from":{"userid":"alice"},"msgtype":"event","event":{"eventtype":%q,%q:{"task_id":"task_id"}}}`
)

func newRobot(t testing.TB, opts ...callback.Option) *callback.Handler {
	t.Helper()
	h, err := callback.NewHandler(robotKeys, append(opts, callback.WithTimestampTolerance(0))...)
	require.NoError(t, err)
	return h
}

// tellRobot delivers a callback as WeCom does: JSON within JSON.
func tellRobot(t testing.TB, h http.Handler, body string) outcome {
	t.Helper()
	return send(h, robotRequest(t, body))
}

func robotRequest(t testing.TB, body string) *http.Request {
	t.Helper()
	codec := newCodec(t, robotKeys)
	env, err := codec.Encrypt(callback.Message{Body: []byte(body)}, time.Unix(1763733600, 0))
	require.NoError(t, err)
	return httptest.NewRequest(http.MethodPost, "/robot?"+env.Query().Encode(), strings.NewReader(fmt.Sprintf(`{"encrypt":%q}`, env.Encrypt)))
}

// openJSON reads an answer without the package: the envelope of page 101033.
func openJSON(t *testing.T, body string) string {
	t.Helper()
	var env struct {
		Encrypt      string `json:"encrypt"`
		MsgSignature string `json:"msgsignature"`
		Timestamp    int64  `json:"timestamp"`
		Nonce        string `json:"nonce"`
	}
	dec := json.NewDecoder(strings.NewReader(body))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&env), body)
	msg, id := openRaw(t, robotKeys, callback.Envelope{Signature: env.MsgSignature, Timestamp: fmt.Sprint(env.Timestamp), Nonce: env.Nonce, Encrypt: env.Encrypt})
	assert.Empty(t, id)
	return msg
}

// replied is what a robot that gets body and answers with reply says.
func replied(t *testing.T, body string, reply callback.Reply) string {
	t.Helper()
	h := newRobot(t)
	callback.OnReply(h, func(context.Context, callback.Event) (callback.Reply, error) { return reply, nil })
	res := tellRobot(t, h, body)
	require.Equal(t, http.StatusOK, res.status)
	return openJSON(t, res.body)
}

func said(id string) string    { return fmt.Sprintf(robotSays, id) }
func clickedCard() string      { return happened("template_card_event") }
func happened(s string) string { return fmt.Sprintf(robotEvent, s, s) }
func asked(msgID, stream string) string {
	return fmt.Sprintf(robotAsks, msgID, stream)
}

func robotSample(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", "robot", name+".json"))
	require.NoError(t, err)
	return body
}

func png() []byte { return []byte("\x89PNG\r\n\x1a\n a picture") }

func vote(t *testing.T) callback.RobotVoteInteractionCard {
	t.Helper()
	var card callback.RobotVoteInteractionCard
	require.NoError(t, json.Unmarshal(robotSample(t, "card.vote_interaction"), &card))
	return card
}

// The samples follow the pages 101031, 101032 and 101138, read 2026-11-21.
func TestRobotReplySamples(t *testing.T) {
	t.Parallel()
	stream := callback.RobotStreamReply{
		ID: "STREAMID", Finish: true, Content: "**广州**今日天气：29度，大部分多云，降雨概率：60%",
		MsgItem: []callback.RobotStreamImage{{Data: png()}}, Feedback: callback.RobotFeedback{ID: "FEEDBACKID"},
	}
	for _, tt := range []struct {
		name, body string
		reply      callback.Reply
	}{
		{"text", happened("enter_chat"), callback.RobotTextReply{Content: "hello\nI'm RobotA\n"}},
		{"template_card", said("m1"), callback.RobotTemplateCardReply{TemplateCard: vote(t)}},
		{"template_card", happened("enter_chat"), callback.RobotTemplateCardReply{TemplateCard: new(vote(t))}},
		{"stream", said("m1"), stream},
		{"stream", asked("m2", "STREAMID"), stream},
		{"stream", asked("m2", "STREAMID"), &stream},
		{"stream_with_template_card", said("m1"), callback.RobotStreamWithTemplateCardReply{Stream: stream, TemplateCard: vote(t)}},
		{"update_template_card", clickedCard(), callback.RobotUpdateTemplateCardReply{UserIDs: []string{"USERID1", "USERID2"}, TemplateCard: vote(t)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.JSONEq(t, string(robotSample(t, tt.name)), replied(t, tt.body, tt.reply))
		})
	}
}

// Each card is read into its Go type by encoding/json, and comes out as it was:
// no member is lost. Each field is in a sample: none is invented.
func TestRobotCards(t *testing.T) {
	t.Parallel()
	filled, all := map[string]bool{}, map[string]bool{}
	for name, card := range map[callback.RobotCardType]callback.RobotTemplateCard{
		callback.RobotCardTextNotice:          new(callback.RobotTextNoticeCard),
		callback.RobotCardNewsNotice:          new(callback.RobotNewsNoticeCard),
		callback.RobotCardButtonInteraction:   new(callback.RobotButtonInteractionCard),
		callback.RobotCardVoteInteraction:     new(callback.RobotVoteInteractionCard),
		callback.RobotCardMultipleInteraction: new(callback.RobotMultipleInteractionCard),
	} {
		sample := robotSample(t, "card."+string(name))
		require.NoError(t, json.Unmarshal(sample, card))
		var got struct {
			TemplateCard json.RawMessage `json:"template_card"`
		}
		require.NoError(t, json.Unmarshal([]byte(replied(t, said("m1"), callback.RobotTemplateCardReply{TemplateCard: card})), &got))
		assert.JSONEq(t, string(sample), string(got.TemplateCard), name)
		walkAll(reflect.ValueOf(card).Elem(), filled, all)
	}
	for name := range all {
		assert.True(t, filled[name], "no sample fills %s", name)
	}
}

// What is left empty is not sent, but for what WeCom requires.
func TestRobotReplyWithoutExtras(t *testing.T) {
	t.Parallel()
	assert.JSONEq(t, `{"msgtype":"stream","stream":{"id":"s1","finish":false,"content":""}}`,
		replied(t, said("m1"), callback.RobotStreamReply{ID: "s1"}))
	assert.JSONEq(t, `{"msgtype":"stream","stream":{"id":"s1","finish":true,"content":"a <b> & \"c\""}}`,
		replied(t, asked("m2", "s1"), callback.RobotStreamReply{Finish: true, Content: `a <b> & "c"`}), "a refresh says which stream")
	assert.JSONEq(t, `{"msgtype":"stream_with_template_card","stream":{"id":"s1","finish":false,"content":"x"}}`,
		replied(t, asked("m2", "s1"), callback.RobotStreamWithTemplateCardReply{Stream: callback.RobotStreamReply{Content: "x"}}), "the card goes out once")
	card := vote(t)
	card.TaskID = ""
	assert.Contains(t, replied(t, clickedCard(), callback.RobotUpdateTemplateCardReply{TemplateCard: card}), `"task_id":"task_id"`, "the event says which card")
	assert.Empty(t, card.TaskID)
}

func TestRobotRepliesThatWeComWouldDrop(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 20480/3) // and two bytes less than the limit
	stream := func(change func(*callback.RobotStreamReply)) callback.Reply {
		r := callback.RobotStreamReply{ID: "s1", Content: "x"}
		change(&r)
		return r
	}
	images := func(n int, data []byte) callback.Reply {
		return stream(func(r *callback.RobotStreamReply) {
			r.Finish = true
			r.MsgItem = slices.Repeat([]callback.RobotStreamImage{{Data: data}}, n)
		})
	}
	text, update := callback.RobotTextReply{Content: "x"}, callback.RobotUpdateTemplateCardReply{TemplateCard: vote(t)}
	card := callback.RobotTemplateCardReply{TemplateCard: vote(t)}
	other := update
	other.TemplateCard = func() callback.RobotTemplateCard { c := vote(t); c.TaskID = "other"; return c }()
	plain := stream(func(*callback.RobotStreamReply) {})
	for _, tt := range []struct {
		name, body string
		reply      callback.Reply
		want       string // in the error; empty if WeCom takes it
	}{
		{"longest content", said("m"), stream(func(r *callback.RobotStreamReply) { r.Content = long + "ab" }), ""},
		{"content too long", said("m"), stream(func(r *callback.RobotStreamReply) { r.Content = long + "abc" }), "the Content has 20481 bytes, at most 20480 are allowed"},
		{"not UTF-8", said("m"), stream(func(r *callback.RobotStreamReply) { r.Content = "\xff" }), "UTF-8"},
		{"stream without id", said("m"), stream(func(r *callback.RobotStreamReply) { r.ID = "" }), "ID is empty"},
		{"another stream", asked("m", "s2"), plain, `ID is \"s1\", WeCom asks for \"s2\"`},
		{"image before the end", said("m"), stream(func(r *callback.RobotStreamReply) { r.MsgItem = []callback.RobotStreamImage{{Data: png()}} }), "MsgItem is allowed with Finish only"},
		{"ten images", said("m"), images(10, png()), ""},
		{"eleven images", said("m"), images(11, png()), "MsgItem has 11 images"},
		{"a JPG", said("m"), images(1, []byte("\xff\xd8\xff\xe0")), ""},
		{"a GIF", said("m"), images(1, []byte("GIF89a")), "neither PNG nor JPG"},
		{"no image", said("m"), images(1, nil), "neither PNG nor JPG"},
		{"image too large", said("m"), images(1, append(png(), make([]byte, 10<<20)...)), "at most 10485760 are allowed"},
		{"longest feedback id", said("m"), stream(func(r *callback.RobotStreamReply) { r.Feedback.ID = strings.Repeat("a", 256) }), ""},
		{"feedback id too long", said("m"), stream(func(r *callback.RobotStreamReply) { r.Feedback.ID = strings.Repeat("a", 257) }), "Feedback.ID has 257 bytes"},

		{"empty text", happened("enter_chat"), callback.RobotTextReply{}, "the Content is empty"},
		{"text to a message", said("m"), text, "WeCom does not take this reply to this event"},
		{"text to a refresh", asked("m", "s1"), text, "WeCom does not take"},
		{"text to a card", clickedCard(), text, "WeCom does not take"},
		{"text to a feedback", happened("feedback_event"), text, "WeCom does not take"},
		{"text to an event of the future", happened("brand_new"), text, ""},
		{"card to a refresh", asked("m", "s1"), card, "WeCom does not take"},
		{"card to a card", clickedCard(), card, "WeCom does not take"},
		{"stream to a greeting", happened("enter_chat"), plain, "WeCom does not take"},
		{"stream to a card", clickedCard(), plain, "WeCom does not take"},
		{"stream to an app", addExternalContactXML, plain, "WeCom does not take"},
		{"stream to an unknown event of an app", clicked("brand_new"), plain, "WeCom does not take"},
		{"update to a message", said("m"), update, "WeCom does not take"},
		{"update of another card", clickedCard(), other, `TaskID is \"other\", that of the event is \"task_id\"`},
		{"update without a card", clickedCard(), callback.RobotUpdateTemplateCardReply{}, "there is no TemplateCard"},
		{"card without a card", said("m"), callback.RobotTemplateCardReply{}, "there is no TemplateCard"},
		{"an app's reply", said("m"), callback.TextReply{Content: "x"}, "names nobody"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			h := newRobot(t, callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
			callback.OnReply(h, func(context.Context, callback.Event) (callback.Reply, error) { return tt.reply, nil })
			res := tellRobot(t, h, tt.body)
			if tt.want == "" {
				assert.Equal(t, http.StatusOK, res.status, log.String())
				return
			}
			assert.Equal(t, outcome{status: http.StatusInternalServerError}, res)
			assert.Contains(t, log.String(), tt.want)
		})
	}
}

package callback_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const (
	wroteXML   = "<xml><ToUserName>wwcorp</ToUserName><FromUserName>alice</FromUserName><MsgType>text</MsgType><MsgId>1</MsgId></xml>"
	clickedXML = "<xml><ToUserName>wwcorp</ToUserName><FromUserName>alice</FromUserName><MsgType>event</MsgType><Event>%s</Event></xml>"
)

func clicked(event string) string { return fmt.Sprintf(clickedXML, event) }

// replies are the samples in testdata/replies, which follow the page 90241,
// read 2026-11-21; update_taskcard, which the page has dropped since, follows
// its state of 2021.
func replies() map[string]struct {
	body  string
	reply callback.Reply
} {
	type sample = struct {
		body  string
		reply callback.Reply
	}
	return map[string]sample{
		"text.xml":  {wroteXML, callback.TextReply{Content: "Welcome"}},
		"image.xml": {wroteXML, callback.ImageReply{MediaID: "media-1"}},
		"voice.xml": {wroteXML, callback.VoiceReply{MediaID: "media-1"}},
		"video.xml": {wroteXML, callback.VideoReply{MediaID: "media-1", Title: "Fair", Description: "last year"}},
		"news.xml": {wroteXML, callback.NewsReply{Articles: []callback.Article{
			{Title: "Fair", Description: "in the yard", PicURL: "https://example.com/fair.jpg", URL: "https://example.com/fair"},
			{Title: "Plan", Description: "of the yard", PicURL: "https://example.com/plan.jpg", URL: "https://example.com/plan"},
		}}},
		"update_button.xml":   {clicked("template_card_event"), callback.UpdateButtonReply{ReplaceName: "Done"}},
		"update_taskcard.xml": {clicked("taskcard_click"), callback.UpdateTaskcardReply{ReplaceName: "Done"}},
	}
}

func TestReplySamples(t *testing.T) {
	t.Parallel()
	for file, sample := range replies() {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, readReply(t, file), replyTree(t, answered(t, sample.body, sample.reply)))
		})
	}
}

func TestEveryReplyHasASample(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "replies", "*"))
	require.NoError(t, err)
	assert.Len(t, files, len(replies())+len(cards()))
}

func cards() map[string]callback.TemplateCard {
	return map[string]callback.TemplateCard{
		"text_notice":          &callback.TextNoticeCard{},
		"news_notice":          &callback.NewsNoticeCard{},
		"button_interaction":   &callback.ButtonInteractionCard{},
		"vote_interaction":     &callback.VoteInteractionCard{},
		"multiple_interaction": &callback.MultipleInteractionCard{},
	}
}

// Each sample is read into its Go type by encoding/xml, and comes out as it
// was: no element is lost. Each field is in a sample: none is invented.
func TestTemplateCards(t *testing.T) {
	t.Parallel()
	filled, all := map[string]bool{}, map[string]bool{}
	for name, card := range cards() {
		file := "update_template_card." + name + ".xml"
		body, err := os.ReadFile(filepath.Join("testdata", "replies", file))
		require.NoError(t, err)
		require.NoError(t, xml.Unmarshal(body, &struct {
			TemplateCard callback.TemplateCard
		}{card}))
		for _, event := range []string{"template_card_event", "template_card_menu_event"} {
			got := answered(t, clicked(event), callback.UpdateTemplateCardReply{TemplateCard: card})
			assert.Equal(t, readReply(t, file), replyTree(t, got), name)
		}
		byValue, ok := reflect.TypeAssert[callback.TemplateCard](reflect.ValueOf(card).Elem())
		require.True(t, ok)
		assert.Equal(t, readReply(t, file), replyTree(t, answered(t, clicked("template_card_event"), callback.UpdateTemplateCardReply{TemplateCard: byValue})))
		walkAll(reflect.ValueOf(card).Elem(), filled, all)
	}
	for name := range all {
		assert.True(t, filled[name], "no sample fills %s", name)
	}
}

// walkAll notes the fields of v by the names of their types.
func walkAll(v reflect.Value, filled, all map[string]bool) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			walkAll(v.Index(i), filled, all)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			all[name] = true
			filled[name] = filled[name] || !v.Field(i).IsZero()
			walkAll(v.Field(i), filled, all)
		}
	default:
	}
}

// readReply returns a sample as a tree, with what answered fills in.
func readReply(t *testing.T, file string) treeElement {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", "replies", file))
	require.NoError(t, err)
	return replyTree(t, string(body))
}

// replyTree reads a document. The order of different elements does not matter.
func replyTree(t *testing.T, body string) treeElement {
	t.Helper()
	root := readTree(t, []byte(body))
	var normal func(*treeElement)
	normal = func(el *treeElement) {
		if len(el.Children) > 0 {
			el.Text = ""
		}
		for i := range el.Children {
			normal(&el.Children[i])
		}
		slices.SortStableFunc(el.Children, func(a, b treeElement) int { return strings.Compare(a.XMLName.Local, b.XMLName.Local) })
	}
	normal(&root)
	return root
}

// stillClock stands still at the time of the samples.
type stillClock struct{}

func (stillClock) Now() time.Time                             { return time.Unix(1763733600, 999_999_999) }
func (stillClock) Sleep(context.Context, time.Duration) error { return nil }

// answered delivers body to a handler that replies, and returns the reply as
// WeCom decrypts it.
func answered(t *testing.T, body string, reply callback.Reply) string {
	t.Helper()
	h := newHandler(t, callback.WithClock(stillClock{}))
	callback.OnReply(h, func(context.Context, callback.Event) (callback.Reply, error) { return reply, nil })
	res := deliver(t, h, body)
	require.Equal(t, http.StatusOK, res.status)
	msg, id := openXML(t, testKeys, res.body)
	assert.Equal(t, testKeys.ReceiveID, id)
	return msg
}

// openXML is another reading of the page 90968: it verifies and decrypts an
// answer without the package.
func openXML(t *testing.T, keys callback.Keys, body string) (msg, receiveID string) {
	t.Helper()
	var env struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
	require.NoError(t, xml.Unmarshal([]byte(body), &env))
	return openRaw(t, keys, callback.Envelope{Signature: env.MsgSignature, Timestamp: env.TimeStamp, Nonce: env.Nonce, Encrypt: env.Encrypt})
}

func openRaw(t *testing.T, keys callback.Keys, env callback.Envelope) (msg, receiveID string) {
	t.Helper()
	assert.Equal(t, signature(keys.Token, env), env.Signature)
	key, err := base64.StdEncoding.DecodeString(keys.EncodingAESKey + "=")
	require.NoError(t, err)
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	data, err := base64.StdEncoding.DecodeString(env.Encrypt)
	require.NoError(t, err)
	require.Zero(t, len(data)%32)
	cipher.NewCBCDecrypter(block, key[:16]).CryptBlocks(data, data)
	data = data[16 : len(data)-int(data[len(data)-1])]
	n := binary.BigEndian.Uint32(data)
	return string(data[4 : 4+n]), string(data[4+n:])
}

func TestReplyFitsTheEvent(t *testing.T) {
	t.Parallel()
	const notice = "<xml><SuiteId>wwsuite</SuiteId><InfoType>change_auth</InfoType></xml>"
	text, button, task := callback.TextReply{Content: "x"}, callback.UpdateButtonReply{ReplaceName: "x"}, callback.UpdateTaskcardReply{ReplaceName: "x"}
	tests := []struct {
		name  string
		body  string
		reply callback.Reply
		want  string // in the error; empty if it fits
	}{
		{"message", wroteXML, text, ""},
		{"message of a new type", strings.ReplaceAll(wroteXML, "text", "file"), text, ""},
		{"subscribe", clicked("subscribe"), text, ""},
		{"enter_agent", clicked("enter_agent"), text, ""},
		{"LOCATION", clicked("LOCATION"), text, ""},
		{"click", clicked("click"), text, ""},
		{"view", clicked("view"), text, ""},
		{"view_miniprogram", clicked("view_miniprogram"), text, ""},
		{"scancode_waitmsg", clicked("scancode_waitmsg"), text, ""},
		{"menu of a card", clicked("template_card_menu_event"), text, ""},
		{"event of the future", clicked("brand_new"), text, ""},
		{"pointer", wroteXML, &text, ""},

		{"suite notice", notice, text, "change_auth takes no reply of type text"},
		{"customer event", addExternalContactXML, text, "change_external_contact/add_external_contact takes no reply of type text"},
		{"unsubscribe", clicked("unsubscribe"), text, "unsubscribe takes no reply of type text"},
		{"text for a card", clicked("template_card_event"), text, "template_card_event takes no reply of type text"},
		{"button for a message", wroteXML, button, "text takes no reply of type update_button"},
		{"button for a task card", clicked("taskcard_click"), button, "taskcard_click takes no reply of type update_button"},
		{"task card for a button", clicked("template_card_event"), task, "template_card_event takes no reply of type update_taskcard"},
		{"no card", clicked("template_card_event"), callback.UpdateTemplateCardReply{}, "the TemplateCard is nil"},
		{"unreadable event", "noise", text, "takes no reply of type text"},
		{"nobody to reply to", "<xml><MsgType>text</MsgType></xml>", text, "names nobody to reply to"},
		{"control character", wroteXML, callback.TextReply{Content: "a\x00b"}, "<Content> has the character U+0000, which XML cannot hold"},
		{"form feed", wroteXML, callback.NewsReply{Articles: []callback.Article{{Title: "a\fb"}}}, "<Title> has the character U+000C"},
		{"noncharacter", wroteXML, callback.TextReply{Content: "\uffff"}, "U+FFFF"},
		{"not UTF-8", wroteXML, callback.TextReply{Content: "a\xff"}, "<Content> is not UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			h := newHandler(t, callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
			callback.OnReply(h, func(context.Context, callback.Event) (callback.Reply, error) { return tt.reply, nil })
			res := deliver(t, h, tt.body)
			if tt.want == "" {
				assert.Equal(t, http.StatusOK, res.status)
				assert.Contains(t, res.body, "<Encrypt>")
				assert.Empty(t, log.String())
				return
			}
			assert.Equal(t, outcome{status: http.StatusInternalServerError}, res)
			assert.Contains(t, log.String(), "the handler failed")
			assert.Contains(t, log.String(), tt.want)
			assert.Equal(t, uint64(1), h.Stats().Failed)
			deliver(t, h, tt.body)
			assert.Equal(t, callback.Stats{Received: 2, Failed: 2}, h.Stats(), "and the event is not marked as handled")
		})
	}
}

func TestReplyInTheFormOfTheRequest(t *testing.T) {
	t.Parallel()
	h := newHandler(t)
	callback.OnReply(h, func(context.Context, *callback.TextMessage) (callback.Reply, error) {
		return callback.TextReply{Content: "hi"}, nil
	})
	env := seal(t, testKeys, wroteXML)
	body, err := json.Marshal(map[string]string{"tousername": "wwcorp", "encrypt": env.Encrypt})
	require.NoError(t, err)
	r := request(t, testKeys, wroteXML)
	r.URL.RawQuery = env.Query().Encode()
	r.Body = readCloser(" " + string(body))
	res := send(h, r)

	require.Equal(t, http.StatusOK, res.status)
	var got struct {
		Encrypt, MsgSignature, Nonce string
		TimeStamp                    int64
	}
	require.NoError(t, json.Unmarshal([]byte(res.body), &got), res.body)
	msg, id := openRaw(t, testKeys, callback.Envelope{Signature: got.MsgSignature, Timestamp: fmt.Sprint(got.TimeStamp), Nonce: got.Nonce, Encrypt: got.Encrypt})
	assert.Equal(t, testKeys.ReceiveID, id)
	assert.Contains(t, msg, "<Content><![CDATA[hi]]></Content>")
	assert.Equal(t, env.Nonce, got.Nonce)
}

// The answer goes to the corp that asked, with the keys it asked with.
func TestReplyToATenant(t *testing.T) {
	t.Parallel()
	second := otherKeys
	second.ReceiveID, second.SuiteID = "", "wwsecond"
	h, err := callback.NewHandler(suiteKeys(), callback.WithTimestampTolerance(0), callback.WithKeys(second))
	require.NoError(t, err)
	callback.OnReply(h, func(ctx context.Context, _ *callback.TextMessage) (callback.Reply, error) {
		tenant, _ := callback.TenantFrom(ctx)
		return callback.TextReply{Content: tenant.SuiteID + " for " + tenant.CorpID}, nil
	})
	for _, keys := range []callback.Keys{suiteKeys(), second} {
		for _, corp := range []string{"wwone", "wwtwo"} {
			res := send(h, request(t, sentTo(keys, corp), strings.ReplaceAll(wroteXML, "wwcorp", corp)))
			require.Equal(t, http.StatusOK, res.status)
			msg, id := openXML(t, keys, res.body)
			assert.Equal(t, corp, id)
			assert.Contains(t, msg, "<FromUserName><![CDATA["+corp+"]]></FromUserName>")
			assert.Contains(t, msg, keys.SuiteID+" for "+corp)
		}
	}
}

func TestRepliesOnTheSimulator(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := wecomtest.New(t)
		h, err := callback.NewHandler(callback.Keys(sim.Keys()), callback.WithWorkers(1, 1))
		require.NoError(t, err)
		callback.OnReply(h, func(_ context.Context, e *callback.TextMessage) (callback.Reply, error) {
			return callback.TextReply{Content: e.Content + "]]> is no end & <b> no tag"}, nil
		})
		callback.OnReply(h, func(context.Context, *callback.EnterAgent) (callback.Reply, error) { return nil, nil })
		sim.Callback(h)
		alice := sim.AddMember(wecomtest.Member{})
		sim.Emit(wecomtest.Event{MsgType: "text", FromUserName: alice, Elements: []wecomtest.Element{{Name: "Content", Value: "hi"}, {Name: "MsgId", Value: 7}}})
		sim.Emit(wecomtest.Event{Event: "enter_agent", FromUserName: alice})
		sim.WaitDeliveries(2)

		var got struct {
			ToUserName, FromUserName, MsgType, Content string
			CreateTime                                 int64
		}
		require.NoError(t, xml.Unmarshal([]byte(sim.Deliveries()[0].Attempts[0].Reply), &got))
		assert.Equal(t, alice, got.ToUserName)
		assert.Equal(t, sim.Credential().CorpID, got.FromUserName)
		assert.Equal(t, "text", got.MsgType)
		assert.Equal(t, "hi]]> is no end & <b> no tag", got.Content)
		assert.Equal(t, time.Now().Unix(), got.CreateTime)
		assert.Empty(t, sim.Deliveries()[1].Attempts[0].Response, "no reply is an empty answer")
	})
}

// Whatever a text holds, it is refused or arrives as it is.
func FuzzTextReply(f *testing.F) {
	for _, s := range []string{"", "hi", "]]>", "]]]>]]>>", "<![CDATA[x]]>", "]]>]]>", "&amp;<b>", "\r\n\t", "\x00", "\xff", "\ufffd\ufffe\uffff", "😀", "]]"} {
		f.Add(s)
	}
	h, err := callback.NewHandler(testKeys, callback.WithTimestampTolerance(0), callback.WithoutDedupe())
	require.NoError(f, err)
	var text string
	callback.OnReply(h, func(context.Context, *callback.TextMessage) (callback.Reply, error) {
		return callback.TextReply{Content: text}, nil
	})
	f.Fuzz(func(t *testing.T, s string) {
		text = s
		res := deliver(t, h, wroteXML)
		if res.status == http.StatusInternalServerError {
			var escaped strings.Builder // where encoding/xml puts U+FFFD for what it cannot write
			require.NoError(t, xml.EscapeText(&escaped, []byte(s)))
			require.Greater(t, strings.Count(escaped.String(), "\ufffd"), strings.Count(s, "\ufffd"), "it was refused without need")
			return
		}
		msg, _ := openXML(t, testKeys, res.body)
		var got struct{ Content string }
		require.NoError(t, xml.Unmarshal([]byte(msg), &got))
		require.Equal(t, strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), got.Content)
	})
}

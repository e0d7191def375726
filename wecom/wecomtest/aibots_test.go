package wecomtest_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// aiBot is an intelligent robot written from the official pages, without
// looking at the simulator's codec.
type aiBot struct {
	srv  *wecomtest.Server
	id   string
	keys wecomtest.Keys

	answer func(msg reply) object                               // nil is nothing
	write  func(w http.ResponseWriter, nonce, encrypted string) // in place of the envelope

	mu  sync.Mutex
	got []reply // what it was told, each with the decrypted Body
}

// newAIBot adds RobotA, which members alice and bob talk to.
func newAIBot(srv *wecomtest.Server, answer func(msg reply) object) *aiBot {
	for _, id := range []string{"alice", "bob"} {
		srv.AddMember(wecomtest.Member{UserID: id})
	}
	b := &aiBot{srv: srv, id: srv.AddAIBot(wecomtest.AIBot{Name: "RobotA"}), answer: answer}
	b.keys = srv.AIBotKeys(b.id)
	if err := srv.SetCallback(wecomtest.Callback{AIBotID: b.id, Handler: b}); err != nil {
		panic(err)
	}
	return b
}

func (b *aiBot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	in := struct{ Encrypt string }{q.Get("echostr")}
	if r.Method == http.MethodPost {
		dec := json.NewDecoder(r.Body)
		dec.DisallowUnknownFields()
		if err := dec.Decode(&in); err != nil || r.Header.Get("Content-Type") != "application/json" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
	}
	if q.Get("msg_signature") != b.sign(q.Get("timestamp"), q.Get("nonce"), in.Encrypt) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	text := b.open(in.Encrypt)
	if r.Method == http.MethodGet {
		_, _ = io.WriteString(w, text)
		return
	}
	msg := reply{Body: text}
	if err := json.Unmarshal([]byte(text), &msg.JSON); err != nil {
		panic(err)
	}
	b.mu.Lock()
	b.got = append(b.got, msg)
	b.mu.Unlock()
	var out object
	if b.answer != nil {
		out = b.answer(msg)
	}
	if out == nil {
		return
	}
	data, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	encrypted := b.seal(string(data))
	if b.write != nil {
		b.write(w, q.Get("nonce"), encrypted)
		return
	}
	_, _ = io.WriteString(w, envelope(encrypted, b.sign("1700000000", q.Get("nonce"), encrypted), "1700000000", q.Get("nonce")))
}

// envelope is what a robot writes to WeCom.
func envelope(encrypted, signature, timestamp, nonce string) string {
	return `{"encrypt":"` + encrypted + `","msgsignature":"` + signature + `","timestamp":` + timestamp + `,"nonce":"` + nonce + `"}`
}

func (b *aiBot) sign(timestamp, nonce, encrypted string) string {
	parts := []string{b.keys.Token, timestamp, nonce, encrypted}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

func (b *aiBot) cipher() (block cipher.Block, iv []byte) {
	key, err := base64.StdEncoding.DecodeString(b.keys.EncodingAESKey + "=")
	if err != nil {
		panic(err)
	}
	block, err = aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	return block, key[:16]
}

func (b *aiBot) open(encrypted string) string {
	data, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil {
		panic(err)
	}
	block, iv := b.cipher()
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(data, data)
	data = data[:len(data)-int(data[len(data)-1])]
	size := binary.BigEndian.Uint32(data[16:])
	if len(data[20+size:]) > 0 {
		panic("a receive id")
	}
	return string(data[20 : 20+size])
}

func (b *aiBot) seal(text string) string { return b.sealFor(text, "") }

func (b *aiBot) sealFor(text, receiveID string) string {
	plain := binary.BigEndian.AppendUint32(make([]byte, 16), uint32(len(text)))
	plain = append(plain, text+receiveID...)
	pad := 32 - len(plain)%32
	plain = append(plain, strings.Repeat(string(rune(pad)), pad)...)
	block, iv := b.cipher()
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

// heard is the n-th thing that the robot was told, once it was.
func (b *aiBot) heard(n int) reply {
	b.srv.WaitDeliveries(n)
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.got[n-1]
}

// said is the text of each message that a member sees.
func (b *aiBot) said(userID, chatID string) []string {
	list := []string{}
	for _, m := range b.srv.AIBotChat(b.id, userID, chatID) {
		list = append(list, m.Text)
	}
	return list
}

// download fetches and decrypts what a member sent.
func (b *aiBot) download(t *testing.T, address string) string {
	t.Helper()
	status, data := fetch(t, b.srv, http.MethodGet, address)
	require.Equal(t, http.StatusOK, status, string(data))
	require.Zero(t, len(data)%32)
	block, iv := b.cipher()
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(data, data)
	return string(data[:len(data)-int(data[len(data)-1])])
}

func fetch(t *testing.T, srv *wecomtest.Server, method, address string) (status int, body []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	require.NoError(t, err)
	res, err := srv.HTTPClient().Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, body
}

func text(s string) wecomtest.AIBotContent { return wecomtest.AIBotContent{Text: s} }

// stream is a stream reply.
func stream(id, content string, finish bool) object {
	return object{"msgtype": "stream", "stream": object{"id": id, "content": content, "finish": finish}}
}

func TestAIBotHearsATextAndAnswers(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	b := newAIBot(srv, func(msg reply) object { return stream("s1", "you said "+msg.text("text.content"), true) })

	id := srv.Act().WriteToAIBot("alice", b.id, text("<hello>"))

	msg := b.heard(1)
	url := msg.text("response_url")
	assert.Equal(t, `{"msgid":"`+id+`","aibotid":"aibSIM00000000000000000001","chattype":"single","from":{"userid":"alice"},`+
		`"response_url":"`+url+`","msgtype":"text","text":{"content":"<hello>"}}`, msg.Body)
	assert.Regexp(t, `^http://wecom\.sim/proxy/cgi-bin/aibot/response\?response_code=[\w-]{64}$`, url)
	assert.Regexp(t, `^[\w+/]{31}=$`, id)
	got := srv.AIBotChat(b.id, "alice", "")
	assert.Equal(t, []wecomtest.AIBotMessage{
		{ID: id, Time: srv.Clock().Now(), UserID: "alice", MsgType: "text", Text: "<hello>", Finished: true},
		{ID: got[1].ID, Time: srv.Clock().Now(), MsgType: "stream", StreamID: "s1", Text: "you said <hello>", Finished: true},
	}, got)
	assert.Empty(t, srv.AIBotChat(b.id, "bob", ""))
	d := srv.Deliveries()[0]
	assert.Equal(t, b.id, d.AIBotID)
	assert.Equal(t, msg.Body, d.Body)
	assert.JSONEq(t, `{"msgtype":"stream","stream":{"content":"you said <hello>","finish":true,"id":"s1"}}`, d.Attempts[0].Reply)
}

func TestAIBotInAGroup(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	b := newAIBot(srv, nil)

	srv.Act().MentionAIBot("alice", b.id, "group1", wecomtest.AIBotContent{Text: "sum up", Quote: &wecomtest.AIBotContent{
		MsgType: "voice", Text: "a long story",
	}})
	srv.Act().MentionAIBot("bob", b.id, "group1", text("thanks @RobotA!"))
	srv.Act().MentionAIBot("bob", b.id, "group1", wecomtest.AIBotContent{MsgType: "mixed", Items: []wecomtest.AIBotContent{
		{MsgType: "image", Data: []byte(pngHead)}, {Text: "this"},
	}})

	first, third := b.heard(1), b.heard(3)
	assert.Equal(t, "group1", first.text("chatid"))
	assert.Equal(t, "group", first.text("chattype"))
	assert.Equal(t, "@RobotA sum up", first.text("text.content"))
	assert.Equal(t, map[string]any{"msgtype": "voice", "voice": map[string]any{"content": "a long story"}}, first.at("quote"))
	assert.Equal(t, "thanks @RobotA!", b.heard(2).text("text.content"))
	assert.Equal(t, pngHead, b.download(t, third.text("mixed.msg_item.0.image.url")))
	assert.Equal(t, "@RobotA this", third.text("mixed.msg_item.1.text.content"))
	assert.Equal(t, []string{"@RobotA sum up", "thanks @RobotA!", "@RobotA this"}, b.said("bob", "group1"))
}

func TestAIBotHearsEveryKind(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ msgType, sent, at string }{
		{"image", pngHead, "image.url"},
		{"file", strings.Repeat("a", 32), "file.url"},
		{"video", "....ftyp", "video.url"},
	} {
		t.Run(tt.msgType, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			b := newAIBot(srv, nil)

			srv.Act().WriteToAIBot("alice", b.id, wecomtest.AIBotContent{MsgType: tt.msgType, Data: []byte(tt.sent)})

			msg := b.heard(1)
			assert.Equal(t, tt.msgType, msg.text("msgtype"))
			assert.Equal(t, tt.sent, b.download(t, msg.text(tt.at)))
		})
	}
	srv := wecomtest.New(t)
	b := newAIBot(srv, nil)
	srv.Act().WriteToAIBot("alice", b.id, wecomtest.AIBotContent{MsgType: "voice", Text: "what is new"})
	assert.Equal(t, "what is new", b.heard(1).text("voice.content"))
}

func TestAIBotFilesLiveFiveMinutes(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(srv.Clock().Now())
	b := newAIBot(srv, nil)
	srv.Act().WriteToAIBot("alice", b.id, wecomtest.AIBotContent{MsgType: "file", Data: []byte("plans")})
	address := b.heard(1).text("file.url")
	status := func(method, address string) int {
		status, body := fetch(t, srv, method, address)
		assert.NotContains(t, string(body), "plans")
		return status
	}

	srv.Clock().Advance(5*time.Minute - time.Second)
	assert.Equal(t, "plans", b.download(t, address))
	assert.Equal(t, http.StatusMethodNotAllowed, status(http.MethodPost, address))
	assert.Equal(t, http.StatusForbidden, status(http.MethodGet, address+"0"), "another sign")
	assert.Equal(t, http.StatusNotFound, status(http.MethodGet, strings.Replace(address, "?", "0?", 1)))
	srv.Clock().Advance(time.Second)
	assert.Equal(t, http.StatusForbidden, status(http.MethodGet, address))
	assert.Zero(t, srv.Calls().Len(), "downloads are no calls of the API")
}

func TestAIBotsHearOfNoLargeFiles(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	b := newAIBot(srv, nil)

	srv.Act().WriteToAIBot("alice", b.id, wecomtest.AIBotContent{MsgType: "file", Data: make([]byte, 100<<20+1)})

	assert.Empty(t, srv.Deliveries())
	assert.Len(t, srv.AIBotChat(b.id, "alice", ""), 1)
}

func TestAIBotIsAskedForTheRestOfAStream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		asked := 0
		b := newAIBot(srv, func(msg reply) object {
			asked++
			switch asked {
			case 1:
				return stream("s1", "1", false)
			case 2:
				return nil // nothing new
			case 3:
				return object{"msgtype": "stream", "stream": object{"content": "123"}}
			}
			return object{"msgtype": "stream", "stream": object{"id": msg.text("stream.id"), "finish": true, "content": "1234", "msg_item": []object{
				robotImage(pngHead),
			}}}
		})
		start := time.Now()

		srv.Act().MentionAIBot("alice", b.id, "group1", text("count"))

		seen := []string{}
		for n := range 4 {
			srv.WaitDeliveries(n + 1)
			assert.Equal(t, time.Duration(n)*time.Second, time.Since(start))
			m := srv.AIBotChat(b.id, "bob", "group1")[1]
			seen = append(seen, m.Text)
			assert.Equal(t, n == 3, m.Finished)
		}
		assert.Equal(t, []string{"1", "1", "123", "1234"}, seen)
		assert.Equal(t, [][]byte{[]byte(pngHead)}, srv.AIBotChat(b.id, "bob", "group1")[1].Images)
		refresh := b.heard(2)
		assert.Equal(t, `{"msgid":"`+refresh.text("msgid")+`","aibotid":"`+b.id+`","chatid":"group1","chattype":"group",`+
			`"from":{"userid":"alice"},"msgtype":"stream","stream":{"id":"s1"}}`, refresh.Body)
		srv.Clock().Advance(time.Hour)
		assert.Len(t, srv.Deliveries(), 4)
	})
}

func TestAIBotIsAskedForSixMinutes(t *testing.T) {
	t.Parallel()
	start := time.Unix(1700000000, 0)
	srv := wecomtest.New(t, wecomtest.WithStreamRefresh(50*time.Second))
	srv.Clock().Freeze(start)
	b := newAIBot(srv, func(msg reply) object {
		return stream(orText(msg.text("stream.id"), "s1"), "so far", false)
	})

	srv.Act().WriteToAIBot("alice", b.id, text("think"))
	srv.Clock().Advance(time.Hour)

	times := []time.Duration{}
	for _, d := range srv.Deliveries() {
		times = append(times, d.Attempts[0].Time.Sub(start)/time.Second)
	}
	assert.Equal(t, []time.Duration{0, 50, 100, 150, 200, 250, 300, 350}, times)
	assert.False(t, srv.AIBotChat(b.id, "alice", "")[1].Finished)
}

func orText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// TestSlowStreamRefresh is about a robot that takes its time: nobody asks
// again meanwhile, and nobody repeats what was not answered.
func TestSlowStreamRefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		n := 0
		b := newAIBot(srv, nil)
		b.answer = func(reply) object {
			n++
			switch n {
			case 1:
				return stream("s1", "", false)
			case 2:
				time.Sleep(2500 * time.Millisecond)
				return stream("s1", "slow", false)
			case 3:
				time.Sleep(5500 * time.Millisecond)
			}
			return stream("s1", "done", true)
		}
		start := time.Now()
		srv.Act().WriteToAIBot("alice", b.id, text("hi"))
		srv.WaitDeliveries(4)

		times, attempts := []time.Duration{}, []int{}
		for _, d := range srv.Deliveries() {
			times = append(times, d.Attempts[0].Time.Sub(start))
			attempts = append(attempts, len(d.Attempts))
		}
		assert.Equal(t, []time.Duration{0, time.Second, 4500 * time.Millisecond, 10500 * time.Millisecond}, times)
		assert.Equal(t, []int{1, 1, 1, 1}, attempts)
		assert.Equal(t, []string{"hi", "done"}, b.said("alice", ""))
	})
}

func TestStreamRefreshesSurviveMishaps(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(srv.Clock().Now())
	b := newAIBot(srv, func(msg reply) object { return stream("s1", "done", msg.text("msgtype") == "stream") })
	srv.Deliver().Of("stream").Times(1).Lose()
	srv.Deliver().Of("stream").Times(1).BadSignature()

	srv.Act().WriteToAIBot("alice", b.id, text("hi"))
	srv.Clock().Advance(10 * time.Second)

	assert.Len(t, srv.Deliveries(), 4)
	assert.True(t, srv.AIBotChat(b.id, "alice", "")[1].Finished)
}

func TestRedeliveredMessageIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	b := newAIBot(srv, func(msg reply) object { return stream(msg.text("msgid"), "hi", true) })
	srv.Deliver().Of("text").Duplicate()

	srv.Act().WriteToAIBot("alice", b.id, text("hi"))
	srv.WaitDeliveries(1)

	assert.Len(t, srv.Deliveries()[0].Attempts, 2)
	assert.Equal(t, []string{"hi", "hi"}, b.said("alice", ""))
}

func TestThreeMessagesUnderWay(t *testing.T) {
	t.Parallel()
	r := record(t, func(srv *wecomtest.Server) {
		srv.Clock().Freeze(srv.Clock().Now())
		b := newAIBot(srv, nil)
		b.answer = func(msg reply) object {
			return stream(orText(msg.text("stream.id"), msg.text("msgid")), "", msg.text("text.content") == "bye")
		}
		for range 3 {
			srv.Act().WriteToAIBot("alice", b.id, text("hi"))
		}
		srv.Act().WriteToAIBot("bob", b.id, text("hi"))
		srv.Clock().Advance(6*time.Minute + time.Second) // WeCom waits no longer
		for range 2 {
			srv.Act().WriteToAIBot("alice", b.id, text("hi"))
		}
		for range 5 {
			srv.Act().WriteToAIBot("alice", b.id, text("bye"))
		}
		srv.Act().WriteToAIBot("alice", b.id, text("hi"))
		srv.Act().WriteToAIBot("alice", b.id, text("too much"))
	})

	assert.Equal(t, `wecomtest: "alice" has 3 messages with the robot under way, and WeCom takes no more`, r.fatal)
	assert.Empty(t, r.errors)
}

func TestAIBotWelcomesOnceADay(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700063999, 0)) // a second before midnight in China
	b := newAIBot(srv, func(reply) object { return object{"msgtype": "text", "text": object{"content": "hello\n"}} })

	first := srv.Act().EnterAIBotChat("alice", b.id)
	assert.Empty(t, srv.Act().EnterAIBotChat("alice", b.id))
	assert.NotEmpty(t, srv.Act().EnterAIBotChat("bob", b.id))
	srv.WaitDeliveries(2)
	srv.Clock().Advance(time.Second)
	assert.NotEmpty(t, srv.Act().EnterAIBotChat("alice", b.id))

	assert.Equal(t, `{"msgid":"`+first+`","create_time":1700063999,"aibotid":"`+b.id+`","from":{"userid":"alice"},`+
		`"msgtype":"event","event":{"eventtype":"enter_chat"}}`, b.heard(1).Body)
	srv.WaitDeliveries(3)
	assert.Equal(t, []string{"hello\n", "hello\n"}, b.said("alice", ""))
	assert.Equal(t, "text", srv.AIBotChat(b.id, "alice", "")[0].MsgType)
}

func TestAIBotMishaps(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	b := newAIBot(srv, nil)
	srv.Deliver().Of("enter_chat").Times(1).BadSignature()
	srv.Deliver().Of("text").Times(1).OldKeys()

	srv.Act().EnterAIBotChat("alice", b.id)
	srv.Act().WriteToAIBot("alice", b.id, text("hi"))
	srv.WaitDeliveries(2)

	for _, d := range srv.Deliveries() {
		assert.Equal(t, http.StatusForbidden, d.Attempts[0].Status, d.Mishap)
	}
}

func TestAIBotKeysAndCallback(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	a, b := srv.AddAIBot(wecomtest.AIBot{}), srv.AddAIBot(wecomtest.AIBot{AIBotID: "RobotB"})

	assert.Equal(t, "RobotB", b)
	assert.NotEqual(t, srv.AIBotKeys(a), srv.AIBotKeys(b))
	assert.Empty(t, srv.AIBotKeys(a).ReceiveID)
	assert.Len(t, srv.AIBotKeys(a).EncodingAESKey, 43)
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "no") })
	require.ErrorContains(t, srv.SetCallback(wecomtest.Callback{AIBotID: a, Handler: h}), "echo check")
	require.EqualError(t, srv.SetCallback(wecomtest.Callback{AIBotID: "nobody", Handler: h}), `wecomtest: no intelligent robot "nobody"`)
}

// TestAIBotThatDoesNotListen has no callback: people may write all the same.
func TestAIBotThatDoesNotListen(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	bot, alice := srv.AddAIBot(wecomtest.AIBot{}), srv.AddMember(wecomtest.Member{})

	srv.Act().EnterAIBotChat(alice, bot)
	for range 5 {
		srv.Act().WriteToAIBot(alice, bot, wecomtest.AIBotContent{MsgType: "mixed", Items: []wecomtest.AIBotContent{
			{MsgType: "image", Data: []byte(pngHead)},
		}})
	}
	srv.Act().MentionAIBot(alice, bot, "group1", wecomtest.AIBotContent{MsgType: "mixed", Items: []wecomtest.AIBotContent{
		{MsgType: "image", Data: []byte(pngHead)},
	}})

	assert.Len(t, srv.AIBotChat(bot, alice, ""), 5)
	assert.Equal(t, "@"+bot, srv.AIBotChat(bot, alice, "group1")[0].Text)
	assert.Empty(t, srv.Deliveries())
}

// TestAppsAndAIBotsHearTheirOwn has both listen: what people do with one is
// nothing to the other.
func TestAppsAndAIBotsHearTheirOwn(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	b := newAIBot(srv, nil)

	srv.AddCustomer("alice", wecomtest.Customer{})
	srv.Act().WriteToAIBot("alice", b.id, text("hi"))
	srv.WaitDeliveries(2)

	list := srv.Deliveries()
	require.Len(t, list, 2)
	assert.Equal(t, "add_external_contact", list[0].Event.ChangeType)
	assert.Empty(t, list[0].AIBotID)
	assert.Equal(t, "text", list[1].Event.MsgType)
	assert.Len(t, b.got, 1)
}

func TestSameAIBotsSameBytes(t *testing.T) {
	t.Parallel()
	run := func() []string {
		srv := wecomtest.New(t)
		srv.Clock().Freeze(time.Unix(1700000000, 0))
		b := newAIBot(srv, func(msg reply) object {
			if msg.text("msgtype") == "event" {
				return object{"msgtype": "text", "text": object{"content": "welcome"}}
			}
			return stream(orText(msg.text("stream.id"), msg.text("msgid")), "", msg.text("msgtype") == "stream")
		})
		srv.Act().EnterAIBotChat("alice", b.id)
		srv.Act().WriteToAIBot("alice", b.id, wecomtest.AIBotContent{MsgType: "image", Data: []byte(pngHead)})
		srv.Act().WriteToAIBot("alice", b.id, text("hi"))
		srv.Clock().Advance(time.Minute)
		all := []string{}
		for _, d := range srv.Deliveries() {
			all = append(all, d.Body, d.Attempts[0].Response)
		}
		for _, m := range srv.AIBotChat(b.id, "alice", "") {
			all = append(all, m.ID+" "+m.MsgType)
		}
		return all
	}
	first := run()

	assert.Len(t, first, 5*2+5)
	for range 20 {
		assert.Equal(t, first, run())
	}
}

func TestNobodyCanSendThisToAnAIBot(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		act  func(srv *wecomtest.Server, bot string)
		want string
	}{
		{"an unknown robot", func(srv *wecomtest.Server, _ string) { srv.Act().WriteToAIBot("alice", "x", text("hi")) }, `no intelligent robot "x"`},
		{"an unknown member", func(srv *wecomtest.Server, bot string) { srv.Act().WriteToAIBot("zoe", bot, text("hi")) }, `no member "zoe"`},
		{"an unknown type", func(srv *wecomtest.Server, bot string) {
			srv.Act().WriteToAIBot("alice", bot, wecomtest.AIBotContent{MsgType: "location"})
		}, "nobody can send a location"},
		{"an empty file", func(srv *wecomtest.Server, bot string) {
			srv.Act().WriteToAIBot("alice", bot, wecomtest.AIBotContent{MsgType: "file"})
		}, "without Data"},
		{"a file in a group", func(srv *wecomtest.Server, bot string) {
			srv.Act().MentionAIBot("alice", bot, "group1", wecomtest.AIBotContent{MsgType: "file", Data: []byte("a")})
		}, "mentioned in a group, in a text or mixed"},
		{"a quote in a file", func(srv *wecomtest.Server, bot string) {
			srv.Act().WriteToAIBot("alice", bot, wecomtest.AIBotContent{MsgType: "file", Data: []byte("a"), Quote: &wecomtest.AIBotContent{}})
		}, "only a text or mixed quotes"},
		{"a file in mixed", func(srv *wecomtest.Server, bot string) {
			srv.Act().WriteToAIBot("alice", bot, wecomtest.AIBotContent{MsgType: "mixed", Items: []wecomtest.AIBotContent{{MsgType: "file"}}})
		}, "mixed holds texts and images, no file"},
		{"a taken id", func(srv *wecomtest.Server, bot string) { srv.AddAIBot(wecomtest.AIBot{AIBotID: bot}) }, "is there already"},
		{"an unknown message", func(srv *wecomtest.Server, _ string) { srv.Act().ClickAIBotCard("alice", "x", "y") }, `"alice" sees no message "x"`},
		{"an unknown robot's chat", func(srv *wecomtest.Server, _ string) { srv.AIBotChat("x", "alice", "") }, `no intelligent robot "x"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := record(t, func(srv *wecomtest.Server) { tt.act(srv, newAIBot(srv, nil).id) })
			assert.Contains(t, r.fatal, tt.want)
		})
	}
}

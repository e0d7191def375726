package wecomtest_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"sort"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// receiver is a callback handler written from the official page, without
// looking at the simulator's codec.
type receiver struct {
	t    *testing.T
	keys wecomtest.Keys
	got  chan string

	anyID bool // it is a suite's, and receives for many
	post  func(w http.ResponseWriter, r *http.Request)
}

func newReceiver(t *testing.T, srv *wecomtest.Server) *receiver {
	return &receiver{t: t, keys: srv.Keys(), got: make(chan string, 100)}
}

func (h *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if r.Method == http.MethodGet {
		_, _ = io.WriteString(w, h.open(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), q.Get("echostr")))
		return
	}
	var body struct {
		ToUserName string
		Encrypt    string
	}
	data, _ := io.ReadAll(r.Body)
	assert.NoError(h.t, xml.Unmarshal(data, &body))
	assert.True(h.t, h.anyID || h.keys.ReceiveID == body.ToUserName, body.ToUserName)
	h.got <- h.open(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), body.Encrypt)
	if h.post != nil {
		h.post(w, r)
	}
}

func (h *receiver) open(signature, timestamp, nonce, encrypted string) string {
	assert.Equal(h.t, signature, signatureOf(h.keys.Token, timestamp, nonce, encrypted))
	text, receiveID := openWith(h.t, h.keys, encrypted)
	assert.True(h.t, h.anyID || h.keys.ReceiveID == receiveID, receiveID)
	return text
}

func signatureOf(parts ...string) string {
	sort.Strings(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// openWith decrypts a text, and whom it is for.
func openWith(t *testing.T, keys wecomtest.Keys, encrypted string) (text, receiveID string) {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(keys.EncodingAESKey + "=")
	assert.NoError(t, err)
	data, err := base64.StdEncoding.DecodeString(encrypted)
	assert.NoError(t, err)
	block, err := aes.NewCipher(key)
	assert.NoError(t, err)
	cipher.NewCBCDecrypter(block, key[:16]).CryptBlocks(data, data)
	data = data[:len(data)-int(data[len(data)-1])]
	size := binary.BigEndian.Uint32(data[16:])
	return string(data[20 : 20+size]), string(data[20+size:])
}

func TestPeopleCauseCallbacks(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	h := newReceiver(t, srv)
	srv.Callback(h)
	alice := srv.AddMember(wecomtest.Member{UserID: "alice"})

	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{State: "door"}}})
	srv.Act().EditCustomer(alice, zoe, func(f *wecomtest.Follow) { f.Remark = "VIP" })
	srv.Act().DeleteMember(zoe, alice)
	srv.Act().DeleteCustomer(alice, zoe)
	srv.WaitDeliveries(4)

	head := "<xml><ToUserName><![CDATA[wwSIM0000000000001]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>" +
		"<CreateTime>1700000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[change_external_contact]]></Event>"
	who := "<UserID><![CDATA[alice]]></UserID><ExternalUserID><![CDATA[wmSIM00000000000000000001]]></ExternalUserID>"
	assert.Regexp(t, `^`+regexpQuote(head+"<ChangeType><![CDATA[add_external_contact]]></ChangeType>"+who)+
		`<State><!\[CDATA\[door\]\]></State><WelcomeCode><!\[CDATA\[[\w-]{43}\]\]></WelcomeCode></xml>$`, <-h.got)
	for _, change := range []string{"edit_external_contact", "del_follow_user", "del_external_contact"} {
		assert.Equal(t, head+"<ChangeType><![CDATA["+change+"]]></ChangeType>"+who+"</xml>", <-h.got)
	}
	assert.Empty(t, srv.Customer(zoe).FollowUser)
}

func regexpQuote(s string) string {
	return strings.NewReplacer("[", `\[`, "]", `\]`).Replace(s)
}

func TestSeedsAndAPICallsCauseNone(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Callback(newReceiver(t, srv))

	srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: srv.Seed().Member(wecomtest.Member{})}}})
	newCaller(t, srv).get("externalcontact/get_follow_user_list")

	assert.Empty(t, srv.Deliveries())
}

func TestNoWelcomeCodeForWeComContacts(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	h := newReceiver(t, srv)
	srv.Callback(h)

	id := srv.AddCustomer(srv.AddMember(wecomtest.Member{}), wecomtest.Customer{Type: 2})
	srv.WaitDeliveries(1)

	assert.Equal(t, "woSIM00000000000000000001", id)
	assert.NotContains(t, <-h.got, "WelcomeCode")
}

func TestOnlyAppsWithTheRightHear(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	other := srv.AddApp(wecomtest.App{Name: "no rights"})
	h := newReceiver(t, srv)
	srv.Callback(h)
	require.NoError(t, srv.SetCallback(wecomtest.Callback{Handler: h, AgentID: other.AgentID}))

	srv.AddCustomer(srv.AddMember(wecomtest.Member{}), wecomtest.Customer{})
	srv.Emit(wecomtest.Event{MsgType: "text", FromUserName: "alice", AgentID: other.AgentID, Elements: []wecomtest.Element{
		{Name: "Content", Value: "hello ]]> & <b>"},
	}})
	srv.WaitDeliveries(2)

	deliveries := srv.Deliveries()
	require.Len(t, deliveries, 2)
	assert.Equal(t, "add_external_contact", deliveries[0].Event.ChangeType)
	assert.Equal(t, other.AgentID, deliveries[1].AgentID)
	var msg struct{ FromUserName, MsgType, Content string }
	require.NoError(t, xml.Unmarshal([]byte(deliveries[1].Body), &msg))
	assert.Equal(t, "hello ]]> & <b>", msg.Content)
}

func TestCallbackEchoCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, body, err string
	}{
		{name: "quoted", body: `"5927782489442352469"`, err: `echo check: want 200 "5927782489442352469", got 200 "\"5927782489442352469\""`},
		{name: "newline", body: "5927782489442352469\n", err: `got 200 "5927782489442352469\n"`},
		{name: "empty", err: `got 200 ""`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)

			err := srv.SetCallback(wecomtest.Callback{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, tt.body)
			})})

			require.ErrorContains(t, err, tt.err)
		})
	}
}

func TestCallbackEchoWithinASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		start := time.Now()

		err := srv.SetCallback(wecomtest.Callback{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		})})

		require.EqualError(t, err, "wecomtest: callback: echo check: no answer within 1s")
		assert.Equal(t, time.Second, time.Since(start))
	})
}

func TestRedelivery(t *testing.T) {
	t.Parallel()
	slow := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	broken := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	failing := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }
	for _, tt := range []struct {
		name      string
		opts      []wecomtest.Option
		post      http.HandlerFunc
		heals     int32 // at this attempt
		attempts  int
		delivered bool
		elapsed   time.Duration
	}{
		{name: "slow once", post: slow, heals: 2, attempts: 2, delivered: true, elapsed: 5 * time.Second},
		{name: "slow always", post: slow, attempts: 4, elapsed: 20 * time.Second},
		{name: "broken always", post: broken, attempts: 4},
		{name: "500", post: failing, attempts: 1, delivered: true},
		{name: "500, switched", post: failing, opts: []wecomtest.Option{wecomtest.WithRedeliverOnError()}, attempts: 4, delivered: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := wecomtest.New(t, tt.opts...)
				h := newReceiver(t, srv)
				var n atomic.Int32
				h.post = func(w http.ResponseWriter, r *http.Request) {
					if n.Add(1) != tt.heals {
						tt.post(w, r)
					}
				}
				srv.Callback(h)
				alice := srv.AddMember(wecomtest.Member{})
				start := time.Now()

				srv.AddCustomer(alice, wecomtest.Customer{})
				srv.WaitDeliveries(1)

				d := srv.Deliveries()[0]
				assert.Len(t, d.Attempts, tt.attempts)
				assert.Equal(t, tt.delivered, d.Delivered())
				assert.Equal(t, tt.elapsed, time.Since(start))
				first := <-h.got
				for range tt.attempts - 1 {
					assert.Equal(t, first, <-h.got)
				}
			})
		})
	}
}

func TestAdvanceLetsACallbackTimeOut(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	h := newReceiver(t, srv)
	started := make(chan struct{})
	h.post = func(_ http.ResponseWriter, r *http.Request) {
		started <- struct{}{}
		<-r.Context().Done()
	}
	srv.Callback(h)
	srv.AddCustomer(srv.AddMember(wecomtest.Member{}), wecomtest.Customer{})

	for range 4 {
		<-started
		srv.Clock().Advance(5 * time.Second)
	}
	srv.WaitDeliveries(1)

	assert.False(t, srv.Deliveries()[0].Delivered())
}

func TestPassiveReplyIsDecrypted(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	h := newReceiver(t, srv)
	h.post = func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, sealed(t, h.keys, "<xml>hi</xml>"))
	}
	srv.Callback(h)

	srv.Emit(wecomtest.Event{Event: "enter_agent"})
	srv.WaitDeliveries(1)

	assert.Equal(t, "<xml>hi</xml>", srv.Deliveries()[0].Attempts[0].Reply)
}

func TestForgedPassiveReplyFailsTheTest(t *testing.T) {
	t.Parallel()

	r := record(t, func(srv *wecomtest.Server) {
		h := newReceiver(t, srv)
		h.post = func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Replace(sealed(t, h.keys, "hi"), "<Nonce>1", "<Nonce>2", 1))
		}
		srv.Callback(h)
		srv.Emit(wecomtest.Event{Event: "enter_agent"})
		srv.WaitDeliveries(1)
	})

	assert.Equal(t, []string{"wecomtest: callback: passive reply: wrong signature"}, r.errors)
}

// sealed is a passive reply.
func sealed(t *testing.T, k wecomtest.Keys, msg string) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(k.EncodingAESKey + "=")
	require.NoError(t, err)
	plain := binary.BigEndian.AppendUint32(make([]byte, 16), uint32(len(msg)))
	plain = append(plain, msg+k.ReceiveID...)
	pad := 32 - len(plain)%32
	plain = append(plain, strings.Repeat(string(rune(pad)), pad)...)
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(plain, plain)
	encrypted := base64.StdEncoding.EncodeToString(plain)
	parts := []string{k.Token, "1700000000", "1", encrypted}
	sort.Strings(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return "<xml><Encrypt>" + encrypted + "</Encrypt><MsgSignature>" + hex.EncodeToString(sum[:]) +
		"</MsgSignature><TimeStamp>1700000000</TimeStamp><Nonce>1</Nonce></xml>"
}

func TestCallbackURL(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	h := newReceiver(t, srv)
	web := httptest.NewServer(h)
	defer web.Close()

	require.NoError(t, srv.SetCallback(wecomtest.Callback{URL: web.URL + "/wecom?corp=1"}))
	srv.AddCustomer(srv.AddMember(wecomtest.Member{}), wecomtest.Customer{})
	srv.WaitDeliveries(1)

	assert.Contains(t, <-h.got, "add_external_contact")
}

func TestPanickingCallbackFailsTheTest(t *testing.T) {
	t.Parallel()

	r := record(t, func(srv *wecomtest.Server) {
		h := newReceiver(t, srv)
		h.post = func(http.ResponseWriter, *http.Request) { panic("oops") }
		srv.Callback(h)
		srv.Emit(wecomtest.Event{Event: "enter_agent"})
		srv.WaitDeliveries(1)
	})

	require.Len(t, r.errors, 4)
	assert.Contains(t, r.errors[0], "oops")
}

func TestMembersWithoutContactCauseNone(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Callback(newReceiver(t, srv))

	srv.AddCustomer(srv.AddMember(wecomtest.Member{NoContact: true}), wecomtest.Customer{})

	assert.Empty(t, srv.Deliveries())
}

func TestSameDeliveriesSameBytes(t *testing.T) {
	t.Parallel()
	run := func() []string {
		srv := wecomtest.New(t)
		srv.Clock().Freeze(time.Unix(1700000000, 0))
		var seen []string
		require.NoError(t, srv.SetCallback(wecomtest.Callback{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			seen = append(seen, r.URL.RawQuery+string(body))
			newReceiver(t, srv).ServeHTTP(w, httptest.NewRequest(r.Method, r.URL.String(), strings.NewReader(string(body))))
		})}))
		alice := srv.AddMember(wecomtest.Member{})
		srv.AddCustomer(alice, wecomtest.Customer{})
		srv.AddCustomer(alice, wecomtest.Customer{})
		srv.WaitDeliveries(2)
		srv.Close()
		return seen
	}

	first := run()

	assert.Len(t, first, 3)
	assert.Equal(t, first, run())
}

// TestAdvanceKeepsCallbacksInTheirTime moves over everything in one step: the
// attempts come five seconds apart all the same, and what happens in 24 hours
// is told then.
func TestAdvanceKeepsCallbacksInTheirTime(t *testing.T) {
	t.Parallel()
	start := time.Unix(1700000000, 0)
	srv := wecomtest.New(t)
	srv.Clock().Freeze(start)
	h := newReceiver(t, srv)
	var slow atomic.Bool
	h.post = func(_ http.ResponseWriter, r *http.Request) {
		if slow.Load() {
			<-r.Context().Done()
		}
	}
	srv.Callback(h)
	alice, bob := srv.AddMember(wecomtest.Member{UserID: "alice"}), srv.AddMember(wecomtest.Member{UserID: "bob"})
	zoe := seedFollow(srv, "Zoe", alice)
	newCaller(t, srv).ok("externalcontact/transfer_customer", object{
		"handover_userid": alice, "takeover_userid": bob, "external_userid": []string{zoe},
	})
	slow.Store(true)

	srv.Emit(wecomtest.Event{Event: "enter_agent"})
	srv.Clock().Advance(time.Minute)
	slow.Store(false)
	srv.Clock().Advance(24 * time.Hour)

	times := func(d wecomtest.Delivery) []time.Duration {
		var out []time.Duration
		for _, a := range d.Attempts {
			out = append(out, a.Time.Sub(start))
		}
		return out
	}
	srv.WaitDeliveries(3)
	deliveries := srv.Deliveries()
	require.Len(t, deliveries, 3)
	assert.Equal(t, []time.Duration{0, 5 * time.Second, 10 * time.Second, 15 * time.Second}, times(deliveries[0]))
	assert.Equal(t, 5*time.Second, deliveries[0].Attempts[3].Elapsed)
	assert.Equal(t, []time.Duration{24 * time.Hour}, times(deliveries[1]))
	assert.Equal(t, []time.Duration{24 * time.Hour}, times(deliveries[2]))
}

// TestAdvanceWaitsForAnswers is about handlers that do not hang: however far
// the clock is moved, they have answered in time.
func TestAdvanceWaitsForAnswers(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	alice := srv.AddMember(wecomtest.Member{})

	for range 20 {
		srv.AddCustomer(alice, wecomtest.Customer{})
		srv.Clock().Advance(time.Hour)
	}

	for _, d := range srv.Deliveries() {
		assert.Len(t, d.Attempts, 1)
		assert.True(t, d.Delivered())
	}
}

func TestRedeliveryComesBehindLaterEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		h := newReceiver(t, srv)
		first := true
		h.post = func(_ http.ResponseWriter, r *http.Request) {
			if first {
				first = false
				<-r.Context().Done()
			}
		}
		srv.Callback(h)
		alice := srv.AddMember(wecomtest.Member{})

		zoe := srv.AddCustomer(alice, wecomtest.Customer{})
		yan := srv.AddCustomer(alice, wecomtest.Customer{})
		srv.WaitDeliveries(2)

		for _, id := range []string{zoe, yan, zoe} {
			assert.Contains(t, <-h.got, id)
		}
	})
}

func TestCallbackRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	mux := http.NewServeMux()
	mux.Handle("/right", newReceiver(t, srv))
	mux.Handle("/", http.RedirectHandler("/right", http.StatusMovedPermanently))

	err := srv.SetCallback(wecomtest.Callback{Handler: mux})

	require.ErrorContains(t, err, "got 301")
}

func TestEchoOnAFrozenClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		srv.Clock().Freeze(time.Unix(1700000000, 0))

		err := srv.SetCallback(wecomtest.Callback{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		})})

		require.EqualError(t, err, "wecomtest: callback: echo check: no answer within 1s")
	})
}

func TestMessagesCarryTheirAgent(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	agent := srv.App().AgentID

	srv.Emit(wecomtest.Event{MsgType: "text", FromUserName: "alice", AgentID: agent})
	srv.Emit(wecomtest.Event{MsgType: "text", FromUserName: "alice", AgentID: agent, Elements: []wecomtest.Element{{Name: "AgentID", Value: 7}}})
	srv.WaitDeliveries(2)

	assert.Contains(t, srv.Deliveries()[0].Body, "<AgentID>1000002</AgentID></xml>")
	assert.Contains(t, srv.Deliveries()[1].Body, "<AgentID>7</AgentID></xml>")
}

package wecomtest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// welcomed is a server with one member and a customer who just came, whose
// welcome code nobody has used.
func welcomed(t *testing.T, opts ...wecomtest.Option) (srv *wecomtest.Server, zoe, code string) {
	t.Helper()
	srv = wecomtest.New(t, opts...)
	srv.Callback(newReceiver(t, srv))
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	zoe = srv.AddCustomer("alice", wecomtest.Customer{Name: "Zoe"})
	code, _ = srv.Deliveries()[0].Event.Get("WelcomeCode").(string)
	require.NotEmpty(t, code)
	return srv, zoe, code
}

const welcomeOp = "externalcontact/send_welcome_msg"

// greeting is a welcome message of text alone.
func greeting(code string) object {
	return object{"welcome_code": code, "text": object{"content": "hello"}}
}

func TestWelcomeReachesTheCustomer(t *testing.T) {
	t.Parallel()
	srv, zoe, code := welcomed(t)

	newCaller(t, srv).ok(welcomeOp, object{
		"welcome_code": code,
		"text":         object{"content": "hello"},
		"attachments": []object{{
			"msgtype": "link",
			"link":    object{"title": "shop", "url": "https://shop.example", "desc": "open", "picurl": "https://shop.example/a.png"},
		}},
	})

	got := srv.Received(zoe)
	require.Len(t, got, 1)
	assert.Equal(t, wecomtest.KindWelcome, got[0].Kind)
	assert.Equal(t, "alice", got[0].UserID)
	assert.Equal(t, "hello", got[0].Text)
	assert.Equal(t, []wecomtest.Attachment{{
		MsgType: "link", Title: "shop", URL: "https://shop.example", Desc: "open", PicURL: "https://shop.example/a.png",
	}}, got[0].Attachments)
}

func TestWelcomeCodeLivesTwentySeconds(t *testing.T) {
	t.Parallel()
	srv, zoe, code := welcomed(t)
	srv.Clock().Advance(20 * time.Second)

	assert.Equal(t, 41050, newCaller(t, srv).send(welcomeOp, greeting(code)).code())
	assert.Empty(t, srv.Received(zoe))
}

func TestWelcomeCodeWorksOnce(t *testing.T) {
	t.Parallel()
	srv, zoe, code := welcomed(t)
	c := newCaller(t, srv)
	c.ok(welcomeOp, greeting(code))

	assert.Equal(t, 41051, c.send(welcomeOp, greeting(code)).code())
	srv.Clock().Advance(time.Minute)
	assert.Equal(t, 41051, c.send(welcomeOp, greeting(code)).code(), "long after")
	assert.Len(t, srv.Received(zoe), 1)
}

func TestWelcomeOnItsWay(t *testing.T) {
	t.Parallel()
	srv, zoe, code := welcomed(t, wecomtest.WithWelcomeDelay(time.Second))
	srv.Clock().Freeze(srv.Clock().Now())
	newCaller(t, srv).ok(welcomeOp, greeting(code))
	other := addApp(t, srv)

	assert.Equal(t, 41096, other.send(welcomeOp, greeting(code)).code())
	assert.Empty(t, srv.Received(zoe))
	srv.Clock().Advance(time.Second)
	assert.Equal(t, 41051, other.send(welcomeOp, greeting(code)).code())
	assert.Len(t, srv.Received(zoe), 1)
}

func TestWelcomeAfterTheChatBegan(t *testing.T) {
	t.Parallel()
	srv, zoe, code := welcomed(t)
	srv.Clock().Advance(time.Second)
	srv.Act().Chat("alice", zoe)

	assert.Equal(t, 41051, newCaller(t, srv).send(welcomeOp, greeting(code)).code())
}

func TestWelcomeOfAMemberOutOfSight(t *testing.T) {
	t.Parallel()
	srv, _, code := welcomed(t)

	assert.Equal(t, 60011, addApp(t, srv, "bob").send(welcomeOp, greeting(code)).code())
}

func TestWelcomeRefusesContent(t *testing.T) {
	t.Parallel()
	srv, zoe, code := welcomed(t)
	c := newCaller(t, srv)
	link := object{"msgtype": "link", "link": object{"title": "a", "url": "https://a.example"}}
	tests := []struct {
		name string
		body object
		want int
	}{
		{"no code", object{"text": object{"content": "a"}}, 41049},
		{"a code of one's own", greeting("nope"), 41050},
		{"nothing to say", object{"welcome_code": code}, 40063},
		{"an empty text alone", object{"welcome_code": code, "text": object{"content": ""}}, 40063},
		{"a text of 4,001 bytes", object{"welcome_code": code, "text": object{"content": strings.Repeat("a", 4001)}}, 40058},
		{"ten attachments", object{"welcome_code": code, "attachments": []object{link, link, link, link, link, link, link, link, link, link}}, 41064},
		{"an unknown msgtype", object{"welcome_code": code, "attachments": []object{{"msgtype": "voice"}}}, 41065},
		{"another object than the msgtype says", object{"welcome_code": code, "attachments": []object{{"msgtype": "image", "link": link["link"]}}}, 40063},
		{"an image without picture", object{"welcome_code": code, "attachments": []object{{"msgtype": "image", "image": object{}}}}, 40063},
		{"a title of 129 bytes", object{"welcome_code": code, "attachments": []object{
			{"msgtype": "link", "link": object{"title": strings.Repeat("a", 129), "url": "https://a.example"}},
		}}, 40058},
		{"a mini program without cover", object{"welcome_code": code, "attachments": []object{
			{"msgtype": "miniprogram", "miniprogram": object{"title": "a", "appid": "wx1", "page": "/a"}},
		}}, 40058},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send(welcomeOp, tt.body).code(), tt.name)
	}

	assert.Empty(t, srv.Received(zoe))
	c.ok(welcomeOp, greeting(code)) // no refusal has spent the code
}

func TestReceivedIsACopy(t *testing.T) {
	t.Parallel()
	srv, zoe, code := welcomed(t)
	newCaller(t, srv).ok(welcomeOp, object{"welcome_code": code, "attachments": []object{
		{"msgtype": "link", "link": object{"title": "a", "url": "https://a.example"}},
	}})

	srv.Received(zoe)[0].Attachments[0].Title = "changed"

	assert.Equal(t, "a", srv.Received(zoe)[0].Attachments[0].Title)
}

func TestWelcomeCodeEndsOnTheSecond(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		after time.Duration
		code  int
	}{{19 * time.Second, 0}, {20 * time.Second, 41050}} {
		srv := wecomtest.New(t)
		srv.Clock().Freeze(time.Unix(1700000000, 0))
		alice := srv.AddMember(wecomtest.Member{})
		zoe := srv.AddCustomer(alice, wecomtest.Customer{})
		code := srv.WelcomeCode(alice, zoe)
		require.NotEmpty(t, code)
		require.Empty(t, srv.WelcomeCode(zoe, alice))

		srv.Clock().Advance(tt.after)

		assert.Equal(t, tt.code, newCaller(t, srv).send(welcomeOp, greeting(code)).code())
	}
}

package consoletest_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/tag"
)

// TestAStranger is what somebody sees who has just started the simulator: a
// stranger adds a member on the page, the application hears of it and greets,
// the greeting is in the chat; the application tags the customer, and the page
// shows the tag.
func TestAStranger(t *testing.T) {
	sim := serve(t)
	client := sim.client()
	messages, tags := message.New(client), tag.New(client)
	app := sim.application(func(h *callback.Handler) {
		callback.On(h, func(ctx context.Context, e *callback.AddExternalContact) error {
			return messages.SendWelcome(ctx, message.SendWelcomeRequest{
				WelcomeCode: e.WelcomeCode,
				Text:        message.Text{Content: "Welcome to the tea house!"},
				Attachments: message.Attachments{message.LinkAttachment{Title: "All teas", URL: "https://tea.example/"}},
			})
		})
	})
	w := open(t, sim)
	w.visit("/_sim/")

	w.fill("/_sim/callbacks", "url", app)
	w.submit("/_sim/callbacks")
	w.until(`document.querySelector(".steps .tag.green")?.textContent === ` + quoted(app))
	w.fill("/_sim/acts/add-member", "userid", "alice")
	w.fill("/_sim/acts/add-member", "name", "Alice")
	w.submit("/_sim/acts/add-member")
	w.do(chromedp.WaitVisible(chromedp.CSS(form("/_sim/acts/add-customer"))))
	w.fill("/_sim/acts/add-customer", "name", "Zoe")
	w.fill("/_sim/acts/add-customer", "state", "fair")
	w.submit("/_sim/acts/add-customer")

	w.until(`location.pathname.startsWith("/_sim/console/customers/wm")`)
	w.live()
	w.until(`document.querySelector("#chat .bubble:not(.mine)")?.textContent.includes("Welcome to the tea house!")`)
	assert.Equal(t, "welcome message", js[string](w, `document.querySelector("#chat .kind").textContent`))
	w.until(`document.querySelector("#chat a.card")?.href === "https://tea.example/"`)
	zoe := js[string](w, `location.pathname.split("/").at(-1)`)
	require.True(t, js[bool](w, `(window.here = true)`), "this page, and no other, has it")

	group, err := tags.AddCorpTag(t.Context(), tag.AddCorpTagRequest{GroupName: "level", Tag: []tag.AddCorpTag{{Name: "VIP"}}})
	require.NoError(t, err)
	require.NoError(t, tags.Mark(t.Context(), tag.MarkRequest{UserID: "alice", ExternalUserID: zoe, AddTag: []string{group.Tag[0].ID}}))
	w.until(`document.querySelector("#relations .tags")?.textContent.includes("VIP")`)
	assert.True(t, js[bool](w, `window.here === true`), "it was not loaded anew")

	w.do(chromedp.SendKeys(chromedp.CSS("[data-write]"), "Do you ship?"+kb.Enter))
	w.until(`document.querySelector("#chat .bubble.mine")?.textContent.includes("Do you ship?")`)
	assert.Empty(t, js[string](w, `document.querySelector("[data-write]").value`))
	assert.True(t, js[bool](w, `document.activeElement.matches("[data-write]")`), "one goes on writing")
	w.press(kb.Escape)
	w.shortcut("x")
	w.until(`document.querySelector("#chat .segments [aria-current]").textContent.includes("Alice")`)
	w.until(`document.querySelector("#chat .bubble.mine").textContent.includes("Welcome")`)
	w.do(chromedp.SendKeys(chromedp.CSS("[data-write]"), "We do."+kb.Enter))
	w.until(`[...document.querySelectorAll("#chat .bubble.mine")].at(-1).textContent.includes("We do.")`)
	assert.True(t, js[bool](w, `window.here === true`), "being the other one loads nothing anew")
	w.screenshot("chat")
}

// The page keeps what somebody is at while news come.
func TestNewsDoNotDisturb(t *testing.T) {
	sim := serve(t)
	sim.act("add-member", object{"userid": "alice", "name": "Alice"})
	zoe := sim.act("add-customer", object{"userid": "alice", "name": "Zoe"})["external_userid"].(string)
	for range 30 {
		sim.act("write-to-member", object{"userid": "alice", "external_userid": zoe, "text": "hello"})
	}
	w := open(t, sim)
	w.visit("/_sim/console/customers/" + zoe)
	assert.Zero(t, js[float64](w, `document.querySelector(".talk").scrollTop`), "the end of the chat is in view")
	w.do(chromedp.SendKeys(chromedp.CSS("[data-write]"), "half a sen"))
	js[any](w, `document.querySelector("#relations details").open = true`)
	w.do(chromedp.SendKeys(chromedp.CSS("#relations [name=description]"), "being typed"))
	js[any](w, `(window.field = document.activeElement, document.querySelector(".talk").scrollTop = -300, null)`)

	sim.act("write-to-member", object{"userid": "alice", "external_userid": zoe, "text": "something new"})
	sim.act("edit-customer", object{"userid": "alice", "external_userid": zoe, "remark": "noted elsewhere"})
	w.until(`document.querySelector("#relations .facts").textContent.includes("noted elsewhere")`)
	w.until(`document.querySelector("#chat").textContent.includes("something new")`)

	assert.Equal(t, "half a sen", js[string](w, `document.querySelector("[data-write]").value`))
	assert.True(t, js[bool](w, `document.querySelector("#relations details").open`))
	assert.True(t, js[bool](w, `document.activeElement === window.field && window.field.value === "being typed"`))
	assert.Less(t, js[float64](w, `document.querySelector(".talk").scrollTop`), -200.0)
}

func TestWhatAnActRefusesIsSaidThere(t *testing.T) {
	sim := serve(t)
	w := open(t, sim, "/_sim/acts/write-to-member")
	w.visit("/_sim/console/acts/write-to-member")
	w.fill("/_sim/acts/write-to-member", "userid", "nobody")
	w.fill("/_sim/acts/write-to-member", "external_userid", "wm0")
	w.submit("/_sim/acts/write-to-member")
	w.until(`document.querySelector("main form output.wrong")?.textContent.includes("nobody")`)
	assert.Equal(t, "alert", js[string](w, `document.querySelector("main form output").getAttribute("role")`))

	w.visit("/_sim/console/acts/add-member")
	w.fill("/_sim/acts/add-member", "userid", "alice")
	w.do(chromedp.SendKeys(chromedp.CSS(`main [name="department"]`), "[1, 2"))
	w.submit("/_sim/acts/add-member")
	w.until(`document.querySelector("main form output.wrong")?.textContent.startsWith("department:")`)
	w.do(chromedp.SendKeys(chromedp.CSS(`main [name="department"]`), "]"))
	w.submit("/_sim/acts/add-member")
	w.until(`document.querySelector("main form output pre")?.textContent.includes('"userid": "alice"')`)
	var m struct{ Department []int }
	sim.read("members/alice", &m)
	assert.Equal(t, []int{1, 2}, m.Department)
}

func TestReplay(t *testing.T) {
	sim := serve(t)
	heard := make(chan string, 10)
	app := sim.application(func(h *callback.Handler) {
		callback.On(h, func(_ context.Context, e *callback.DelFollowUser) error {
			heard <- e.ExternalUserID
			return nil
		})
	})
	sim.post("callbacks", object{"url": app})
	sim.act("add-member", object{"userid": "alice"})
	zoe := sim.act("add-customer", object{"userid": "alice", "name": "Zoe"})["external_userid"].(string)
	w := open(t, sim)
	w.visit("/_sim/console/deliveries")
	sim.act("delete-member", object{"userid": "alice", "external_userid": zoe})
	assert.Equal(t, zoe, <-heard)
	w.until(`document.querySelector("#delivery-2 .good")`)
	w.do(chromedp.Click(chromedp.CSS("#delivery-2")), chromedp.WaitVisible(chromedp.CSS("#open-2")))
	assert.Contains(t, js[string](w, `document.querySelector("#open-2 .block code").textContent`), "<ChangeType><![CDATA[del_follow_user]]></ChangeType>")
	w.submit("/_sim/deliveries/2/replay")
	// The handler has seen this event, and drops it; it is answered all the same.
	w.until(`document.querySelector("#delivery-3 .good")`)
	w.press(kb.Escape)
	w.until(`!document.querySelector("#open-2")`)

	w.visit("/_sim/console/trigger?event=change_external_contact/del_follow_user")
	w.do(chromedp.SetValue(chromedp.CSS(`[data-path="ExternalUserID"]`), "wmOther"))
	w.submit("/_sim/trigger")
	assert.Equal(t, "wmOther", <-heard)
	w.until(`location.pathname === "/_sim/console/deliveries" && document.querySelector("#delivery-4 .good")`)
}

func TestClock(t *testing.T) {
	sim := serve(t)
	w := open(t, sim)
	w.visit("/_sim/console/tags")
	now := func() time.Time {
		at, err := time.Parse(time.DateTime, js[string](w, `document.getElementById("now").textContent`))
		require.NoError(t, err)
		return at
	}
	before := now()
	w.do(chromedp.Click(chromedp.CSS(`.quick form:last-child button`)))
	w.until(`document.getElementById("now").textContent > ` + quoted(before.Add(20*time.Hour).Format(time.DateTime)))
	assert.WithinDuration(t, before.Add(24*time.Hour), now(), time.Minute)
	text := js[string](w, `document.getElementById("now").textContent`)
	w.until(`document.getElementById("now").textContent !== ` + quoted(text)) // it goes on

	w.do(chromedp.Click(chromedp.CSS(`.clock [popovertarget]`)), chromedp.WaitVisible(chromedp.CSS(`#clock-menu`)))
	w.do(chromedp.Click(chromedp.CSS(`#clock-menu form[action$="freeze"] button`)))
	w.until(`document.querySelector(".clock .tag")?.textContent === "frozen"`)
	var clock struct{ Frozen bool }
	sim.read("clock", &clock)
	assert.True(t, clock.Frozen)
	w.press(kb.Escape)
	w.until(`!document.querySelector("#clock-menu:popover-open")`)
}

func TestCallsAreLive(t *testing.T) {
	sim := serve(t)
	sim.post("faults", object{"op": "externalcontact/get_corp_tag_list", "code": 48002, "times": 1})
	w := open(t, sim)
	w.visit("/_sim/console/calls")
	_, err := tag.New(sim.client()).GetCorpTagList(t.Context(), tag.GetCorpTagListRequest{})
	require.Error(t, err)
	w.until(`document.querySelector("#call-2 .code.bad")?.textContent.includes("48002")`)
	js[any](w, `(window.here = document.getElementById("call-2"), null)`)
	w.do(chromedp.Click(chromedp.CSS("#call-2")), chromedp.WaitVisible(chromedp.CSS("#open-2")))
	assert.Contains(t, js[string](w, `document.querySelector("#open-2 .block code").textContent`), `access_token='"$ACCESS_TOKEN"'`)
	assert.True(t, js[bool](w, `window.here === document.getElementById("call-2") && document.activeElement === window.here`), "the row stays")
	w.do(chromedp.SendKeys(chromedp.CSS(`[name="q"]`), "gettoken"+kb.Enter))
	w.until(`document.querySelectorAll("#calls .call").length === 1 && location.search.includes("q=gettoken")`)
	w.do(chromedp.NavigateBack())
	w.until(`document.querySelectorAll("#calls .call").length === 2`)

	sim.post("reset", object{})
	w.until(`document.querySelector("#calls .empty")`)
	sim.wecom("gettoken?corpid=" + sim.corp)
	w.until(`document.querySelectorAll("#calls .call").length === 1`) // and it goes on
}

// What a page shows may go away.
func TestAChatIsDissolved(t *testing.T) {
	sim := serve(t)
	sim.act("add-member", object{"userid": "alice", "name": "Alice"})
	chat := sim.act("create-group-chat", object{"owner": "alice", "name": "tea"})["chat_id"].(string)
	w := open(t, sim, "/_sim/console/groupchats/"+chat)
	w.visit("/_sim/console/groupchats/" + chat)
	w.do(chromedp.SendKeys(chromedp.CSS("[data-write]"), "Anybody?"+kb.Enter))
	w.until(`document.querySelector("#chat .bubble.mine")`)
	sim.act("dismiss-group-chat", object{"chat_id": chat})
	w.until(`document.querySelector("[data-failed]")?.textContent.includes(` + quoted(chat) + `)`)
	w.live()
	js[any](w, `(window.here = true, null)`)
	sim.post("clock/freeze", object{})
	w.until(`document.querySelector(".clock .tag")`)
	assert.True(t, js[bool](w, `window.here`), "it does not ask again and again")
}

func TestSnapshots(t *testing.T) {
	sim := serve(t)
	sim.act("add-member", object{"userid": "alice", "name": "Alice"})
	file := filepath.Join(t.TempDir(), "snapshot.json")
	var snapshot json.RawMessage
	sim.read("snapshot", &snapshot)
	require.NoError(t, os.WriteFile(file, snapshot, 0o600))
	sim.act("add-member", object{"userid": "bob", "name": "Bob"})
	w := open(t, sim)
	require.NoError(t, chromedp.Do(w.ctx, chromedp.Navigate(sim.base+"/_sim/console/server")))
	w.live()
	js[any](w, `(window.confirm = () => true, null)`)
	w.do(chromedp.SetUploadFiles(chromedp.CSS("[data-whole]"), []string{file}))
	w.submit("/_sim/snapshot")
	members := func() (n int) {
		var list struct{ Total int }
		sim.read("members", &list)
		return list.Total
	}
	require.Eventually(t, func() bool { return members() == 1 }, patience, 50*time.Millisecond)
	w.submit("/_sim/reset")
	require.Eventually(t, func() bool { return members() == 0 }, patience, 50*time.Millisecond)
	assert.Empty(t, js[string](w, `document.querySelector("output.wrong")?.textContent ?? ""`))
}

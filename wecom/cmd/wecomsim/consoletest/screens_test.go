package consoletest_test

import (
	_ "embed"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hostile is a name that would be a script on a careless page.
const hostile = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`

// inhabited is a simulator with something on every screen.
func inhabited(t *testing.T) (sim *simulator, screens []string) {
	t.Helper()
	sim = serve(t)
	sim.act("add-member", object{"userid": "alice", "name": hostile})
	sim.act("add-member", object{"userid": "bob", "name": "Bob"})
	zoe := sim.act("add-customer", object{"userid": "alice", "name": hostile, "state": hostile})["external_userid"].(string)
	sim.act("add-customer", object{"userid": "bob", "external_userid": zoe})
	sim.act("add-customer", object{"userid": "bob", "name": "Yan", "type": 2, "corp_name": hostile})
	group := sim.act("add-tag-group", object{"group_name": hostile, "tags": []string{hostile, "VIP"}})["tag_group"].(object)
	tags := []any{group["tag"].([]any)[0].(object)["id"]}
	sim.act("edit-customer", object{"userid": "alice", "external_userid": zoe, "remark": hostile, "tag_id": tags})
	link := object{"msgtype": "link", "title": hostile, "desc": hostile, "url": "javascript:window.hacked=1"}
	sim.act("write-to-member", object{"userid": "alice", "external_userid": zoe, "text": hostile + strings.Repeat("x", 200)})
	sim.act("send-mass", object{"userid": "alice", "to": []string{zoe}, "text": hostile, "attachments": []object{link}})
	chat := sim.act("create-group-chat", object{"owner": "alice", "name": hostile, "userids": []string{zoe, "bob"}})["chat_id"].(string)
	sim.act("chat-in-group", object{"chat_id": chat, "userid": zoe, "text": hostile})
	moment := sim.act("post-moment", object{"userid": "alice", "text": hostile})["moment_id"]
	sim.act("like-moment", object{"moment_id": moment, "publisher": "alice", "who": zoe})
	sim.post("faults", object{"op": "externalcontact/get", "code": 45009, "where": object{"userid": hostile}})
	sim.post("mishaps", object{"duplicate": true})
	sim.post("limits", object{"op": "gettoken", "max": 100, "per": "1h"})
	sim.act("add-robot", object{"name": hostile})
	sim.act("add-aibot", object{"name": hostile})
	sim.act("add-suite", object{"name": hostile})
	sim.post("chaos", object{"profile": "token-storm", "seed": 1})
	sim.post("callbacks", object{"url": sim.application(nil)})
	sim.act("delete-customer", object{"userid": "bob", "external_userid": zoe})
	sim.wecom("gettoken?corpid=" + sim.corp + "&corpsecret=" + sim.cred.Secret)
	sim.wecom("externalcontact/get?access_token=none&external_userid=" + url.QueryEscape(hostile))
	return sim, []string{
		"", "console/members", "console/members/alice", "console/customers", "console/customers?q=nobody",
		"console/customers/" + zoe, "console/customers/" + zoe + "?as=member", "console/tags", "console/groupchats",
		"console/groupchats/" + chat, "console/moments", "console/moments?as=" + zoe, "console/masssends", "console/ways",
		"console/apps", "console/acts", "console/acts/send-mass", "console/acts/edit-customer", "console/calls", "console/calls?open=2",
		"console/deliveries", "console/deliveries?open=1", "console/trigger", "console/trigger?event=change_external_chat/update",
		"console/faults", "console/clock", "console/server", "console/spec", "console/spec/externalcontact/get",
	}
}

//go:embed testdata/contrast.js
var contrast string

// TestEveryScreen looks at each screen as different people do: in the light and
// in the dark, on a telephone, and without seeing it.
func TestEveryScreen(t *testing.T) {
	sim, screens := inhabited(t)
	w := open(t, sim)
	for _, look := range []struct {
		theme string
		width int64
	}{{"light", 1280}, {"dark", 1280}, {"light", 360}, {"dark", 360}} {
		w.theme(look.theme)
		w.do(chromedp.EmulateViewport(look.width, 800))
		for _, screen := range screens {
			w.visit("/_sim/" + screen)
			where := look.theme + " " + screen
			assert.LessOrEqual(t, js[int64](w, `document.documentElement.scrollWidth`), look.width, "%s scrolls sideways at %d", where, look.width)
			assert.Empty(t, get(w, chromedp.Evaluate[[]string](contrast)), "%s at %d is hard to read", where, look.width)
			assert.False(t, js[bool](w, `"hacked" in window`), "%s runs what somebody is called", where)
			if look.theme == "light" && look.width == 1280 {
				assert.Empty(t, js[[]string](w, `[...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i)`), "%s has an id twice", where)
				assert.Empty(t, w.nameless(), "%s has controls without a name", where)
			}
			w.screenshot(strings.Trim(strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(screen), "-") + "-" + look.theme + map[bool]string{true: "-narrow"}[look.width < 400])
		}
	}
}

// nameless are the roles of controls that a screen reader can say nothing of.
func (w *tab) nameless() []string {
	w.t.Helper()
	tree, err := chromedp.Call(w.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	require.NoError(w.t, err)
	var list []string
	for _, n := range tree.Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		var role, name string
		require.NoError(w.t, json.Unmarshal(n.Role.Value, &role))
		switch role {
		case "button", "link", "textbox", "searchbox", "combobox", "listbox", "checkbox", "radio", "menuitem", "meter", "img", "image", "log", "navigation", "dialog":
			if n.Name != nil && n.Name.Value != nil {
				require.NoError(w.t, json.Unmarshal(n.Name.Value, &name))
			}
			if strings.TrimSpace(name) == "" {
				list = append(list, role)
			}
		}
	}
	return list
}

// TestKeyboardAlone walks from the address bar to a message in a chat and back,
// without a mouse.
func TestKeyboardAlone(t *testing.T) {
	sim := serve(t)
	sim.act("add-member", object{"userid": "alice", "name": "Alice"})
	for _, name := range []string{"Zoe", "Yan", "Mei"} {
		sim.act("add-customer", object{"userid": "alice", "name": name})
	}
	w := open(t, sim)
	w.visit("/_sim/")
	focused := func() string { return js[string](w, `document.activeElement.textContent.trim().replace(/\s+/g, " ")`) }

	w.press(kb.Tab)
	assert.Equal(t, "Skip to the content", focused())
	w.press(kb.Enter)
	w.press(kb.Tab)
	assert.True(t, js[bool](w, `document.activeElement.closest("main") !== null`), "the frame is skipped")

	w.shortcut("?")
	w.until(`document.getElementById("help").open`)
	w.press(kb.Escape)
	w.until(`!document.getElementById("help").open`)

	js[any](w, `document.activeElement.blur()`)
	w.shortcut("gu")
	w.until(`location.pathname === "/_sim/console/customers"`)
	w.live()
	w.shortcut("/")
	assert.Equal(t, "q", js[string](w, `document.activeElement.name`))
	w.press("mei" + kb.Enter)
	w.until(`document.querySelectorAll("#customers [data-row]").length === 1`)
	w.press(kb.Escape)
	w.shortcut("gu")
	w.until(`document.querySelectorAll("#customers [data-row]").length === 3`)
	w.live()

	js[any](w, `document.querySelector("#customers [data-row]").focus()`)
	rows := func() int64 {
		return js[int64](w, `document.querySelectorAll("#customers [data-row][tabindex='0']").length`)
	}
	assert.EqualValues(t, 1, rows(), "the tab key reaches one of the list")
	w.press(kb.End)
	assert.Contains(t, focused(), "Mei")
	w.press(kb.ArrowUp)
	assert.Contains(t, focused(), "Yan")
	w.press(kb.Tab)
	w.press(kb.ArrowUp) // no longer in the list
	js[any](w, `document.querySelector("#customers [data-row][tabindex='0']").focus()`)
	assert.Contains(t, focused(), "Yan", "one comes back to where one was")
	assert.EqualValues(t, 1, rows())
	assert.NotEqual(t, "none", js[string](w, `getComputedStyle(document.activeElement).outlineStyle`), "one sees where one is")
	w.press(kb.Enter)
	w.until(`document.querySelector("h1")?.textContent === "Yan"`)
	w.live()
	w.shortcut("w")
	w.press("hello" + kb.Enter)
	w.until(`document.querySelector("#chat .bubble.mine")?.textContent.includes("hello")`)
}

func TestTheThemeStays(t *testing.T) {
	sim := serve(t)
	w := open(t, sim)
	w.theme("light")
	w.visit("/_sim/")
	page := func() string { return js[string](w, `getComputedStyle(document.body).backgroundColor`) }
	light := page()
	w.do(chromedp.Click(chromedp.CSS("#theme")))
	w.until(`document.documentElement.dataset.theme === "dark"`)
	dark := page()
	assert.NotEqual(t, light, dark)
	w.visit("/_sim/console/calls")
	assert.Equal(t, dark, page())
	w.do(chromedp.Click(chromedp.CSS("#theme")))
	assert.Equal(t, light, page())
}

func TestANarrowWindowHasAMenu(t *testing.T) {
	sim := serve(t)
	w := open(t, sim)
	w.do(chromedp.EmulateViewport(360, 700))
	w.visit("/_sim/")
	assert.False(t, js[bool](w, `document.getElementById("nav").checkVisibility()`))
	w.do(chromedp.Click(chromedp.CSS(".menu")), chromedp.WaitVisible(chromedp.CSS("#nav")))
	w.do(chromedp.Click(chromedp.CSS(`#nav a[href="/_sim/console/calls"]`)))
	w.until(`location.pathname === "/_sim/console/calls"`)
}

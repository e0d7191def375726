package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/cli"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestAct(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := w.ok("act")
	assert.Regexp(t, `customers:\n  add-customer userid= \.\.\. +Let a stranger become`, list)
	assert.Regexp(t, `\n  delete-member userid= external_userid= +Let a customer`, list)
	assert.Contains(t, w.ok("act", "add-customer"), "  userid  ", "what it needs is listed")
	assert.Contains(t, w.ok("act", "add-customer"), "required  member")
	assert.Contains(t, w.ok("act", "add-member", "--args"), "add-member: ", "also of what needs nothing")

	assert.Equal(t, "userid  1001\nno callback: no app has a URL for them; wecomsim callback set gives it one\n", w.ok("act", "add-member", "userid=1001", "name=Alice"))
	assert.Equal(t, "Alice", w.srv.Member("1001").Name)
	w.ok("act", "add-member", "userid=1002", "department=1,2", "no_contact=true")
	assert.Equal(t, []int64{1, 2}, w.srv.Member("1002").Department, "a list of numbers")
	assert.True(t, w.srv.Member("1002").NoContact)
	zoe := strings.Fields(w.ok("act", "add-customer", "userid=1001", "name=Zoe"))[1]
	w.ok("act", "create-group-chat", "owner=1001", "name=7", "userids=1002,"+zoe)
	chat := w.srv.GroupChats()[0]
	assert.Equal(t, "7", chat.Name, "a text that looks like a number")
	assert.Len(t, chat.MemberList, 3, "a list of texts that look like numbers")
	w.ok("act", "create-group-chat", "owner=1001", `userids=["1002"]`)
	assert.Len(t, w.srv.GroupChats()[1].MemberList, 2, "a list as JSON")

	w.srv.Callback(acknowledger(w.srv.Keys()))
	out := w.ok("act", "add-customer", "userid=1001", "name=Yan")
	assert.Regexp(t, `^external_userid  wm\w+\ncallback 1  change_external_contact/add_external_contact  to app 1000002: 200 in \d\S+\n$`, out)
	v := w.json("act", "add-customer", "userid=1001", "--", "name=-x")
	assert.Equal(t, []any{2.0}, at(v, "deliveries"))
	assert.Equal(t, "-x", w.srv.Customer(at(v, "result.external_userid").(string)).Name)
}

func TestActInAnotherCorp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := at(w.json("corp", "add", "Tea Ltd"), "corpid").(string)
	w.srv.Callback(acknowledger(w.srv.Keys()))
	assert.Equal(t, "userid  bob\nno callback\n", w.ok("act", "add-member", "--corp", other, "userid=bob"))
	assert.Empty(t, w.srv.Members())
	assert.Contains(t, w.ok("show", "members", "--corp="+other), "bob")
	assert.Contains(t, w.fails(cli.ExitFailed, "act", "add-member", "--corp", "ww0", "userid=bob"), `no corp "ww0"`)
	assert.Contains(t, w.ok("corp"), "Tea Ltd")
	assert.Contains(t, w.ok("corp", "list"), w.srv.Credential().Secret)
	assert.Contains(t, w.ok("corp", "add", "More"), "wwSIM0000000000003")
}

func TestTrigger(t *testing.T) {
	t.Parallel()
	w := peopled(t)
	assert.Contains(t, w.ok("trigger", "--list"), "\nchange_external_contact/add_external_contact\n")
	assert.Contains(t, w.json("trigger", "--list").(object)["items"], "text")
	assert.Contains(t, w.ok("trigger", "change_external_contact/add_external_contact", "--show"), "\nExternalUserID  wmZoe\n")
	assert.Equal(t, "text", at(w.json("trigger", "text", "--show", "--corp", w.srv.CorpID()), "event"))
	assert.Contains(t, w.fails(cli.ExitFailed, "trigger", "txt", "--show"), "nearest: text")
	assert.Contains(t, w.fails(cli.ExitUsage, "trigger", "text", "--show", "--set", "a=b"), "trigger --show takes no --set")
	assert.Zero(t, w.srv.DeliveryCount())
	w.srv.Callback(acknowledger(w.srv.Keys()))
	out := w.ok("trigger", "text", "--set", "Content=hello", "--set=FromUserName=alice", "--corp", w.srv.CorpID())
	assert.True(t, strings.HasPrefix(out, "set Content=hello\nset FromUserName=alice\ncallback 1  text  to app 1000002: 200 in "), out)
	assert.Contains(t, out, "<Content><![CDATA[hello]]></Content>")
	v := w.json("trigger", "text", "--set", "Content=1")
	assert.Equal(t, []any{"Content=1"}, at(v, "set"))
	assert.Equal(t, true, at(v, "deliveries.0.done"), "it waits for the answer")
}

func TestCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.Empty(t, w.ok("calls"))
	token := w.token()
	w.call("gettoken?corpid=ww0&corpsecret=x")
	w.call("externalcontact/get_follow_user_list?access_token=" + token)
	lines := strings.Split(w.ok("calls"), "\n")
	require.Len(t, lines, 4)
	assert.Regexp(t, `^   1  \d\d:\d\d:\d\d\.\d{3}  GET  gettoken  ok$`, lines[0])
	assert.Contains(t, lines[1], "errcode 40013")
	assert.Contains(t, lines[2], "externalcontact/get_follow_user_list  ok")
	assert.Len(t, strings.Split(w.ok("calls", "--op", "gettoken"), "\n"), 3)
	assert.Len(t, strings.Split(w.ok("calls", "--op", "/cgi-bin/gettoken", "--code=40013"), "\n"), 2)
	assert.Contains(t, w.ok("calls", "--limit", "1"), "get_follow_user_list", "the latest")
	one := w.ok("calls", "1")
	assert.Contains(t, one, "\nGET gettoken?")
	assert.Contains(t, one, "\n200\n{")
	assert.Contains(t, one, "corpsecret=REDACTED")
	assert.NotContains(t, one, w.srv.Credential().Secret)
	assert.InDelta(t, 40013, at(w.json("calls", "2"), "code"), 0)
	assert.InDelta(t, 3, at(w.json("calls", "--limit=1"), "items.0.n"), 0)
	assert.Contains(t, w.fails(cli.ExitFailed, "calls", "9"), "no call 9")
	assert.Contains(t, w.fails(cli.ExitFailed, "calls", "--op", "externalcontact/gt"), "nearest: externalcontact/get,")
}

func TestDeliveries(t *testing.T) {
	t.Parallel()
	w := peopled(t)
	assert.Empty(t, w.ok("deliveries"))
	w.srv.Callback(acknowledger(w.srv.Keys()))
	w.ok("trigger", "text")
	w.ok("act", "add-customer", "userid=alice")
	list := strings.Split(w.ok("deliveries"), "\n")
	require.Len(t, list, 3)
	assert.Contains(t, list[0], "callback 1  text  to app 1000002: 200 in")
	assert.Len(t, strings.Split(w.ok("deliveries", "--event", "text"), "\n"), 2)
	assert.Contains(t, w.ok("deliveries", "--limit", "1"), "callback 2")
	one := w.ok("deliveries", "1")
	assert.Contains(t, one, "<MsgType><![CDATA[text]]></MsgType>")
	assert.Contains(t, one, "\nattempt 1: 200\n")
	assert.Contains(t, w.ok("deliveries", "replay", "1"), "callback 3  text")
	assert.InDelta(t, 4, at(w.json("deliveries", "replay", "1"), "n"), 0)
	assert.InDelta(t, 4, at(w.json("deliveries"), "total"), 0)
	assert.Equal(t, true, at(w.json("deliveries", "4"), "ok"))
	assert.Contains(t, w.fails(cli.ExitFailed, "deliveries", "9"), "no delivery 9")
	assert.Contains(t, w.fails(cli.ExitFailed, "deliveries", "replay", "9"), "no delivery 9")
	r := w.run("deliveries", "--event", "txt")
	assert.Equal(t, cli.ExitOK, r.code)
	assert.Contains(t, r.stderr, `no page tells of an event "txt" (did you mean text?)`)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.Empty(t, w.ok("fault"))
	assert.Equal(t, "1  gettoken  code -1  struck 0 of 2  if corpid is wx1, after 1\n",
		w.ok("fault", "add", "gettoken", "--code", "-1", "--times", "2", "--after=1", "--where", "corpid=wx1"))
	for i, kind := range [][]string{
		{"--http", "502"}, {"--not-json"}, {"--hang"}, {"--reset"}, {"--lost"}, {"--truncate", "0"}, {"--delay", "1ms"},
		{"--code=45009", "--chance", "0.5", "--seed", "7", "--delay=2ms"},
	} {
		out := w.ok(append([]string{"fault", "add", "externalcontact/get"}, kind...)...)
		assert.Contains(t, out, fmt.Sprintf("%d  externalcontact/get  ", i+2))
	}
	assert.Len(t, strings.Split(w.ok("fault", "list"), "\n"), 10)
	v := w.json("fault", "list")
	assert.InDelta(t, 9, at(v, "total"), 0)
	assert.Equal(t, "2ms", at(v, "items.8.delay"))
	assert.Contains(t, w.ok("fault"), "chance 0.5")
	assert.InDelta(t, 10, at(w.json("fault", "add", "gettoken", "--lost"), "n"), 0)
	assert.Equal(t, "fault 10 is no more\n", w.ok("fault", "rm", "10"))
	assert.Equal(t, object{}, w.json("fault", "rm", "9"))
	assert.Contains(t, w.fails(cli.ExitFailed, "fault", "rm", "9"), "no fault 9")
	assert.Contains(t, w.fails(cli.ExitFailed, "fault", "add", "gettoken"), "want one of code")
	assert.Contains(t, w.fails(cli.ExitFailed, "fault", "add", "gettoken", "--lost", "--hang"), "not several")
	assert.Contains(t, w.fails(cli.ExitFailed, "fault", "add", "gettokn", "--lost"), "nearest: gettoken,")
	assert.Contains(t, w.fails(cli.ExitFailed, "fault", "add", "gettoken", "--lost", "--chance", "2"), "from 0 to 1")
}

func TestMishaps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.Empty(t, w.ok("mishap"))
	assert.Equal(t, "1  add_external_contact  duplicate  happened 0 of 1\n", w.ok("mishap", "add", "add_external_contact", "--duplicate", "--times", "1"))
	for _, kind := range [][]string{
		{"--delay", "1s"}, {"--reorder"}, {"--lose"}, {"--bad-signature"}, {"--old-timestamp=1h"}, {"--wrong-receive-id"}, {"--old-keys"},
		{"--oversize", "100000", "--after", "1"}, {"change_external_chat", "--lag", "2s"},
	} {
		w.ok(append([]string{"mishap", "add"}, kind...)...)
	}
	assert.Len(t, strings.Split(w.ok("mishap", "list"), "\n"), 11)
	assert.Contains(t, w.ok("mishap"), "\n2   any event  ")
	assert.InDelta(t, 10, at(w.json("mishap"), "total"), 0)
	assert.InDelta(t, 11, at(w.json("mishap", "add", "--lose"), "n"), 0)
	assert.Equal(t, "mishap 1 is no more\n", w.ok("mishap", "rm", "1"))
	assert.Contains(t, w.fails(cli.ExitFailed, "mishap", "rm", "1"), "no mishap 1")
	assert.Contains(t, w.fails(cli.ExitFailed, "mishap", "add"), "say what befalls")
	assert.Contains(t, w.run("mishap", "add", "add_external_contct", "--lose").stderr, "did you mean add_external_contact?")
}

func TestLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.Empty(t, w.ok("limits"))
	assert.Equal(t, "set gettoken: done\n", w.ok("limits", "set", "gettoken", "--max", "1", "--per", "1h"))
	w.ok("limits", "set", "externalcontact/mark_tag", "--in-flight", "2", "--one-at-a-time", "userid,external_userid")
	w.token()
	assert.Contains(t, w.call("gettoken?corpid=x&corpsecret=y"), "45009")
	assert.Regexp(t, `^gettoken  wwSIM0000000000001\s+blocked until \d`, w.ok("limits"))
	assert.Equal(t, "reset: done\n", w.ok("limits", "reset"))
	w.token()
	assert.Contains(t, w.ok("limits"), "1 of 1 in 1h0m0s")
	assert.Equal(t, "1h0m0s", at(w.json("limits"), "items.0.windows.0.per"))
	assert.Contains(t, w.fails(cli.ExitFailed, "limits", "set", "gettoken"), "want max and per")
	assert.Contains(t, w.fails(cli.ExitFailed, "limits", "set", "gettokn", "--max", "1"), "nearest: gettoken")
}

func TestClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.Equal(t, "2037-01-01T00:00:00+08:00 (frozen)\n", w.ok("clock", "freeze", "2037-01-01T00:00:00+08:00"))
	assert.Equal(t, "2037-01-01T02:00:00+08:00 (frozen)\n", w.ok("clock", "advance", "2h"))
	assert.Equal(t, object{"now": "2037-01-01T02:00:00+08:00", "frozen": true}, w.json("clock"))
	assert.Regexp(t, `^2036-12-31T18:00:\d\dZ\n$|^2037-01-01T`, w.ok("clock", "unfreeze"))
	w.ok("clock", "freeze")
	assert.True(t, w.srv.Clock().Frozen())
	assert.Contains(t, w.fails(cli.ExitFailed, "clock", "freeze", "2001-01-01T00:00:00Z"), "does not run backwards")
	assert.Contains(t, w.fails(cli.ExitFailed, "clock", "advance", "--", "-2h"), "does not run backwards")
	assert.Contains(t, w.fails(cli.ExitUsage, "clock", "advance", "two"), `"two"`)
	assert.Contains(t, w.fails(cli.ExitUsage, "clock", "freeze", "today"), `"today"`)
	assert.Contains(t, w.fails(cli.ExitUsage, "clock", "rewind"), "want advance")
}

func TestSpec(t *testing.T) {
	t.Parallel()
	w := nowhere(t) // it needs no simulator
	text := w.ok("spec", "externalcontact/mark_tag")
	for _, part := range []string{
		"POST /cgi-bin/externalcontact/mark_tag\nhttps://developer.work.weixin.qq.com/document/path/92118\n", "\nbody:\n", "  external_userid  string", "required",
		"\nerrcodes:\n", "request, with made-up values:\n{\n",
	} {
		assert.Contains(t, text, part)
	}
	assert.Equal(t, text, w.ok("spec", "/cgi-bin/externalcontact/mark_tag"))
	assert.Equal(t, "POST", at(w.json("spec", "externalcontact/mark_tag"), "method"))
	list := w.ok("spec", "--search", "mark_tag")
	assert.Equal(t, "POST  externalcontact/mark_tag  remembers\n", list)
	assert.InDelta(t, 1, at(w.json("spec", "--search=mark_tag"), "total"), 0)
	assert.Contains(t, w.ok("spec", "--search", "cgi-bin"), "service/get_suite_token", "all of them")
	assert.Contains(t, w.fails(cli.ExitFailed, "spec", "externalcontact/mark_tags"), "nearest: externalcontact/mark_tag,")
	assert.Contains(t, w.fails(cli.ExitFailed, "spec", "--search", "frobnicate"), "no endpoint")
	assert.Contains(t, w.fails(cli.ExitUsage, "spec"), "want one operation")
}

func TestCallback(t *testing.T) {
	t.Parallel()
	w := peopled(t)
	app := w.application()
	assert.Empty(t, w.ok("callback"))
	out := w.ok("callback", "set", app.URL+"/hook")
	assert.Equal(t, out, w.ok("callback", "list"))
	assert.Contains(t, out, w.srv.CorpID()+"  app 1000002  "+app.URL+"/hook  token "+w.srv.Keys().Token)
	w.ok("act", "add-customer", "userid=alice")
	assert.True(t, w.srv.Delivery(1).Delivered())

	keys := w.srv.Keys()
	keys.Token, keys.EncodingAESKey = "mine", strings.Repeat("c", 42)+"E"
	v := w.json("callback", "set", w.applicationWith(keys).URL, "--token", keys.Token, "--aes-key", keys.EncodingAESKey, "--agent", "1000002", "--corp", w.srv.CorpID())
	assert.Equal(t, "mine", at(v, "keys.token"))
	assert.Equal(t, w.srv.CorpID(), at(v, "keys.receive_id"))
	assert.InDelta(t, 1, at(w.json("callback"), "total"), 0, "it took the other's place")
	assert.Equal(t, "the callback is no more\n", w.ok("callback", "rm", "--agent", "1000002"))
	assert.Contains(t, w.fails(cli.ExitFailed, "callback", "rm"), "has no callback")

	suite := w.srv.AddSuite(wecomtest.Suite{Name: "CRM"}).SuiteID
	robot := w.srv.AddAIBot(wecomtest.AIBot{Name: "helper"})
	provider := w.srv.Provider().CorpID
	suiteKeys := w.srv.SuiteKeys(suite)
	suiteKeys.ReceiveID, suiteKeys.SuiteID = w.srv.Provider().CorpID, ""
	for flag, of := range map[string]struct {
		id   string
		keys wecomtest.Keys
	}{"--suite": {suite, suiteKeys}, "--robot": {robot, w.srv.AIBotKeys(robot)}, "--provider": {provider, w.srv.ProviderKeys(provider)}} {
		out := w.ok("callback", "set", w.applicationWith(of.keys).URL, flag, of.id)
		assert.Contains(t, out, "token "+of.keys.Token, flag)
	}
	w.ok("callback", "rm", "--suite", suite)
	w.ok("callback", "set", app.URL, "--json")
	assert.Equal(t, true, at(w.json("callback"), "items.2.json"))

	assert.Contains(t, w.fails(cli.ExitFailed, "callback", "set", "http://127.0.0.1:1/"), "connection refused; wecomsim doctor --base-url http://127.0.0.1:1/ tells more")
	assert.Contains(t, w.fails(cli.ExitFailed, "callback", "set", "/hook"), "absolute URL")
	assert.Contains(t, w.fails(cli.ExitUsage, "callback", "set"), "want list, set URL or rm")
	assert.Contains(t, w.fails(cli.ExitUsage, "callback", "list", "--json"), "takes no --json")
	assert.Contains(t, w.fails(cli.ExitUsage, "callback", "rm", "--token=x"), "takes no --token")
}

func TestShow(t *testing.T) {
	t.Parallel()
	w := peopled(t)
	out := w.ok("show")
	assert.Contains(t, out, "corp id      "+w.srv.CorpID())
	assert.Contains(t, out, "secret "+w.srv.Credential().Secret)
	assert.Contains(t, out, "holds 1 members, 1 customers, 1 tags, 1 groupchats\n")
	assert.Equal(t, "http://sim.test", at(w.json("show"), "base_url"))
	assert.Equal(t, "wmZoe  Zoe  alice\n", w.ok("show", "customers"))
	assert.Equal(t, "wmZoe  Zoe  alice\n", w.ok("show", "customers", "userid=alice", "q=Zo"))
	assert.Empty(t, w.ok("show", "customers", "q=Yan"))
	assert.Equal(t, "wmZoe", at(w.json("show", "customers", "wmZoe"), "external_userid"))
	assert.Contains(t, w.ok("show", "customers", "wmZoe", "--corp", w.srv.CorpID()), "\n  \"name\": \"Zoe\",\n")
	assert.Contains(t, w.ok("show", "tags"), "level  ")
	assert.Contains(t, w.ok("show", "groupchats"), "tea  alice  alice,wmZoe")
	for i := range 3 {
		w.ok("act", "add-member", fmt.Sprintf("userid=m%d", i))
	}
	assert.Equal(t, "m0\n1 of 4; --offset and --limit show others\n", w.ok("show", "members", "--offset=1", "--limit=1"))
	w.ok("act", "write-to-member", "userid=alice", "external_userid=wmZoe", "text=have you tea?")
	assert.Contains(t, w.ok("show", "conversations", "userid=alice", "external_userid=wmZoe"), "have you tea?")

	assert.Contains(t, w.fails(cli.ExitUsage, "show", "customer"), "did you mean customers?")
	assert.Contains(t, w.fails(cli.ExitUsage, "show", "tags", "et1"), "not shown one by one")
	assert.Contains(t, w.fails(cli.ExitUsage, "show", "customers", "--limit", "0"), "--limit")
	assert.Contains(t, w.fails(cli.ExitUsage, "show", "customers", "wmZoe", "--limit", "1"), "takes no --limit")
	assert.Contains(t, w.fails(cli.ExitUsage, "show", "--offset", "1"), "takes no --offset")
	assert.Contains(t, w.fails(cli.ExitFailed, "show", "customers", "wm0"), `no customer "wm0"`)
	assert.Contains(t, w.fails(cli.ExitFailed, "show", "customers", "user=alice"), "unknown parameter user; there are")
	assert.Contains(t, w.fails(cli.ExitFailed, "show", "conversations"), "want userid and external_userid, or chat_id")
	assert.Contains(t, w.fails(cli.ExitFailed, "show", "appmessages"), "userid is missing")
}

// What show puts into its columns is there.
func TestShowColumns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	res, err := http.Get(w.url + "/_sim/openapi.json")
	require.NoError(t, err)
	defer res.Body.Close()
	var doc object
	require.NoError(t, json.NewDecoder(res.Body).Decode(&doc))
	schemas := doc["components"].(object)["schemas"].(object)
	resolve := func(schema object) object {
		for {
			if items, ok := schema["items"].(object); ok {
				schema = items
				continue
			}
			ref, ok := schema["$ref"].(string)
			if !ok {
				return schema
			}
			schema = schemas[strings.TrimPrefix(ref, "#/components/schemas/")].(object)
		}
	}
	for name, columns := range cli.ShowColumns() {
		get := doc["paths"].(object)["/_sim/"+name].(object)["get"].(object)
		reply := get["responses"].(object)["200"].(object)["content"].(object)["application/json"].(object)["schema"].(object)
		item := resolve(resolve(reply)["properties"].(object)["items"].(object))
		for _, column := range columns {
			schema := item
			for part := range strings.SplitSeq(column, ".") {
				next, ok := schema["properties"].(object)[part].(object)
				require.True(t, ok, "%s has no %s", name, column)
				schema = resolve(next)
			}
		}
	}
}

// The same question has the same answer, to the byte.
func TestJSONIsStable(t *testing.T) {
	t.Parallel()
	w := peopled(t)
	w.srv.Callback(acknowledger(w.srv.Keys()))
	w.ok("act", "add-customer", "userid=alice")
	w.token()
	for _, args := range [][]string{
		{"act"}, {"act", "add-customer"}, {"trigger", "--list"}, {"show", "customers"}, {"show", "members", "alice"}, {"show", "groupchats"},
		{"calls"}, {"calls", "1"}, {"deliveries"}, {"deliveries", "1"}, {"callback"}, {"corp"}, {"fault"}, {"mishap"}, {"limits"},
		{"seed"}, {"seed", "schema"}, {"seed", "show", "messy"}, {"chaos"}, {"chaos", "profiles"}, {"spec", "externalcontact/get"}, {"spec", "--search", "tag"},
	} {
		w.json(args...)
		args = append(args, "-o=json")
		if args[0] == "corp" {
			w.ok("clock", "freeze")
		}
		first := w.ok(args...)
		assert.Equal(t, first, w.ok(args...), args)
		assert.NotEmpty(t, w.ok(append(args[:len(args)-1], "-o", "text")...)+"x")
	}
}

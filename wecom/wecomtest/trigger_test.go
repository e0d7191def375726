package wecomtest_test

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const (
	suiteID    = "wwsuite0000000001"
	providerID = "wwprovider0000001"
)

// hub is a corp with an app that may hear of everything, by three callbacks:
// its own, its suite's and its provider's.
type hub struct {
	srv *wecomtest.Server
	app wecomtest.App

	corp, suite, provider *receiver
}

func newHub(t *testing.T) *hub {
	t.Helper()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	h := &hub{srv: srv, app: srv.AddApp(wecomtest.App{Scopes: []wecomtest.Scope{
		wecomtest.ScopeContact, wecomtest.ScopeDirectory, wecomtest.ScopeSchool,
	}})}
	h.corp = h.listen(t, wecomtest.Callback{})
	h.provider = h.listen(t, wecomtest.Callback{ServiceCorpID: providerID})
	return h
}

// listen adds a callback of the app.
func (h *hub) listen(t *testing.T, cb wecomtest.Callback) *receiver {
	t.Helper()
	r := newReceiver(t, h.srv)
	r.got = make(chan string, 1000)
	switch {
	case cb.SuiteID != "":
		r.keys = h.srv.SuiteKeys(cb.SuiteID)
		r.keys.ReceiveID = cb.SuiteID
		r.post = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "success") }
	case cb.ServiceCorpID != "":
		r.keys.ReceiveID = cb.ServiceCorpID
	}
	cb.Handler, cb.AgentID = r, h.app.AgentID
	require.NoError(t, h.srv.SetCallback(cb))
	return r
}

// withSuite makes the app a third-party one.
func (h *hub) withSuite(t *testing.T) *hub {
	t.Helper()
	h.suite = h.listen(t, wecomtest.Callback{SuiteID: suiteID})
	return h
}

// bodies are those of all deliveries.
func (h *hub) bodies() []string {
	var list []string
	for _, d := range h.srv.Deliveries() {
		list = append(list, d.Body)
	}
	return list
}

// Every event by its name, in every form, and the same bytes again.
func TestTriggerEveryEvent(t *testing.T) {
	t.Parallel()
	run := func() []string {
		corp, suite := newHub(t), newHub(t).withSuite(t)
		names := corp.srv.EventNames()
		require.Greater(t, len(names), 190)
		for _, name := range names {
			for _, h := range []*hub{corp, suite} {
				e, err := h.srv.NewEvent(name)
				require.NoError(t, err)
				h.srv.Emit(e)
			}
		}
		corp.srv.WaitDeliveries(len(corp.srv.Deliveries()))
		suite.srv.WaitDeliveries(len(suite.srv.Deliveries()))
		assert.Len(t, suite.srv.Deliveries(), len(names), "a third-party app hears of each once")
		for _, d := range append(corp.srv.Deliveries(), suite.srv.Deliveries()...) {
			assert.True(t, d.Delivered())
			var root struct{ XMLName xml.Name }
			assert.NoError(t, xml.Unmarshal([]byte(d.Body), &root), d.Body)
		}
		return append(corp.bodies(), suite.bodies()...)
	}
	first, second := run(), run()
	assert.Equal(t, first, second)
}

func TestTriggerFollowsThePage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		event     string
		overrides []wecomtest.Override
		want      string // what begins with the first element of its own
	}{
		{
			"order of the page", "change_external_chat/update", nil,
			`<ChatId><![CDATA[wrx7HUARsKwGRaQBVKPBTcEyzdHA4HrQ]]></ChatId><ChangeType><![CDATA[update]]></ChangeType><UpdateDetail><![CDATA[add_member]]></UpdateDetail>` +
				`<JoinScene>3</JoinScene><QuitScene>0</QuitScene><MemChangeCnt>2</MemChangeCnt><MemChangeList><Item>Jack</Item><Item>Rose</Item></MemChangeList>` +
				`<LastMemVer><![CDATA[9c3f97c2ada667dfb5f6d03308d963e1]]></LastMemVer><CurMemVer><![CDATA[71217227bbd112ecfe3a49c482195cb4]]></CurMemVer></xml>`,
		},
		{
			"the head moves", "meeting_change/enroll", nil,
			`<FromUserTmpOpenId><![CDATA[tmpOpenId]]></FromUserTmpOpenId><CreateTime>1700000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[meeting_change]]></Event>` +
				`<ChangeType><![CDATA[enroll]]></ChangeType><MeetingId><![CDATA[wcjgewCwAAqeJcPI1d8Pwbjt7nttzAAA]]></MeetingId><EnrollId><![CDATA[EnrollId01]]></EnrollId></xml>`,
		},
		{
			"nested and repeated", "template_card_event", []wecomtest.Override{
				wecomtest.Set("EventKey", "yes"),
				wecomtest.Set("SelectedItems.SelectedItem[1].QuestionKey", "q2"),
				wecomtest.Set("SelectedItems.SelectedItem[1].OptionIds.OptionId", []string{"c"}),
				wecomtest.Set("SelectedItems.SelectedItem[0].OptionIds.OptionId[2]", "d"),
			},
			`<EventKey><![CDATA[yes]]></EventKey><TaskId><![CDATA[taskid111]]></TaskId><CardType><![CDATA[text_notice]]></CardType><ResponseCode><![CDATA[ResponseCode]]></ResponseCode><AgentID>1000003</AgentID>` +
				`<SelectedItems><SelectedItem><QuestionKey><![CDATA[QuestionKey1]]></QuestionKey><OptionIds><OptionId><![CDATA[OptionId1]]></OptionId><OptionId><![CDATA[OptionId2]]></OptionId><OptionId><![CDATA[d]]></OptionId></OptionIds></SelectedItem>` +
				`<SelectedItem><QuestionKey><![CDATA[q2]]></QuestionKey><OptionIds><OptionId><![CDATA[c]]></OptionId></OptionIds></SelectedItem></SelectedItems></xml>`,
		},
		{
			"repeated objects come and go", "template_card_event", []wecomtest.Override{
				wecomtest.Set("SelectedItems.SelectedItem[0]", nil),
				wecomtest.Set("SelectedItems.SelectedItem[1].OptionIds", nil),
				wecomtest.Set("SelectedItems.SelectedItem[0]", nil),
				wecomtest.Set("SelectedItems.SelectedItem.OptionIds", nil),
			},
			`<EventKey><![CDATA[key111]]></EventKey><TaskId><![CDATA[taskid111]]></TaskId><CardType><![CDATA[text_notice]]></CardType><ResponseCode><![CDATA[ResponseCode]]></ResponseCode><AgentID>1000003</AgentID>` +
				`<SelectedItems><SelectedItem><QuestionKey><![CDATA[QuestionKey2]]></QuestionKey></SelectedItem></SelectedItems></xml>`,
		},
		{
			"lists, numbers and times", "change_contact/update_tag", []wecomtest.Override{
				wecomtest.Set("TagId", 7),
				wecomtest.Set("AddUserItems", []string{"a", "b"}),
				wecomtest.Set("DelUserItems", ""),
				wecomtest.Set("AddPartyItems", []int64{5}),
				wecomtest.SetText("DelPartyItems", "3, 4"),
			},
			`<TagId>7</TagId><AddUserItems><![CDATA[a,b]]></AddUserItems><DelUserItems><![CDATA[]]></DelUserItems><AddPartyItems><![CDATA[5]]></AddPartyItems><DelPartyItems><![CDATA[3, 4]]></DelPartyItems></xml>`,
		},
		{
			"text of every type", "meeting_change/medium_upload", []wecomtest.Override{
				wecomtest.SetText("AllUploadStatus", "true"),
				wecomtest.SetText("UploadInfo[0].MediumType", "3"),
				wecomtest.Set("UploadInfo[1]", nil),
			},
			`<MeetingId><![CDATA[wcjgewCwAAqeJcPI1d8Pwbjt7nttzAAA]]></MeetingId><AllUploadStatus>true</AllUploadStatus><UploadInfo><MediumUrl><![CDATA[https://image.qq.com/12519.png]]></MediumUrl>` +
				`<MediumType>3</MediumType><UploadStatus>0</UploadStatus><ErrorMsg><![CDATA[low-resolution]]></ErrorMsg></UploadInfo></xml>`,
		},
		{
			"repeated nodes", "doc_change/delete_doc", []wecomtest.Override{wecomtest.SetText("DocId", "a,b,c"), wecomtest.Set("DocId[1]", nil)},
			`<DocId><![CDATA[a]]></DocId><DocId><![CDATA[c]]></DocId></xml>`,
		},
		{
			"what the page has left off", "customer_acquisition/message_from_customer", []wecomtest.Override{wecomtest.Set("ChatSeq", 3), wecomtest.Set("UserID", "alice")},
			`<UserID><![CDATA[alice]]></UserID><LinkId><![CDATA[cawcdea7783d7330b4]]></LinkId><ChatSeq>3</ChatSeq><ChatKey><![CDATA[CHATKEY]]></ChatKey></xml>`,
		},
		{
			"floats", "LOCATION", []wecomtest.Override{wecomtest.Set("Latitude", 1.5), wecomtest.SetText("Longitude", "2"), wecomtest.Set("AppType", nil)},
			`<Latitude>1.5</Latitude><Longitude>2</Longitude><Precision>65</Precision><AgentID>1000003</AgentID></xml>`,
		},
		{
			"numbers in CDATA", "app_email_change/receive_email", []wecomtest.Override{wecomtest.Set("Amount", 12)},
			`<Amount><![CDATA[12]]></Amount></xml>`,
		},
		{
			"a time", "change_external_contact/transfer_fail", []wecomtest.Override{
				wecomtest.Set("FailReason", "customer_limit_exceed"), wecomtest.Set("CreateTime", time.Unix(1600000000, 0)),
			},
			`<FailReason><![CDATA[customer_limit_exceed]]></FailReason><UserID><![CDATA[zhangsan]]></UserID><ExternalUserID><![CDATA[woAJ2GCAAAXtWyujaWJHDDGi0mAAAA]]></ExternalUserID></xml>`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)

			h.srv.Trigger(tt.event, tt.overrides...)
			h.srv.WaitDeliveries(1)

			name, _, _ := strings.Cut(tt.want, ">")
			_, own, _ := strings.Cut(<-h.corp.got, name+">")
			assert.Equal(t, tt.want, name+">"+own)
		})
	}
}

func TestTriggerSetsTheHead(t *testing.T) {
	t.Parallel()
	h := newHub(t)

	h.srv.Trigger("text", wecomtest.Set("FromUserName", "bob"), wecomtest.Set("CreateTime", time.Unix(1600000000, 0)), wecomtest.Set("Content", "hi"))
	h.srv.WaitDeliveries(1)

	assert.Equal(t, `<xml><ToUserName><![CDATA[wwSIM0000000000001]]></ToUserName><FromUserName><![CDATA[bob]]></FromUserName><CreateTime>1600000000</CreateTime>`+
		`<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hi]]></Content><MsgId>7000000000000001</MsgId><AgentID>1000003</AgentID></xml>`, <-h.corp.got)
}

func TestTriggerRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		event     string
		overrides []wecomtest.Override
		want      string
	}{
		{"unknown event", "add_external_contact", nil, `no event "add_external_contact"; nearest: change_external_contact/add_external_contact, `},
		{"misspelt event", "suite_tiket", nil, `no event "suite_tiket"; nearest: suite_ticket, `},
		{"unknown path", "text", []wecomtest.Override{wecomtest.Set("content", "hi")}, `text has no "content"; nearest: Content, `},
		{"unknown nested path", "sys_approval_change", []wecomtest.Override{wecomtest.Set("ApprovalInfo.Applyer.UserID", "a")}, `nearest: ApprovalInfo.Applyer.UserId, `},
		{"nested where nothing is", "text", []wecomtest.Override{wecomtest.Set("Content.Text", "hi")}, `text has no "Content.Text"`},
		{"the name itself", "change_contact/delete_user", []wecomtest.Override{wecomtest.Set("ChangeType", "x")}, `has no "ChangeType"`},
		{"no sender", "kf_msg_or_event", []wecomtest.Override{wecomtest.Set("FromUserName", "x")}, `has no "FromUserName"`},
		{"string for a number", "change_external_chat/update", []wecomtest.Override{wecomtest.Set("JoinScene", "3")}, `change_external_chat/update: JoinScene: wants an integer, not the string 3`},
		{"number for a string", "text", []wecomtest.Override{wecomtest.Set("Content", 3)}, `wants a string, not the int 3`},
		{"number for a list", "change_contact/update_tag", []wecomtest.Override{wecomtest.Set("AddUserItems", 3)}, `wants a list with commas, not the int 3`},
		{"text that is no number", "text", []wecomtest.Override{wecomtest.SetText("AgentID", "one")}, `wants an integer, not "one"`},
		{"string for a bool", "meeting_change/medium_upload", []wecomtest.Override{wecomtest.Set("AllUploadStatus", 1)}, `wants a bool, not the int 1`},
		{"float for a time", "batch_job_result", []wecomtest.Override{wecomtest.Set("CreateTime", 1.5)}, `wants a time in seconds, not the float64 1.5`},
		{"value for an object", "batch_job_result", []wecomtest.Override{wecomtest.Set("BatchJob", "x")}, `BatchJob: it has elements: set BatchJob.JobId or another`},
		{"index beyond", "change_external_chat/update", []wecomtest.Override{wecomtest.Set("MemChangeList.Item[3]", "x")}, `MemChangeList.Item[3]: there are 2 of <Item>`},
		{"index of one", "text", []wecomtest.Override{wecomtest.Set("Content[0]", "x")}, `there is only one <Content>`},
		{"no index", "doc_change/delete_doc", []wecomtest.Override{wecomtest.Set("DocId[x]", "x")}, `path "DocId[x]": want an index like [0]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := wecomtest.New(t).NewEvent(tt.event, tt.overrides...)
			assert.ErrorContains(t, err, tt.want)

			r := record(t, func(srv *wecomtest.Server) { srv.Trigger(tt.event, tt.overrides...) })
			assert.Contains(t, r.fatal, tt.want)
		})
	}
}

func TestTriggerWithoutListener(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, event, want string }{
		{"of the form", "suite_ticket", "suite_ticket goes to callbacks of the form suite: there is none"},
		{"of the scope", "change_contact/create_user", "goes to apps with the scope directory or provider: none with a callback has it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := record(t, func(srv *wecomtest.Server) {
				srv.Callback(newReceiver(t, srv))
				srv.Trigger(tt.event)
			})
			assert.Contains(t, r.fatal, tt.want)
		})
	}
	r := record(t, func(srv *wecomtest.Server) { srv.Trigger("text") })
	assert.Contains(t, r.fatal, "text goes to callbacks of the form corp: there is none")
}

// What an event names is there, if the corp has such a thing.
func TestTriggerSpeaksOfTheCorp(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	srv := h.srv
	srv.AddMember(wecomtest.Member{UserID: "ann", Name: "Ann", Department: []int64{3, 4}})
	srv.AddMember(wecomtest.Member{UserID: "bob", Name: "Bob"})
	zoe := srv.Seed().Customer(wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{UserID: "bob"}}})
	yan := srv.Seed().Customer(wecomtest.Customer{Name: "Yan", FollowUser: []wecomtest.Follow{{UserID: "ann"}, {UserID: "bob"}}})
	chat := srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "ann", MemberList: []wecomtest.GroupMember{{UserID: zoe}}})
	group := srv.Seed().TagGroup(wecomtest.TagGroup{GroupName: "g", Tag: []wecomtest.Tag{{Name: "t"}}})

	tests := []struct {
		name      string
		event     string
		overrides []wecomtest.Override
		want      map[string]any
	}{
		{"first pair", "change_external_contact/edit_external_contact", nil, map[string]any{"UserID": "ann", "ExternalUserID": yan}},
		{"of this member", "change_external_contact/edit_external_contact", []wecomtest.Override{wecomtest.Set("UserID", "bob")}, map[string]any{"UserID": "bob", "ExternalUserID": zoe}},
		{"of this customer", "change_external_contact/edit_external_contact", []wecomtest.Override{wecomtest.Set("ExternalUserID", zoe)}, map[string]any{"UserID": "bob", "ExternalUserID": zoe}},
		{"member", "change_contact/create_user", nil, map[string]any{"UserID": "ann", "Name": "Ann", "Department": "3,4"}},
		{"other member", "change_contact/create_user", []wecomtest.Override{wecomtest.Set("UserID", "bob")}, map[string]any{"UserID": "bob", "Name": "Bob", "Department": "1,2,3"}},
		{"group chat", "change_external_chat/update", nil, map[string]any{"ChatId": chat, "MemChangeList": []string{zoe}, "CurMemVer": srv.GroupChat(chat).MemberVersion}},
		{"tag group", "change_external_tag/shuffle", nil, map[string]any{"Id": group.GroupID}},
		{"tag", "change_external_tag/create", nil, map[string]any{"Id": group.Tag[0].ID}},
		{"app", "enter_agent", nil, map[string]any{"AgentID": h.app.AgentID}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := srv.Trigger(tt.event, tt.overrides...)
			for name, want := range tt.want {
				assert.Equal(t, want, e.Get(name), name)
			}
		})
	}
	t.Run("sender", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, "ann", srv.Trigger("text").FromUserName)
		assert.Equal(t, "bob", srv.Trigger("text", wecomtest.Set("FromUserName", "bob")).FromUserName)
	})
}

func TestTriggeredWelcomeCodeWorks(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.srv.AddMember(wecomtest.Member{UserID: "ann"})
	zoe := seedFollow(h.srv, "Zoe", "ann")
	c := newCaller(t, h.srv)

	e := h.srv.Trigger("change_external_contact/add_external_contact")

	assert.Equal(t, h.srv.WelcomeCode("ann", zoe), e.Get("WelcomeCode"))
	c.ok("externalcontact/send_welcome_msg", object{"welcome_code": e.Get("WelcomeCode"), "text": object{"content": "hi"}})
}

// The same change reaches an app of the corp and a third-party app in forms of
// their own, each encrypted for its reader.
func TestFormsOfThirdPartyApps(t *testing.T) {
	t.Parallel()
	h := newHub(t).withSuite(t)
	ann := h.srv.AddMember(wecomtest.Member{UserID: "ann"})

	zoe := h.srv.AddCustomer(ann, wecomtest.Customer{Name: "Zoe"})
	h.srv.Trigger("suite_ticket", wecomtest.Set("SuiteTicket", "t1"))
	h.srv.Trigger("share_agent_change")
	h.srv.Trigger("change_contact/delete_user")
	h.srv.Trigger("license_refund", wecomtest.Set("AuthCorpId", "wwbuyer"))
	h.srv.Trigger("subscribe")
	h.srv.WaitDeliveries(6)

	suite := func(event string) string {
		return `<xml><SuiteId><![CDATA[` + suiteID + `]]></SuiteId><AuthCorpId><![CDATA[wwSIM0000000000001]]></AuthCorpId><InfoType><![CDATA[` + event + `]]></InfoType><TimeStamp>1700000000</TimeStamp>`
	}
	added := <-h.suite.got
	assert.Contains(t, added, suite("change_external_contact")+`<ChangeType><![CDATA[add_external_contact]]></ChangeType><UserID><![CDATA[ann]]></UserID><ExternalUserID><![CDATA[`+zoe+`]]></ExternalUserID><WelcomeCode>`)
	assert.Equal(t, `<xml><SuiteId><![CDATA[`+suiteID+`]]></SuiteId><InfoType><![CDATA[suite_ticket]]></InfoType><TimeStamp>1700000000</TimeStamp><SuiteTicket><![CDATA[t1]]></SuiteTicket></xml>`, <-h.suite.got)
	assert.Equal(t, `<xml><SuiteId><![CDATA[`+suiteID+`]]></SuiteId><AuthCorpId><![CDATA[wwSIM0000000000001]]></AuthCorpId><InfoType><![CDATA[share_agent_change]]></InfoType><TimeStamp>1700000000</TimeStamp>`+
		`<AppId>11</AppId><CorpId><![CDATA[wwSIM0000000000001]]></CorpId><AgentId>1000003</AgentId></xml>`, <-h.suite.got)
	assert.Equal(t, suite("change_contact")+`<ChangeType><![CDATA[delete_user]]></ChangeType><UserID><![CDATA[ann]]></UserID></xml>`, <-h.suite.got)
	assert.Equal(t, `<xml><ServiceCorpId><![CDATA[`+providerID+`]]></ServiceCorpId><InfoType><![CDATA[license_refund]]></InfoType><AuthCorpId><![CDATA[wwbuyer]]></AuthCorpId>`+
		`<OrderId><![CDATA[zzzz]]></OrderId><OrderStatus>1</OrderStatus><TimeStamp>1700000000</TimeStamp></xml>`, <-h.provider.got)
	assert.Contains(t, <-h.corp.got, `<Event><![CDATA[subscribe]]></Event>`)
	assert.Empty(t, h.corp.got)
}

func TestSuiteHasElementsOfItsOwn(t *testing.T) {
	t.Parallel()
	h := newHub(t).withSuite(t)

	e := h.srv.Trigger("change_contact/create_user", wecomtest.Set("OpenUserID", "wo1"), wecomtest.Set("Name", "Ann"))
	h.srv.WaitDeliveries(1)

	assert.Contains(t, <-h.suite.got, `<OpenUserID><![CDATA[wo1]]></OpenUserID><Name><![CDATA[Ann]]></Name>`)
	assert.Equal(t, "wo1", e.Get("OpenUserID"))
	delivered := h.srv.Deliveries()[0].Event
	assert.Equal(t, wecomtest.FormSuite, delivered.Form)
	assert.Equal(t, "wo1", delivered.Get("OpenUserID"))
}

// WeCom checks the URL of a suite with the provider's id.
func TestEchoOfASuite(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	r := newReceiver(t, srv)
	r.keys = srv.SuiteKeys(suiteID)
	r.keys.ReceiveID = providerID

	require.NoError(t, srv.SetCallback(wecomtest.Callback{Handler: r, SuiteID: suiteID, ServiceCorpID: providerID}))

	r.keys.ReceiveID = suiteID
	r.post = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "success") }
	srv.Trigger("cancel_auth")
	srv.WaitDeliveries(1)
	assert.Contains(t, <-r.got, "<InfoType><![CDATA[cancel_auth]]></InfoType>")
}

func TestSuiteMustAnswerSuccess(t *testing.T) {
	t.Parallel()
	r := record(t, func(srv *wecomtest.Server) {
		h := newReceiver(t, srv)
		h.keys = srv.SuiteKeys(suiteID)
		h.keys.ReceiveID = suiteID
		assert.NoError(t, srv.SetCallback(wecomtest.Callback{Handler: h, SuiteID: suiteID}))
		srv.Trigger("suite_ticket")
		srv.WaitDeliveries(1)
	})
	assert.Contains(t, r.all(), `suite_ticket: WeCom takes the answer "" for an error: it must be "success"`)
}

func TestEventsInJSON(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	r := newReceiver(t, srv)
	var envelope map[string]string
	var contentType, opened string
	require.NoError(t, srv.SetCallback(wecomtest.Callback{JSON: true, Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodGet {
			r.ServeHTTP(w, req)
			return
		}
		contentType = req.Header.Get("Content-Type")
		assert.NoError(t, json.NewDecoder(req.Body).Decode(&envelope))
		q := req.URL.Query()
		opened = r.open(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), envelope["encrypt"])
	})}))

	srv.Trigger("template_card_event",
		wecomtest.Set("EventKey", `<a&"b">`), wecomtest.Set("FromUserName", "ann"),
		wecomtest.Set("SelectedItems.SelectedItem[1]", nil))
	srv.WaitDeliveries(1)

	assert.Equal(t, "application/json", contentType)
	assert.Equal(t, srv.Keys().ReceiveID, envelope["tousername"])
	assert.Equal(t, "1000002", envelope["agentid"])
	assert.JSONEq(t, `{"ToUserName":"wwSIM0000000000001","FromUserName":"ann","CreateTime":1700000000,"MsgType":"event","Event":"template_card_event",`+
		`"EventKey":"<a&\"b\">","TaskId":"taskid111","CardType":"text_notice","ResponseCode":"ResponseCode","AgentID":1000002,`+
		`"SelectedItems":{"SelectedItem":{"QuestionKey":"QuestionKey1","OptionIds":{"OptionId":["OptionId1","OptionId2"]}}}}`, opened)
}

func TestMishapsOfOneKind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		of   string
		want int
	}{
		{"event", "change_external_chat", 2},
		{"change", "dismiss", 1},
		{"both", "change_external_chat/create", 1},
		{"message", "text", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := listening(t)
			lost := srv.Deliver().Of(tt.of)
			lost.Lose()

			for _, name := range []string{"text", "image", "change_external_chat/create", "change_external_chat/dismiss"} {
				srv.Trigger(name)
			}
			srv.WaitDeliveries(4)

			assert.Equal(t, tt.want, lost.Hits())
		})
	}
}

// A path and a text of a command line either fit or are refused.
func FuzzOverride(f *testing.F) {
	f.Add("text", "Content", "hi")
	f.Add("change_external_chat/update", "MemChangeList.Item[2]", "a")
	f.Add("template_card_event", "SelectedItems.SelectedItem[1].OptionIds.OptionId", "a,b")
	f.Add("sys_approval_change", "ApprovalInfo.SpRecord[0].Details[0].SpTime", "1")
	f.Add("create_auth", "ExtraInfo.AuthOpenKfIdList", "")
	f.Add("share_agent_change", "AgentId", "-1")
	f.Fuzz(func(t *testing.T, name, path, text string) {
		srv := wecomtest.NewServer()
		defer srv.Close()
		for _, o := range []wecomtest.Override{wecomtest.SetText(path, text), wecomtest.Set(path, nil), wecomtest.Set(path, []string{text, text})} {
			e, err := srv.NewEvent(name, o)
			assert.Equal(t, err != nil, len(e.Elements) == 0 && e.Event == "" && e.MsgType == "")
		}
	})
}

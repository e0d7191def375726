package callback_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
)

var (
	noon    = wecom.NewUnixTime(time.Unix(1763697600, 0))
	expires = wecom.NewUnixTime(time.Unix(1766289600, 0))
)

// events is what a fixture cannot show: typed values, times, several values in
// their order, text as it came, and that nothing else is set.
var events = []struct {
	kind  string // MsgType, or Event and ChangeType
	inner string // what is not in the header
	want  callback.Event
}{
	{
		"change_external_contact/add_external_contact",
		cdata("UserID", "alice", "ExternalUserID", "wm1", "State", "fair", "WelcomeCode", "CODE"),
		&callback.AddExternalContact{UserID: "alice", ExternalUserID: "wm1", State: "fair", WelcomeCode: "CODE"},
	},
	{
		"change_external_contact/del_external_contact",
		cdata("UserID", "alice", "ExternalUserID", "wm1", "Source", "DELETE_BY_TRANSFER"),
		&callback.DelExternalContact{UserID: "alice", ExternalUserID: "wm1", Source: callback.DelSourceTransfer},
	},
	{
		"change_external_contact/transfer_fail",
		cdata("FailReason", "customer_refused", "UserID", "bob", "ExternalUserID", "wm1"),
		&callback.TransferFail{UserID: "bob", ExternalUserID: "wm1", FailReason: callback.FailReasonRefused},
	},
	{"customer_acquisition_permit_change", "", &callback.CustomerAcquisitionPermitChange{}},
	{
		"change_external_chat/update",
		cdata("ChatId", "wr1", "UpdateDetail", "add_member") +
			"<JoinScene>3</JoinScene><QuitScene>0</QuitScene><MemChangeCnt>2</MemChangeCnt>" +
			"<MemChangeList>\n<Item>wm1</Item>\n<Item>wm2</Item>\n</MemChangeList>" +
			"<LastMemVer>9c3f97c2</LastMemVer><CurMemVer>71217227</CurMemVer>",
		&callback.UpdateExternalChat{
			ChatID: "wr1", UpdateDetail: callback.UpdateDetailAddMember, JoinScene: callback.JoinSceneQRCode,
			MemChangeCnt: 2, MemChangeList: []string{"wm1", "wm2"}, LastMemVer: "9c3f97c2", CurMemVer: "71217227",
		},
	},
	{
		"change_external_chat/update",
		cdata("ChatId", "wr1", "UpdateDetail", "del_member") +
			"<JoinScene>0</JoinScene><QuitScene>1</QuitScene><MemChangeCnt>1</MemChangeCnt>" +
			"<MemChangeList><Item>wm1</Item></MemChangeList><LastMemVer>a</LastMemVer><CurMemVer>b</CurMemVer>",
		&callback.UpdateExternalChat{
			ChatID: "wr1", UpdateDetail: callback.UpdateDetailDelMember, QuitScene: callback.QuitSceneRemoved,
			MemChangeCnt: 1, MemChangeList: []string{"wm1"}, LastMemVer: "a", CurMemVer: "b",
		},
	},
	{
		"change_external_chat/update", cdata("ChatId", "wr1", "UpdateDetail", "change_owner"),
		&callback.UpdateExternalChat{ChatID: "wr1", UpdateDetail: callback.UpdateDetailChangeOwner},
	},
	{
		"change_external_chat/update", cdata("ChatId", "wr1", "UpdateDetail", "change_name"),
		&callback.UpdateExternalChat{ChatID: "wr1", UpdateDetail: callback.UpdateDetailChangeName},
	},
	{
		"change_external_chat/update", cdata("ChatId", "wr1", "UpdateDetail", "change_notice"),
		&callback.UpdateExternalChat{ChatID: "wr1", UpdateDetail: callback.UpdateDetailChangeNotice},
	},
	{
		"change_external_tag/create", cdata("Id", "et1", "TagType", "tag") + "<StrategyId>1</StrategyId>",
		&callback.CreateExternalTag{ID: "et1", TagType: callback.TagTypeTag, StrategyID: 1},
	},
	{
		"change_external_tag/update", cdata("Id", "et1", "TagType", "tag_group") + "<StrategyId>1</StrategyId>",
		&callback.UpdateExternalTag{ID: "et1", TagType: callback.TagTypeGroup, StrategyID: 1},
	},
	{
		"change_external_tag/shuffle", cdata("Id", "et1", "StrategyId", "1"),
		&callback.ShuffleExternalTag{ID: "et1", StrategyID: 1},
	},
	{"customer_acquisition/balance_low", "", &callback.AcquisitionBalanceLow{}},
	{
		"customer_acquisition/quota_expire_soon", "<ExpireTime>1766289600</ExpireTime><ExpireQuotaNum>100</ExpireQuotaNum>",
		&callback.AcquisitionQuotaExpireSoon{ExpireTime: expires, ExpireQuotaNum: 100},
	},
	{"enter_agent", cdata("EventKey", ""), &callback.EnterAgent{}},
	{"text", cdata("Content", "this is\na <test> & more") + "<MsgId>42</MsgId>", &callback.TextMessage{MsgID: "42", Content: "this is\na <test> & more"}},
	{
		"image", cdata("PicUrl", "https://example.com/a?b=1&c=2", "MediaId", "m1") + "<MsgId>42</MsgId>",
		&callback.ImageMessage{MsgID: "42", PicURL: "https://example.com/a?b=1&c=2", MediaID: "m1"},
	},
	{
		"location",
		"<Location_X>23.134</Location_X><Location_Y>113.358</Location_Y><Scale>20</Scale><MsgId>42</MsgId>" +
			cdata("Label", "广州市海珠区", "AppType", "wxwork"),
		&callback.LocationMessage{MsgID: "42", LocationX: 23.134, LocationY: 113.358, Scale: 20, Label: "广州市海珠区", AppType: "wxwork"},
	},
}

// cdata writes elements from names and values in turn.
func cdata(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "\n\t<%s><![CDATA[%s]]></%[1]s>", pairs[i], pairs[i+1])
	}
	return b.String()
}

func isMessage(kind string) bool {
	switch kind {
	case "text", "image", "voice", "video", "location", "link":
		return true
	default:
		return false
	}
}

// corpForm is an event as an app of the corp gets it.
func corpForm(kind, inner string) (string, callback.Header) {
	event, change, _ := strings.Cut(kind, "/")
	h := callback.Header{
		ToUserName: "ww55ca070cb9b7eb22", FromUserName: "sys", CreateTime: noon,
		MsgType: "event", Event: event, ChangeType: change, AgentID: 1000002,
	}
	if isMessage(kind) {
		h.FromUserName, h.MsgType, h.Event = "alice", kind, ""
	}
	s := "<xml>" + cdata("ToUserName", h.ToUserName, "FromUserName", h.FromUserName) +
		"<CreateTime>1763697600</CreateTime>" + cdata("MsgType", h.MsgType)
	if h.Event != "" {
		s += cdata("Event", h.Event)
	}
	if change != "" {
		s += cdata("ChangeType", change)
	}
	h.Raw = s + inner + "\n<AgentID>1000002</AgentID></xml>"
	return h.Raw, h
}

// suiteForm is the same event as a third-party app gets it.
func suiteForm(kind, inner string) (string, callback.Header) {
	event, change, _ := strings.Cut(kind, "/")
	h := callback.Header{
		SuiteID: "ww4asffe99e54c0f4c", AuthCorpID: "ww55ca070cb9b7eb22",
		InfoType: event, ChangeType: change, TimeStamp: noon,
	}
	s := "<xml>" + cdata("SuiteId", h.SuiteID, "AuthCorpId", h.AuthCorpID, "InfoType", " "+event+" ") +
		"<TimeStamp>1763697600</TimeStamp>"
	if change != "" {
		s += cdata("ChangeType", change)
	}
	h.Raw = s + inner + "</xml>"
	return h.Raw, h
}

func TestParseBothForms(t *testing.T) {
	t.Parallel()
	for _, tt := range events {
		forms := map[string]func(string, string) (string, callback.Header){"corp": corpForm}
		if !isMessage(tt.kind) {
			forms["suite"] = suiteForm
		}
		for name, form := range forms {
			t.Run(tt.kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				body, head := form(tt.kind, tt.inner)
				got, err := callback.Parse([]byte(body))
				require.NoError(t, err)

				want := clone(tt.want)
				*want.Head() = head
				require.Equal(t, want, got)
				assert.Equal(t, tt.kind, got.Head().Kind())
				assert.Equal(t, "ww55ca070cb9b7eb22", got.Head().Corp())
				assert.True(t, noon.Equal(got.Head().At()))
			})
		}
	}
}

// clone copies the event, so that parallel tests do not write to one.
func clone(e callback.Event) callback.Event {
	v := reflect.New(reflect.TypeOf(e).Elem())
	v.Elem().Set(reflect.ValueOf(e).Elem())
	return v.Interface().(callback.Event)
}

func TestParseUnknown(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, kind string }{
		{"new event", "<xml><Event>brand_new</Event><Extra>1</Extra></xml>", "brand_new"},
		{"new change", "<xml><Event>change_external_contact</Event><ChangeType>brand_new</ChangeType></xml>", "change_external_contact/brand_new"},
		{"new chat change", "<xml><Event>change_external_chat</Event></xml>", "change_external_chat"},
		{"new tag change", "<xml><InfoType>change_external_tag</InfoType><ChangeType>x</ChangeType></xml>", "change_external_tag/x"},
		{"new acquisition change", "<xml><Event>customer_acquisition</Event><ChangeType>x</ChangeType></xml>", "customer_acquisition/x"},
		{"new message", "<xml><MsgType>hologram</MsgType></xml>", "hologram"},
		{"notice that is called like a message", "<xml><InfoType>brand_new</InfoType><MsgType>text</MsgType></xml>", "brand_new"},
		{"nothing in it", "<xml/>", ""},
		{"JSON", `{"MsgType":"event","Event":"brand_new","ScheduleId":"s"}`, "brand_new"},
		{"JSON of odd types", `{"MsgType":null,"Event":true,"ChangeType":1.5}`, "true/1.5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := callback.Parse([]byte(tt.body))
			require.NoError(t, err)
			require.IsType(t, &callback.Unknown{}, got)
			assert.Equal(t, tt.kind, got.Head().Kind())
			assert.Equal(t, tt.body, got.Head().Raw)
		})
	}
}

func TestParseTolerates(t *testing.T) {
	t.Parallel()
	const head = "<Event>change_external_chat</Event><ChangeType>update</ChangeType>"
	tests := []struct {
		name, body string
		want       callback.UpdateExternalChat
	}{
		{"BOM", "\ufeff<xml>" + head + "<ChatId>a</ChatId></xml>", callback.UpdateExternalChat{ChatID: "a"}},
		{"leading space", "\r\n <xml>" + head + "<ChatId>a</ChatId></xml>", callback.UpdateExternalChat{ChatID: "a"}},
		{"declaration and comments", `<?xml version="1.0" encoding="UTF-8"?><!-- <x> --><xml>` + head + "<ChatId>a<!-- b --></ChatId></xml>", callback.UpdateExternalChat{ChatID: "a"}},
		{"other root", "<root>" + head + "<ChatId>a</ChatId></root>", callback.UpdateExternalChat{ChatID: "a"}},
		{"attributes", `<xml a="1>2" b='"'>` + head + `<ChatId c="/">a</ChatId><Empty d="/"/></xml>`, callback.UpdateExternalChat{ChatID: "a"}},
		{"other case", "<xml>" + head + "<ChatID>a</ChatID></xml>", callback.UpdateExternalChat{ChatID: "a"}},
		{"entities", "<xml>" + head + "<ChatId>&lt;a&amp;b&#x4e2d;&#25991;&gt;&quot;&apos;</ChatId></xml>", callback.UpdateExternalChat{ChatID: `<a&b中文>"'`}},
		{"unknown entities", "<xml>" + head + "<ChatId>a&b &nbsp; &#xzz; &</ChatId></xml>", callback.UpdateExternalChat{ChatID: "a&b &nbsp; &#xzz; &"}},
		{"the page's broken CDATA", "<xml>" + head + "<ChatId>![CDATA[a]]</ChatId></xml>", callback.UpdateExternalChat{ChatID: "![CDATA[a]]"}},
		{"line ends", "<xml>" + head + "<ChatId>a\r\nb\rc<![CDATA[\r\n]]></ChatId></xml>", callback.UpdateExternalChat{ChatID: "a\nb\nc\n"}},
		{"empty numbers", "<xml>" + head + "<MemChangeCnt></MemChangeCnt><JoinScene/><QuitScene> </QuitScene></xml>", callback.UpdateExternalChat{}},
		{"padded number", "<xml>" + head + "<MemChangeCnt> 3 </MemChangeCnt></xml>", callback.UpdateExternalChat{MemChangeCnt: 3}},
		{"not a number", "<xml>" + head + "<MemChangeCnt>many</MemChangeCnt></xml>", callback.UpdateExternalChat{}},
		{"comma list", "<xml>" + head + "<MemChangeList><![CDATA[a,b , ,c]]></MemChangeList></xml>", callback.UpdateExternalChat{MemChangeList: []string{"a", "b", "c"}}},
		{"repeated list", "<xml>" + head + "<MemChangeList>a</MemChangeList><ChatId>x</ChatId><MemChangeList><Item>b</Item><Item/></MemChangeList></xml>", callback.UpdateExternalChat{ChatID: "x", MemChangeList: []string{"a", "b"}}},
		{"empty list", "<xml>" + head + "<MemChangeList></MemChangeList></xml>", callback.UpdateExternalChat{}},
		{"unknown elements", "<xml><New><Deep><Er>1</Er></Deep></New>" + head + "<ChatId>a</ChatId></xml>", callback.UpdateExternalChat{ChatID: "a"}},
		{"something after the root", "<xml>" + head + "</xml>\x00<", callback.UpdateExternalChat{}},
		{"control characters", "<xml>" + head + "<ChatId><![CDATA[a\x01b]]></ChatId></xml>", callback.UpdateExternalChat{ChatID: "a\x01b"}},
		{"JSON", `{"Event":"change_external_chat","ChangeType":"update","ChatId":"a","MemChangeCnt":"2","JoinScene":3,"QuitScene":null,"MemChangeList":{"Item":["b","c"]},"New":[[1],{"a":true}]}`,
			callback.UpdateExternalChat{ChatID: "a", MemChangeCnt: 2, JoinScene: 3, MemChangeList: []string{"b", "c"}}},
		{"JSON with a plain list", `{"event":"change_external_chat","changetype":"update","memchangelist":["b","c"]}`, callback.UpdateExternalChat{MemChangeList: []string{"b", "c"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e, err := callback.Parse([]byte(tt.body))
			require.NoError(t, err)
			got, ok := e.(*callback.UpdateExternalChat)
			require.True(t, ok, "%T", e)
			assert.Equal(t, tt.body, got.Raw)
			got.Header = callback.Header{}
			assert.Equal(t, tt.want, *got)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body string }{
		{"empty", ""},
		{"space", " \n"},
		{"text", "success"},
		{"not closed", "<xml><a>1</a>"},
		{"closed in the wrong order", "<xml><a><b></a></b></xml>"},
		{"prefix of another", "<xml><a:b></b></xml>"},
		{"never opened", "</xml>"},
		{"no name", "<><a/></>"},
		{"tag in a tag", "<xml<a>></xml>"},
		{"tag in a tag, after its name", "<xml <a></xml>"},
		{"open quote", `<xml a="></xml>`},
		{"open CDATA", "<xml><![CDATA[</xml>"},
		{"open comment", "<xml><!-- </xml>"},
		{"document type", `<!DOCTYPE xml><xml/>`},
		{"declaration", `<xml><!ENTITY/></xml>`},
		{"too deep", strings.Repeat("<a>", 33) + strings.Repeat("</a>", 33)},
		{"too many", "<xml>" + strings.Repeat("<a/>", 70000) + "</xml>"},
		{"broken JSON", `{"Event":`},
		{"JSON too deep", strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)},
		{"JSON arrays too deep", `{"a":` + strings.Repeat("[", 10000)},
		{"JSON with too many", `{"a":[` + strings.Repeat("1,", 70000) + "1]}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e, err := callback.Parse([]byte(tt.body))
			require.ErrorIs(t, err, callback.ErrPayload)
			assert.Nil(t, e)
		})
	}
}

package callback

import "github.com/wecomkit/wecom-go/wecom"

func newAppEvent(h *Header) Event {
	switch h.event() {
	case "subscribe":
		return new(Subscribe)
	case "unsubscribe":
		return new(Unsubscribe)
	case "enter_agent":
		return new(EnterAgent)
	case "share_agent_change":
		return new(ShareAgentChange)
	case "share_chain_change":
		return new(ShareChainChange)
	case "inactive_alert":
		return new(InactiveAlert)
	case "close_inactive_agent":
		return new(CloseInactiveAgent)
	case "reopen_inactive_agent":
		return new(ReopenInactiveAgent)
	case "low_active_alert":
		return new(LowActiveAlert)
	case "low_active":
		return new(LowActive)
	case "active_restored":
		return new(ActiveRestored)
	case "change_app_admin":
		return new(ChangeAppAdmin)
	case "switch_workbench_mode":
		return new(SwitchWorkbenchMode)
	default:
		return new(Unknown)
	}
}

// Subscribe: a member may use the app from now on: the app was made visible to
// the member, or a member that it is visible to joined the corp. FromUserName
// is the member.
//
// 「成员关注及取消关注事件」 https://developer.work.weixin.qq.com/document/path/90240
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/90376
type Subscribe struct {
	Header

	EventKey string // empty, for all the page tells
}

func (v *Subscribe) decode(e element) { v.EventKey = e.text("EventKey") }

// Unsubscribe: a member may use the app no more: it is no longer visible to the
// member, or the member left the corp or was disabled. FromUserName is the
// member.
//
// 「成员关注及取消关注事件」 https://developer.work.weixin.qq.com/document/path/90240
type Unsubscribe struct {
	Header

	EventKey string // empty, for all the page tells
}

func (v *Unsubscribe) decode(e element) { v.EventKey = e.text("EventKey") }

// EnterAgent: a member opened the app. FromUserName is the member.
//
// 「进入应用」 https://developer.work.weixin.qq.com/document/path/90240
type EnterAgent struct {
	Header

	EventKey string // empty, for all the page tells
}

func (v *EnterAgent) decode(e element) { v.EventKey = e.text("EventKey") }

// ShareAgentChange: the app was shared with a subordinate corp (企业互联), or is
// shared with one no more.
//
// 「企业互联共享应用事件回调」 https://developer.work.weixin.qq.com/document/path/90240
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/93373
//
// AgentID is the app of the corp that shares it. An app of the corp finds that
// corp in ToUserName, a third-party app in CorpID.
type ShareAgentChange struct {
	Header

	CorpID string // the corp that shares; third-party apps only
	AppID  string // number in an old suite of several apps; third-party apps only
}

func (v *ShareAgentChange) decode(e element) {
	v.CorpID = e.text("CorpId")
	v.AppID = e.word("AppId")
}

// ShareChainChange: the app was shared with a downstream corp (上下游), or is
// shared with one no more.
//
// 「上下游共享应用事件回调」 https://developer.work.weixin.qq.com/document/path/90240
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/93373
//
// AgentID is the app of the upstream corp. An app of the corp finds that corp
// in ToUserName, a third-party app in CorpID.
type ShareChainChange struct {
	Header

	CorpID string // the upstream corp; third-party apps only
	AppID  string // number in an old suite of several apps; third-party apps only
}

func (v *ShareChainChange) decode(e element) {
	v.CorpID = e.text("CorpId")
	v.AppID = e.word("AppId")
}

// InactiveAlert: nobody has used the app for long, and WeCom will disable it.
//
// 「长期未使用应用停用预警事件」 https://developer.work.weixin.qq.com/document/path/90240
type InactiveAlert struct {
	Header

	EffectTime wecom.UnixTime // when
}

func (v *InactiveAlert) decode(e element) { v.EffectTime = e.time("EffectTime") }

// CloseInactiveAgent: nobody has used the app for long, and WeCom disabled it.
//
// 「长期未使用应用临时停用事件」 https://developer.work.weixin.qq.com/document/path/90240
type CloseInactiveAgent struct{ Header }

func (*CloseInactiveAgent) decode(element) {}

// ReopenInactiveAgent: an administrator enabled the app again after
// [CloseInactiveAgent].
//
// 「长期未使用应用重新启用事件」 https://developer.work.weixin.qq.com/document/path/90240
type ReopenInactiveAgent struct{ Header }

func (*ReopenInactiveAgent) decode(element) {}

// LowActiveAlert: the app has been used little for long, and WeCom will restrict
// what it may read of customers.
//
// 「应用低活跃预警事件」 https://developer.work.weixin.qq.com/document/path/90240
type LowActiveAlert struct {
	Header

	EffectTime wecom.UnixTime // when
}

func (v *LowActiveAlert) decode(e element) { v.EffectTime = e.time("EffectTime") }

// LowActive: the app is one of little use now, and restricted in what it may
// read of customers.
//
// 「低活跃应用事件」 https://developer.work.weixin.qq.com/document/path/90240
type LowActive struct{ Header }

func (*LowActive) decode(element) {}

// ActiveRestored: the app is used enough again after [LowActive].
//
// 「低活跃应用活跃恢复事件」 https://developer.work.weixin.qq.com/document/path/90240
type ActiveRestored struct{ Header }

func (*ActiveRestored) decode(element) {}

// ChangeAppAdmin: the app has other administrators. Read who they are now.
// Third-party apps get it at the URL for data.
//
// 「应用管理员变更通知」 https://developer.work.weixin.qq.com/document/path/95038
type ChangeAppAdmin struct{ Header }

func (*ChangeAppAdmin) decode(element) {}

// SwitchWorkbenchMode: an administrator let the app show content of its own in
// the workbench, or stopped that. Third-party apps get it at the URL for data.
//
// 「修改设置工作台自定义开关事件推送」 https://developer.work.weixin.qq.com/document/path/92535
type SwitchWorkbenchMode struct {
	Header

	Mode WorkbenchMode // what it is now
}

// WorkbenchMode says whether an app shows content of its own in the workbench.
type WorkbenchMode int

// The modes.
const (
	WorkbenchModeOff WorkbenchMode = 0 // 关闭工作台自定义模式
	WorkbenchModeOn  WorkbenchMode = 1 // 开启工作台自定义模式
)

func (v *SwitchWorkbenchMode) decode(e element) { v.Mode = WorkbenchMode(e.int("Mode")) }

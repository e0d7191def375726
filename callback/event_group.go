package callback

func newGroupEvent(h *Header) Event {
	switch h.ChangeType {
	case "create":
		return new(CreateExternalChat)
	case "update":
		return new(UpdateExternalChat)
	case "dismiss":
		return new(DismissExternalChat)
	default:
		return new(Unknown)
	}
}

// CreateExternalChat: there is a new customer group.
//
// 「客户群创建事件」 https://developer.work.weixin.qq.com/document/path/92130
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/92277
type CreateExternalChat struct {
	Header

	ChatID string // the group
}

func (v *CreateExternalChat) decode(e element) { v.ChatID = e.text("ChatId") }

// UpdateExternalChat: a customer group has another name, owner, notice, or
// other members. The group's details may trail the event by some two seconds.
//
// 「客户群变更事件」 https://developer.work.weixin.qq.com/document/path/92130
//
// LastMemVer shows whether an event was lost or overtaken: [ChatVersions] says
// when MemChangeList can be applied, and when to read the whole group.
type UpdateExternalChat struct {
	Header

	ChatID       string       // the group
	UpdateDetail UpdateDetail // what changed

	// The rest is set when members came or went.
	JoinScene     JoinScene // how they came; means nothing unless UpdateDetail is [UpdateDetailAddMember]
	QuitScene     QuitScene // how they went; means nothing unless UpdateDetail is [UpdateDetailDelMember]
	MemChangeCnt  int       // how many
	MemChangeList []string  // who
	LastMemVer    string    // version of the member list before
	CurMemVer     string    // and after
}

// UpdateDetail says what changed in a customer group.
type UpdateDetail string

// The changes.
const (
	UpdateDetailAddMember    UpdateDetail = "add_member"    // 成员入群
	UpdateDetailDelMember    UpdateDetail = "del_member"    // 成员退群
	UpdateDetailChangeOwner  UpdateDetail = "change_owner"  // 群主变更
	UpdateDetailChangeName   UpdateDetail = "change_name"   // 群名变更
	UpdateDetailChangeNotice UpdateDetail = "change_notice" // 群公告变更
)

// JoinScene says how members came into a customer group. The numbers differ
// from join_scene in the group's details.
type JoinScene int

// The ways in.
const (
	JoinSceneInvited JoinScene = 0 // 由成员邀请入群（包括直接邀请入群和通过邀请链接入群）
	JoinSceneQRCode  JoinScene = 3 // 通过扫描群二维码入群
)

// QuitScene says how members left a customer group.
type QuitScene int

// The ways out.
const (
	QuitSceneLeft    QuitScene = 0 // 自己退群
	QuitSceneRemoved QuitScene = 1 // 群主/群管理员移出
)

func (v *UpdateExternalChat) decode(e element) {
	v.ChatID = e.text("ChatId")
	v.UpdateDetail = UpdateDetail(e.word("UpdateDetail"))
	v.JoinScene = JoinScene(e.int("JoinScene"))
	v.QuitScene = QuitScene(e.int("QuitScene"))
	v.MemChangeCnt = int(e.int("MemChangeCnt"))
	v.MemChangeList = e.list("MemChangeList")
	v.LastMemVer = e.text("LastMemVer")
	v.CurMemVer = e.text("CurMemVer")
}

// DismissExternalChat: the owner dissolved a customer group.
//
// 「客户群解散事件」 https://developer.work.weixin.qq.com/document/path/92130
type DismissExternalChat struct {
	Header

	ChatID string // the group
}

func (v *DismissExternalChat) decode(e element) { v.ChatID = e.text("ChatId") }

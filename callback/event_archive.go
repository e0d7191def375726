package callback

func newArchiveEvent(h *Header) Event {
	switch h.event() {
	case "msgaudit_notify":
		return new(MsgAuditNotify)
	case "conversation_new_message":
		return new(ConversationNewMessage)
	case "hit_keyword":
		return new(HitKeyword)
	case "chat_archive_audit_approved_single":
		return new(ChatArchiveAuditApprovedSingle)
	case "chat_archive_audit_approved_room":
		return new(ChatArchiveAuditApprovedRoom)
	case "chat_archive_export_finished":
		return new(ChatArchiveExportFinished)
	case "program_notify":
		return new(ProgramNotify)
	case "file_content_archive_auth_change":
		return new(FileContentArchiveAuthChange)
	case "file_content_archive_user_list_change":
		return new(FileContentArchiveUserListChange)
	default:
		return new(Unknown)
	}
}

// MsgAuditNotify: there are new messages in the chat archive of a corp that
// keeps one itself. It comes every 15 seconds at most.
//
// 「产生会话回调事件」 https://developer.work.weixin.qq.com/document/path/95039
//
// A customer's consent is a [MsgAuditApproved].
type MsgAuditNotify struct{ Header }

func (*MsgAuditNotify) decode(element) {}

// ConversationNewMessage: a corp that lets a provider archive its chats has
// new messages. At least one member of the chat is among those whom the corp
// chose.
//
// 「产生会话回调事件」 https://developer.work.weixin.qq.com/document/path/97085
//
// Apps built for one corp: https://developer.work.weixin.qq.com/document/path/99682
type ConversationNewMessage struct {
	Header

	Token string // reads the messages within ten minutes; at most 128 bytes
}

func (v *ConversationNewMessage) decode(e element) { v.Token = e.text("Token") }

// HitKeyword: a message in the chat archive meets one of the provider's rules
// of keywords.
//
// 「命中关键词规则通知」 https://developer.work.weixin.qq.com/document/path/97244
type HitKeyword struct {
	Header

	Token string // reads the messages within ten minutes; at most 128 bytes
}

func (v *HitKeyword) decode(e element) { v.Token = e.text("Token") }

// ChatArchiveAuditApprovedSingle: a customer agreed to have the chat with a
// member archived by a provider.
//
// 「客户同意进行聊天内容存档事件回调」 https://developer.work.weixin.qq.com/document/path/99532
type ChatArchiveAuditApprovedSingle struct {
	Header

	OpenUserID     string // the member
	ExternalUserID string // the customer
	ChatID         string // normally empty: consent in a group is a [ChatArchiveAuditApprovedRoom]
}

func (v *ChatArchiveAuditApprovedSingle) decode(e element) {
	v.OpenUserID = e.text("OpenUserID")
	v.ExternalUserID = e.text("ExternalUserID")
	v.ChatID = e.text("ChatId")
}

// ChatArchiveAuditApprovedRoom: a customer agreed to have a group chat archived
// by a provider.
//
// 「客户同意进行聊天内容存档事件回调」 https://developer.work.weixin.qq.com/document/path/99532
type ChatArchiveAuditApprovedRoom struct {
	Header

	ExternalUserID string // the customer
	ChatID         string // the group
}

func (v *ChatArchiveAuditApprovedRoom) decode(e element) {
	v.ExternalUserID = e.text("ExternalUserID")
	v.ChatID = e.text("ChatId")
}

// ChatArchiveExportFinished: an export of archived chats is done.
//
// 「会话内容导出完成通知」 https://developer.work.weixin.qq.com/document/path/97244
type ChatArchiveExportFinished struct {
	Header

	JobID string // reads the result within 24 hours; at most 64 bytes
}

func (v *ChatArchiveExportFinished) decode(e element) { v.JobID = e.text("JobId") }

// ProgramNotify: a program in WeCom's data zone (数据与智能专区) has something for
// the app. chatdata/sync_call_program with NotifyID asks it what.
//
// 「应用接收专区通知」 https://developer.work.weixin.qq.com/document/path/100048
type ProgramNotify struct {
	Header

	NotifyID    string // valid for ten minutes; at most 128 bytes
	NotifyScene int64  // 0 to 255, whatever the program said it is
}

func (v *ProgramNotify) decode(e element) {
	v.NotifyID = e.text("NotifyId")
	v.NotifyScene = e.int("NotifyScene")
}

// FileContentArchiveAuthChange: the corp changed whose files are archived.
//
// 「应用被存档成员变更回调」 https://developer.work.weixin.qq.com/document/path/101701
type FileContentArchiveAuthChange struct{ Header }

func (*FileContentArchiveAuthChange) decode(element) {}

// FileContentArchiveUserListChange: members were added to those whose files are
// archived, or taken from them, for instance because what was bought expired.
// Read the list again.
//
// 「存档成员范围变化事件」 https://developer.work.weixin.qq.com/document/path/101701
type FileContentArchiveUserListChange struct{ Header }

func (*FileContentArchiveUserListChange) decode(element) {}

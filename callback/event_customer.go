package callback

func newCustomerEvent(h *Header) Event {
	switch h.ChangeType {
	case "add_external_contact":
		return new(AddExternalContact)
	case "edit_external_contact":
		return new(EditExternalContact)
	case "add_half_external_contact":
		return new(AddHalfExternalContact)
	case "del_external_contact":
		return new(DelExternalContact)
	case "del_follow_user":
		return new(DelFollowUser)
	case "transfer_fail":
		return new(TransferFail)
	case "msg_audit_approved":
		return new(MsgAuditApproved)
	default:
		return new(Unknown)
	}
}

// AddExternalContact: a member added a customer, or accepted one.
//
// 「添加企业客户事件」 https://developer.work.weixin.qq.com/document/path/92130
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/92277
type AddExternalContact struct {
	Header

	UserID         string // the member
	ExternalUserID string // the customer
	State          string // of the contact way, or customer_channel of the acquisition link, that the customer came by

	// WelcomeCode sends one welcome message within 20 seconds. It is empty if
	// the two already chat, if the code of [AddHalfExternalContact] was used,
	// and for contacts who use WeCom themselves.
	WelcomeCode string
}

func (v *AddExternalContact) decode(e element) {
	v.UserID = e.text("UserID")
	v.ExternalUserID = e.text("ExternalUserID")
	v.State = e.text("State")
	v.WelcomeCode = e.text("WelcomeCode")
}

// EditExternalContact: a member changed the remark, mobile numbers or tags of
// a customer. Third-party apps are not told of mobile numbers.
//
// 「编辑企业客户事件」 https://developer.work.weixin.qq.com/document/path/92130
type EditExternalContact struct {
	Header

	UserID         string // the member
	ExternalUserID string // the customer
}

func (v *EditExternalContact) decode(e element) {
	v.UserID = e.text("UserID")
	v.ExternalUserID = e.text("ExternalUserID")
}

// AddHalfExternalContact: a customer added a member who lets everybody do so,
// and the member has not added the customer yet.
//
// 「外部联系人免验证添加成员事件」 https://developer.work.weixin.qq.com/document/path/92130
type AddHalfExternalContact struct {
	Header

	UserID         string // the member
	ExternalUserID string // the customer
	State          string // of the contact way, or customer_channel of the acquisition link, that the customer came by
	WelcomeCode    string // sends one welcome message within 20 seconds; empty if the two already chat
}

func (v *AddHalfExternalContact) decode(e element) {
	v.UserID = e.text("UserID")
	v.ExternalUserID = e.text("ExternalUserID")
	v.State = e.text("State")
	v.WelcomeCode = e.text("WelcomeCode")
}

// DelExternalContact: a member deleted a customer.
//
// 「删除企业客户事件」 https://developer.work.weixin.qq.com/document/path/92130
type DelExternalContact struct {
	Header

	UserID         string    // the member
	ExternalUserID string    // the customer
	Source         DelSource // empty if WeCom names none
}

// DelSource says what made a member lose a customer.
type DelSource string

// DelSourceTransfer 此客户是因在职继承自动被转接成员删除: the customer was handed to
// another member, and deleted for that.
const DelSourceTransfer DelSource = "DELETE_BY_TRANSFER"

func (v *DelExternalContact) decode(e element) {
	v.UserID = e.text("UserID")
	v.ExternalUserID = e.text("ExternalUserID")
	v.Source = DelSource(e.word("Source"))
}

// DelFollowUser: a customer deleted a member.
//
// 「删除跟进成员事件」 https://developer.work.weixin.qq.com/document/path/92130
type DelFollowUser struct {
	Header

	UserID         string // the member
	ExternalUserID string // the customer
}

func (v *DelFollowUser) decode(e element) {
	v.UserID = e.text("UserID")
	v.ExternalUserID = e.text("ExternalUserID")
}

// TransferFail: a customer was handed to another member, and that failed.
//
// 「客户接替失败事件」 https://developer.work.weixin.qq.com/document/path/92130
//
// Only for apps that may assign customers. If nobody else in the corp follows
// the customer, the customer can no longer be read.
type TransferFail struct {
	Header

	UserID         string     // the member who should have taken over
	ExternalUserID string     // the customer
	FailReason     FailReason // why
}

// FailReason says why a customer could not be handed over.
type FailReason string

// The reasons.
const (
	FailReasonRefused FailReason = "customer_refused"      // 客户拒绝
	FailReasonLimit   FailReason = "customer_limit_exceed" // 接替成员的客户数达到上限
)

func (v *TransferFail) decode(e element) {
	v.UserID = e.text("UserID")
	v.ExternalUserID = e.text("ExternalUserID")
	v.FailReason = FailReason(e.word("FailReason"))
}

// MsgAuditApproved: a customer agreed to have the chat with a member archived.
//
// 「客户同意进行聊天内容存档事件回调」 https://developer.work.weixin.qq.com/document/path/92005
type MsgAuditApproved struct {
	Header

	UserID         string // the member
	ExternalUserID string // the customer
	WelcomeCode    string // as in [AddExternalContact]
}

func (v *MsgAuditApproved) decode(e element) {
	v.UserID = e.text("UserID")
	v.ExternalUserID = e.text("ExternalUserID")
	v.WelcomeCode = e.text("WelcomeCode")
}

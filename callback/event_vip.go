package callback

func newVIPEvent(h *Header) Event {
	switch h.event() {
	case "submit_vip_account_approval":
		return new(SubmitVIPAccountApproval)
	case "finish_vip_account_approval":
		return new(FinishVIPAccountApproval)
	default:
		return new(Unknown)
	}
}

// VIPBusinessType is what an advanced account is for.
type VIPBusinessType int

// The areas.
const (
	VIPBusinessTypeMail    VIPBusinessType = 1 // 邮件
	VIPBusinessTypeDoc     VIPBusinessType = 2 // 文档
	VIPBusinessTypeDrive   VIPBusinessType = 3 // 微盘
	VIPBusinessTypeMeeting VIPBusinessType = 4 // 会议
)

// SubmitVIPAccountApproval: a member applied for an advanced account.
// FromUserName is that member. Only if the corp lets the API decide on
// applications.
//
// 「成员申请的提交回调」 https://developer.work.weixin.qq.com/document/path/99876
type SubmitVIPAccountApproval struct {
	Header

	ApplyReason  string          // in the member's words
	BusinessType VIPBusinessType // what for
	ApplyID      string          // the application
}

func (v *SubmitVIPAccountApproval) decode(e element) {
	v.ApplyReason = e.text("ApplyReason")
	v.BusinessType = VIPBusinessType(e.int("BusinessType"))
	v.ApplyID = e.text("ApplyId")
}

// VIPFinishType is how an application for an advanced account ended.
type VIPFinishType int

// The ends.
const (
	VIPFinishTypeRejected VIPFinishType = 1 // 管理员驳回
	VIPFinishTypeAssigned VIPFinishType = 2 // 高级账号分配
	VIPFinishTypeDeleted  VIPFinishType = 3 // 成员删除申请
)

// FinishVIPAccountApproval: an application for an advanced account came to its
// end.
//
// 「成员申请的终止回调」 https://developer.work.weixin.qq.com/document/path/99877
type FinishVIPAccountApproval struct {
	Header

	FinishType VIPFinishType // how
	ApplyID    string        // the application
}

func (v *FinishVIPAccountApproval) decode(e element) {
	v.FinishType = VIPFinishType(e.int("FinishType"))
	v.ApplyID = e.text("ApplyId")
}

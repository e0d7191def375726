package callback

import "github.com/wecomkit/wecom-go/wecom"

func newApprovalEvent(h *Header) Event {
	switch h.event() {
	case "open_approval_change":
		return new(OpenApprovalChange)
	case "sys_approval_change":
		return new(SysApprovalChange)
	default:
		return new(Unknown)
	}
}

// OpenApprovalChange: a request that an app put to the approval engine has
// another state, or one of its approvers did something while it is open.
//
// 「审批状态通知事件」 https://developer.work.weixin.qq.com/document/path/90240
//
// More about it: https://developer.work.weixin.qq.com/document/path/90269
type OpenApprovalChange struct {
	Header

	ApprovalInfo OpenApprovalInfo // the request as it is now
}

func (v *OpenApprovalChange) decode(e element) {
	info := e.find("ApprovalInfo")
	v.ApprovalInfo = OpenApprovalInfo{
		ThirdNo:        info.text("ThirdNo"),
		OpenSpName:     info.text("OpenSpName"),
		OpenTemplateID: info.text("OpenTemplateId"),
		OpenSpStatus:   OpenSpStatus(info.int("OpenSpStatus")),
		ApplyTime:      info.time("ApplyTime"),
		ApplyUserName:  info.text("ApplyUserName"),
		ApplyUserID:    info.text("ApplyUserId"),
		ApplyUserParty: info.text("ApplyUserParty"),
		ApplyUserImage: info.text("ApplyUserImage"),
		ApprovalNodes:  each(info.find("ApprovalNodes"), "ApprovalNode", readApprovalNode),
		NotifyNodes:    each(info.find("NotifyNodes"), "NotifyNode", readNotifyNode),
		ApproverStep:   int(info.int("ApproverStep")),
	}
}

// OpenApprovalInfo is a request that an app put to the approval engine.
type OpenApprovalInfo struct {
	ThirdNo        string         // number that the app gave it
	OpenSpName     string         // name of the template
	OpenTemplateID string         // the template
	OpenSpStatus   OpenSpStatus   // state of the whole request
	ApplyTime      wecom.UnixTime // when it was made
	ApplyUserName  string         // name of the member who asks
	ApplyUserID    string         // the member
	ApplyUserParty string         // the member's department
	ApplyUserImage string         // URL of the member's picture
	ApprovalNodes  []ApprovalNode // the steps
	NotifyNodes    []NotifyNode   // who gets a copy
	ApproverStep   int            // index of the current step in ApprovalNodes
}

// OpenSpStatus is the state of a request put by an app.
type OpenSpStatus int

// The states.
const (
	OpenSpStatusPending  OpenSpStatus = 1 // 审批中
	OpenSpStatusApproved OpenSpStatus = 2 // 已通过
	OpenSpStatusRejected OpenSpStatus = 3 // 已驳回
	OpenSpStatusCanceled OpenSpStatus = 4 // 已撤销
)

// An ApprovalNode is one step of a request put by an app.
type ApprovalNode struct {
	NodeStatus ApprovalStatus   // state of the step
	NodeAttr   ApproverAttr     // whether one approver is enough
	NodeType   ApprovalNodeType // how the approvers are found
	Items      []ApprovalItem   // the approvers; several if they are found by a tag or as superiors
}

func readApprovalNode(e element) ApprovalNode {
	return ApprovalNode{
		NodeStatus: ApprovalStatus(e.int("NodeStatus")),
		NodeAttr:   ApproverAttr(e.int("NodeAttr")),
		NodeType:   ApprovalNodeType(e.int("NodeType")),
		Items:      each(e.find("Items"), "Item", readApprovalItem),
	}
}

// ApprovalStatus is what became of one step, or of one approver's part in it.
type ApprovalStatus int

// The states. Those after 4 are used in [ProcessNode] alone.
const (
	ApprovalStatusPending          ApprovalStatus = 1  // 审批中
	ApprovalStatusApproved         ApprovalStatus = 2  // 已同意
	ApprovalStatusRejected         ApprovalStatus = 3  // 已驳回
	ApprovalStatusForwarded        ApprovalStatus = 4  // 已转审
	ApprovalStatusReturned         ApprovalStatus = 11 // 退回给指定审批人
	ApprovalStatusAdded            ApprovalStatus = 12 // 加签
	ApprovalStatusApprovedAndAdded ApprovalStatus = 13 // 同意并加签
	ApprovalStatusHandled          ApprovalStatus = 14 // 办理
	ApprovalStatusHandedOver       ApprovalStatus = 15 // 转交
)

// ApproverAttr says whether one approver is enough. [ApvRel] has the two
// numbers the other way round.
type ApproverAttr int

// The ways.
const (
	ApproverAttrAny ApproverAttr = 1 // 或签
	ApproverAttrAll ApproverAttr = 2 // 会签
)

// ApprovalNodeType says how the approvers of a step are found.
type ApprovalNodeType int

// The ways.
const (
	ApprovalNodeTypeMember   ApprovalNodeType = 1 // 固定成员
	ApprovalNodeTypeTag      ApprovalNodeType = 2 // 标签
	ApprovalNodeTypeSuperior ApprovalNodeType = 3 // 上级
)

// An ApprovalItem is one approver's part in a step.
type ApprovalItem struct {
	ItemName   string         // name of the approver
	ItemUserID string         // the approver
	ItemParty  string         // the approver's department; may be missing
	ItemImage  string         // URL of the approver's picture
	ItemStatus ApprovalStatus // what the approver did
	ItemSpeech string         // what the approver says
	ItemOpTime wecom.UnixTime // when; zero if not yet
}

func readApprovalItem(e element) ApprovalItem {
	return ApprovalItem{
		ItemName:   e.text("ItemName"),
		ItemUserID: e.text("ItemUserid"),
		ItemParty:  e.text("ItemParty"),
		ItemImage:  e.text("ItemImage"),
		ItemStatus: ApprovalStatus(e.int("ItemStatus")),
		ItemSpeech: e.text("ItemSpeech"),
		ItemOpTime: e.time("ItemOpTime"),
	}
}

// A NotifyNode is a member who gets a copy of a request.
type NotifyNode struct {
	ItemName   string // the member's name
	ItemUserID string // the member
	ItemParty  string // the member's department; may be missing
	ItemImage  string // URL of the member's picture
}

func readNotifyNode(e element) NotifyNode {
	return NotifyNode{
		ItemName:   e.text("ItemName"),
		ItemUserID: e.text("ItemUserid"),
		ItemParty:  e.text("ItemParty"),
		ItemImage:  e.text("ItemImage"),
	}
}

// SysApprovalChange: something happened to a request in WeCom's own approval
// app (审批), of a template that the app is told of.
//
// 「审批申请状态变化回调通知」 https://developer.work.weixin.qq.com/document/path/91815
type SysApprovalChange struct {
	Header

	ApprovalInfo SysApprovalInfo // the request as it is now
}

func (v *SysApprovalChange) decode(e element) {
	info := e.find("ApprovalInfo")
	v.ApprovalInfo = SysApprovalInfo{
		SpNoStr:           info.text("SpNoStr"),
		SpNo:              info.word("SpNo"),
		SpName:            info.text("SpName"),
		SpStatus:          SpStatus(info.int("SpStatus")),
		TemplateID:        info.text("TemplateId"),
		ApplyTime:         info.time("ApplyTime"),
		Applyer:           readApplyer(info.find("Applyer")),
		SpRecord:          each(info, "SpRecord", readSpRecord),
		Notifyer:          each(info, "Notifyer", readApprovalUser),
		ProcessList:       ProcessList{NodeList: each(info.find("ProcessList"), "NodeList", readProcessNode)},
		Comments:          each(info, "Comments", readApprovalComment),
		StatusChangeEvent: StatusChangeEvent(info.int("StatuChangeEvent")),
	}
}

// SysApprovalInfo is a request in WeCom's own approval app.
type SysApprovalInfo struct {
	SpNoStr           string            // the request's number
	SpNo              string            // the same, from before SpNoStr; missing for requests between an education bureau and its schools
	SpName            string            // name of the template
	SpStatus          SpStatus          // state of the whole request
	TemplateID        string            // the template
	ApplyTime         wecom.UnixTime    // when it was made
	Applyer           Applyer           // who asks
	SpRecord          []SpRecord        // the steps of approvers
	Notifyer          []ApprovalUser    // who gets a copy
	ProcessList       ProcessList       // all steps, with copies and handling
	Comments          []ApprovalComment // what was noted
	StatusChangeEvent StatusChangeEvent // what happened
}

// SpStatus is the state of a request in WeCom's own approval app.
type SpStatus int

// The states.
const (
	SpStatusPending               SpStatus = 1  // 审批中
	SpStatusApproved              SpStatus = 2  // 已通过
	SpStatusRejected              SpStatus = 3  // 已驳回
	SpStatusCanceled              SpStatus = 4  // 已撤销
	SpStatusCanceledAfterApproval SpStatus = 6  // 通过后撤销
	SpStatusDeleted               SpStatus = 7  // 已删除
	SpStatusPaid                  SpStatus = 10 // 已支付
)

// StatusChangeEvent is what happened to a request. On the wire it is
// StatuChangeEvent.
type StatusChangeEvent int

// What can happen.
const (
	StatusChangeEventSubmitted             StatusChangeEvent = 1  // 提单
	StatusChangeEventApproved              StatusChangeEvent = 2  // 同意
	StatusChangeEventRejected              StatusChangeEvent = 3  // 驳回
	StatusChangeEventForwarded             StatusChangeEvent = 4  // 转审
	StatusChangeEventUrged                 StatusChangeEvent = 5  // 催办
	StatusChangeEventCanceled              StatusChangeEvent = 6  // 撤销
	StatusChangeEventCanceledAfterApproval StatusChangeEvent = 8  // 通过后撤销
	StatusChangeEventCommented             StatusChangeEvent = 10 // 添加备注
	StatusChangeEventReturned              StatusChangeEvent = 11 // 回退给指定审批人
	StatusChangeEventApproverAdded         StatusChangeEvent = 12 // 添加审批人
	StatusChangeEventApprovedAndAdded      StatusChangeEvent = 13 // 加签并同意
	StatusChangeEventHandled               StatusChangeEvent = 14 // 已办理
	StatusChangeEventHandedOver            StatusChangeEvent = 15 // 已转交
)

// Applyer is the member who asks.
type Applyer struct {
	UserID string // the member
	Party  int64  // the member's department
}

func readApplyer(e element) Applyer {
	return Applyer{UserID: e.text("UserId"), Party: e.int("Party")}
}

// An ApprovalUser is a member who takes part in a request.
type ApprovalUser struct {
	UserID string // the member
}

func readApprovalUser(e element) ApprovalUser { return ApprovalUser{UserID: e.text("UserId")} }

// An SpRecord is one step of approvers.
type SpRecord struct {
	SpStatus     ApprovalStatus // state of the step
	ApproverAttr ApproverAttr   // whether one approver is enough
	Details      []SpDetail     // the approvers; several if they are found by a tag or as superiors
}

func readSpRecord(e element) SpRecord {
	return SpRecord{
		SpStatus:     ApprovalStatus(e.int("SpStatus")),
		ApproverAttr: ApproverAttr(e.int("ApproverAttr")),
		Details:      each(e, "Details", readSpDetail),
	}
}

// An SpDetail is one approver's part in a step.
type SpDetail struct {
	Approver ApprovalUser   // the approver
	Speech   string         // what the approver says
	SpStatus ApprovalStatus // what the approver did
	SpTime   wecom.UnixTime // when; zero if not yet
	Attach   []string       // media ids of files
}

func readSpDetail(e element) SpDetail {
	return SpDetail{
		Approver: readApprovalUser(e.find("Approver")),
		Speech:   e.text("Speech"),
		SpStatus: ApprovalStatus(e.int("SpStatus")),
		SpTime:   e.time("SpTime"),
		Attach:   e.list("Attach"),
	}
}

// ProcessList is all steps of a request.
type ProcessList struct {
	NodeList []ProcessNode
}

// A ProcessNode is one step of a request: of approvers, of members who get a
// copy, or of members who handle it.
type ProcessNode struct {
	NodeType    ProcessNodeType  // what the step is
	SpStatus    ApprovalStatus   // state of the step; 0 for copies
	ApvRel      ApvRel           // how several members share it; 0 for copies
	SubNodeList []ProcessSubNode // the members
}

func readProcessNode(e element) ProcessNode {
	return ProcessNode{
		NodeType:    ProcessNodeType(e.int("NodeType")),
		SpStatus:    ApprovalStatus(e.int("SpStatus")),
		ApvRel:      ApvRel(e.int("ApvRel")),
		SubNodeList: each(e, "SubNodeList", readProcessSubNode),
	}
}

// ProcessNodeType says what a step is.
type ProcessNodeType int

// The steps.
const (
	ProcessNodeTypeApprover ProcessNodeType = 1 // 审批人
	ProcessNodeTypeNotifyer ProcessNodeType = 2 // 抄送人
	ProcessNodeTypeHandler  ProcessNodeType = 3 // 办理人
)

// ApvRel says how several members share a step. [ApproverAttr] has the first
// two numbers the other way round.
type ApvRel int

// The ways.
const (
	ApvRelAll     ApvRel = 1 // 会签
	ApvRelAny     ApvRel = 2 // 或签
	ApvRelInOrder ApvRel = 3 // 依次审批
)

// A ProcessSubNode is one member's part in a step. For one who gets a copy it
// is UserInfo alone.
type ProcessSubNode struct {
	UserInfo ApprovalUser   // the member
	Speech   string         // what the member says
	SpYj     ApprovalStatus // what the member did
	SpTime   wecom.UnixTime // when; zero if not yet
	MediaIDs []string       // media ids of files
}

func readProcessSubNode(e element) ProcessSubNode {
	return ProcessSubNode{
		UserInfo: readApprovalUser(e.find("UserInfo")),
		Speech:   e.text("Speech"),
		SpYj:     ApprovalStatus(e.int("SpYj")),
		SpTime:   e.time("Sptime"),
		MediaIDs: e.list("MediaIds"),
	}
}

// An ApprovalComment is a note to a request.
type ApprovalComment struct {
	CommentUserInfo ApprovalUser   // whose it is
	CommentTime     wecom.UnixTime // when it was written
	CommentContent  string         // the note
	CommentID       string         // its id
	Attach          []string       // media ids of files
}

func readApprovalComment(e element) ApprovalComment {
	return ApprovalComment{
		CommentUserInfo: readApprovalUser(e.find("CommentUserInfo")),
		CommentTime:     e.time("CommentTime"),
		CommentContent:  e.text("CommentContent"),
		CommentID:       e.text("CommentId"),
		Attach:          e.list("Attach"),
	}
}

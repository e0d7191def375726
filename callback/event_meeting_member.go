package callback

// JoinMeeting: somebody, host or not, entered a meeting.
//
// 「成员入会事件」 https://developer.work.weixin.qq.com/document/path/98348
type JoinMeeting struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *JoinMeeting) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// QuitMeeting: somebody, host or not, left a meeting.
//
// 「成员离会事件」 https://developer.work.weixin.qq.com/document/path/98352
type QuitMeeting struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *QuitMeeting) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// JoinMeetingBeforeHost: somebody entered a meeting whose host is not there yet.
// Only if the meeting lets them in before the host.
//
// 「成员等待主持人入会事件」 https://developer.work.weixin.qq.com/document/path/98353
type JoinMeetingBeforeHost struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *JoinMeetingBeforeHost) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// JoinWaitingRoom: somebody came into the waiting room of a meeting.
//
// 「成员进入等候室事件」 https://developer.work.weixin.qq.com/document/path/98354
type JoinWaitingRoom struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *JoinWaitingRoom) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// MeetingUser is somebody in a meeting.
type MeetingUser struct {
	UserID    string // the member; empty for somebody outside the corp
	TmpOpenID string // the same person, by an id within this meeting
}

func readMeetingUser(e element) MeetingUser {
	return MeetingUser{UserID: e.text("UserId"), TmpOpenID: e.text("TmpOpenId")}
}

// QuitWaitingRoom: somebody left the waiting room of a meeting, or was removed
// from it by the host.
//
// 「成员离开等候室事件」 https://developer.work.weixin.qq.com/document/path/98355
type QuitWaitingRoom struct {
	Header

	MeetingID         string      // the meeting
	FromUserTmpOpenID string      // who did it, by an id within this meeting; empty if WeCom did
	OperatedUser      MeetingUser // whom it happened to
}

func (v *QuitWaitingRoom) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
	v.OperatedUser = readMeetingUser(e.find("OperatedUser"))
}

// JoinFromMeetingRoom: the host let somebody in from the waiting room.
//
// 「成员从等候室进入会议事件」 https://developer.work.weixin.qq.com/document/path/98393
type JoinFromMeetingRoom struct {
	Header

	MeetingID         string      // the meeting
	FromUserTmpOpenID string      // who did it, by an id within this meeting; empty if WeCom did
	OperatedUser      MeetingUser // whom it happened to
}

func (v *JoinFromMeetingRoom) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
	v.OperatedUser = readMeetingUser(e.find("OperatedUser"))
}

// MoveToWaitingRoom: the host moved somebody from a meeting to its waiting room.
//
// 「成员从会议中被移入等候室事件」 https://developer.work.weixin.qq.com/document/path/98394
type MoveToWaitingRoom struct {
	Header

	MeetingID         string      // the meeting
	FromUserTmpOpenID string      // who did it, by an id within this meeting; empty if WeCom did
	OperatedUser      MeetingUser // whom it happened to
}

func (v *MoveToWaitingRoom) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
	v.OperatedUser = readMeetingUser(e.find("OperatedUser"))
}

// OpenScreenShare: somebody began to share a screen in a meeting.
//
// 「共享屏幕开启事件」 https://developer.work.weixin.qq.com/document/path/98395
type OpenScreenShare struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *OpenScreenShare) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// CloseScreenShare: somebody stopped to share a screen in a meeting.
//
// 「共享屏幕结束事件」 https://developer.work.weixin.qq.com/document/path/98396
type CloseScreenShare struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *CloseScreenShare) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// MeetingRole is what somebody may do in a meeting or webinar.
type MeetingRole int

// The roles. Those from 30 on exist in webinars.
const (
	MeetingRoleMember        MeetingRole = 0  // 普通成员角色
	MeetingRoleCreator       MeetingRole = 1  // 创建者权限
	MeetingRoleHost          MeetingRole = 2  // 主持人权限
	MeetingRoleCreatorHost   MeetingRole = 3  // 创建者权限+主持人权限
	MeetingRoleGuest         MeetingRole = 4  // 游客
	MeetingRoleGuestHost     MeetingRole = 5  // 游客+主持人权限
	MeetingRoleCoHost        MeetingRole = 6  // 联席主持人
	MeetingRoleCreatorCoHost MeetingRole = 7  // 创建者+联席主持人
	MeetingRoleAPIHost       MeetingRole = 8  // restApi接口指派的主持人
	MeetingRoleInnerPanelist MeetingRole = 30 // 研讨会内部嘉宾
	MeetingRoleOuterPanelist MeetingRole = 31 // 研讨会外部嘉宾
	MeetingRoleLinkPanelist  MeetingRole = 32 // 研讨会邀请链接入会嘉宾
	MeetingRoleAudience      MeetingRole = 33 // 研讨会观众
	MeetingRoleLiveAudience  MeetingRole = 34 // 有音视频权限的研讨会观众
)

// MeetingRoleUser is somebody who got another role.
type MeetingRoleUser struct {
	UserID    string      // the member; empty for somebody outside the corp
	TmpOpenID string      // the same person, by an id within this meeting
	UserRole  MeetingRole // the new role
}

func readMeetingRoleUser(e element) MeetingRoleUser {
	return MeetingRoleUser{UserID: e.text("UserId"), TmpOpenID: e.text("TmpOpenId"), UserRole: MeetingRole(e.int("UserRole"))}
}

// MeetingRoleChange: somebody got another role in a meeting.
//
// 「会议成员角色变更事件」 https://developer.work.weixin.qq.com/document/path/98397
type MeetingRoleChange struct {
	Header

	MeetingID         string          // the meeting
	FromUserTmpOpenID string          // who did it, by an id within this meeting; empty if WeCom did
	OperatedUser      MeetingRoleUser // whose role it is
}

func (v *MeetingRoleChange) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
	v.OperatedUser = readMeetingRoleUser(e.find("OperatedUser"))
}

// WebinarRoleChange: somebody got another role in a webinar.
//
// 「网络研讨会成员角色变更事件」 https://developer.work.weixin.qq.com/document/path/98771
type WebinarRoleChange struct {
	Header

	MeetingID         string          // the meeting
	FromUserTmpOpenID string          // who did it, by an id within this meeting; empty if WeCom did
	OperatedUser      MeetingRoleUser // whose role it is
}

func (v *WebinarRoleChange) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
	v.OperatedUser = readMeetingRoleUser(e.find("OperatedUser"))
}

package callback

// EnrollMeeting: somebody signed up for a meeting or webinar.
//
// 「用户报名事件」 https://developer.work.weixin.qq.com/document/path/98781
type EnrollMeeting struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
	EnrollID          string // the registration
}

func (v *EnrollMeeting) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
	v.EnrollID = e.text("EnrollId")
}

// CancelMeetingEnroll: somebody signed off from a meeting or webinar.
//
// 「用户取消报名事件」 https://developer.work.weixin.qq.com/document/path/98782
type CancelMeetingEnroll struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
	EnrollID          string // the registration
}

func (v *CancelMeetingEnroll) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
	v.EnrollID = e.text("EnrollId")
}

// WarmUpInfo is what a webinar shows before it begins.
type WarmUpInfo struct {
	WarmUpPicture string // URL
	WarmUpVideo   string // URL
	UploadStatus  bool   // whether the upload went well
	ErrorMsg      string // why not
}

func readWarmUpInfo(e element) WarmUpInfo {
	return WarmUpInfo{
		WarmUpPicture: e.text("WarmUpPicture"),
		WarmUpVideo:   e.text("WarmUpVideo"),
		UploadStatus:  e.int("UploadStatus") == 1,
		ErrorMsg:      e.text("ErrorMsg"),
	}
}

// WebinarWarmUpUpload: the picture or video that the API set for the time before
// a webinar was uploaded, or could not be.
//
// 「网络研讨会暖场上传结果」 https://developer.work.weixin.qq.com/document/path/98773
type WebinarWarmUpUpload struct {
	Header

	MeetingID  string     // the meeting
	WarmUpInfo WarmUpInfo // what it was
}

func (v *WebinarWarmUpUpload) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.WarmUpInfo = readWarmUpInfo(e.find("WarmUpInfo"))
}

// MediumType is a kind of uploaded material.
type MediumType int

// The kinds.
const (
	MediumTypeVideo   MediumType = 1 // 视频
	MediumTypePicture MediumType = 2 // 图片
	MediumTypeFile    MediumType = 3 // 文件
)

// UploadInfo is one uploaded material.
type UploadInfo struct {
	MediumURL    string     // where it came from
	MediumType   MediumType // what it is
	UploadStatus bool       // whether the upload went well
	ErrorMsg     string     // why not
}

func readUploadInfo(e element) UploadInfo {
	return UploadInfo{
		MediumURL:    e.text("MediumUrl"),
		MediumType:   MediumType(e.int("MediumType")),
		UploadStatus: e.int("UploadStatus") == 1,
		ErrorMsg:     e.text("ErrorMsg"),
	}
}

// MeetingMediumUpload: materials that the API gave to a meeting were uploaded, or
// could not be. If one failed, upload all of them again.
//
// 「素材上传结果」 https://developer.work.weixin.qq.com/document/path/98775
type MeetingMediumUpload struct {
	Header

	MeetingID       string       // the meeting
	AllUploadStatus bool         // whether all went well
	UploadInfo      []UploadInfo // each of them
}

func (v *MeetingMediumUpload) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.AllUploadStatus = e.word("AllUploadStatus") == "true"
	v.UploadInfo = each(e, "UploadInfo", readUploadInfo)
}

// PstnStatus is how far a call to a telephone is.
type PstnStatus string

// The states. The last is WeCom's spelling.
const (
	PstnStatusStartInvite        PstnStatus = "START_INVITE"         // 开始邀请
	PstnStatusStartAccept        PstnStatus = "START_ACCEPT"         // 用户接听
	PstnStatusLeaveWithoutAccept PstnStatus = "LEAVE_WITHOUT_ACCEPT" // 用户无接听挂断或拒绝
	PstnStatusLeaveWithAccepted  PstnStatus = "LEAVE_WITH_ACCEPTED"  // 用户已接听挂断
	PstnStatusCancelInvite       PstnStatus = "CANCLE_INVITE"        // 呼叫中邀请人主动取消
)

// PstnStatusUpdate: a call from a meeting to a telephone got further.
//
// 「PSTN 外呼状态更新事件」 https://developer.work.weixin.qq.com/document/path/98774
type PstnStatusUpdate struct {
	Header

	MeetingID         string     // the meeting
	FromUserTmpOpenID string     // who did it, by an id within this meeting; empty if WeCom did
	PstnStatus        PstnStatus // how far
}

func (v *PstnStatusUpdate) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
	v.PstnStatus = PstnStatus(e.word("PstnStatus"))
}

// MraProtocol is how a conference device is called.
type MraProtocol int

// The protocols.
const (
	MraProtocolSIP  MraProtocol = 1 // SIP
	MraProtocolH323 MraProtocol = 2 // H.323
)

// MraAddress is a conference device.
type MraAddress struct {
	Protocol   MraProtocol // how it is called
	DialString string      // under which address
}

// RoomResponseStatus is how a room answered.
type RoomResponseStatus int

// The answers.
const (
	RoomResponseStatusNone     RoomResponseStatus = 0 // 无应答
	RoomResponseStatusJoining  RoomResponseStatus = 2 // 入会中
	RoomResponseStatusRejected RoomResponseStatus = 3 // 被拒绝
	RoomResponseStatusCanceled RoomResponseStatus = 5 // 取消呼叫
)

// MeetingRoomResponse: a meeting called a room or a conference device, and this is
// the answer.
//
// 「会议室应答事件」 https://developer.work.weixin.qq.com/document/path/98783
type MeetingRoomResponse struct {
	Header

	MeetingID          string             // the meeting
	FromUserTmpOpenID  string             // who did it, by an id within this meeting; empty if WeCom did
	MeetingRoomID      string             // the room; empty for a device
	MraAddress         *MraAddress        // the device; nil for a room
	RoomResponseStatus RoomResponseStatus // the answer
}

func (v *MeetingRoomResponse) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
	v.MeetingRoomID = e.text("MeetingRoomId")
	if a := e.find("MraAddress"); a.exists() {
		v.MraAddress = &MraAddress{Protocol: MraProtocol(a.int("Protocol")), DialString: a.text("DialString")}
	}
	v.RoomResponseStatus = RoomResponseStatus(e.int("RoomResponseStatus"))
}

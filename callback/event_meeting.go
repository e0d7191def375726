package callback

func newMeetingEvent(h *Header) Event {
	switch h.event() {
	case "meeting_change":
		return newMeetingChange(h)
	case "meeting_statistics":
		if h.ChangeType == "start_meeting" {
			return new(StartMeeting)
		}
	case "book_meeting_room":
		return new(BookMeetingRoom)
	case "cancel_meeting_room":
		return new(CancelMeetingRoom)
	}
	return new(Unknown)
}

func newMeetingChange(h *Header) Event { //nolint:cyclop // a table
	switch h.ChangeType {
	case "modify_meeting":
		return new(ModifyMeeting)
	case "cancel_meeting":
		return new(CancelMeeting)
	case "meeting_start":
		return new(MeetingStart)
	case "meeting_end":
		return new(MeetingEnd)
	case "meeting_mute_all":
		return new(MeetingMuteAll)
	case "meeting_unmute_all":
		return new(MeetingUnmuteAll)
	case "join_meeting":
		return new(JoinMeeting)
	case "quit_meeting":
		return new(QuitMeeting)
	case "join_meeting_before_host":
		return new(JoinMeetingBeforeHost)
	case "join_waiting_room":
		return new(JoinWaitingRoom)
	case "quit_waiting_room":
		return new(QuitWaitingRoom)
	case "join_from_meeting_room":
		return new(JoinFromMeetingRoom)
	case "move_to_waiting_room":
		return new(MoveToWaitingRoom)
	case "open_screen_share":
		return new(OpenScreenShare)
	case "close_screen_share":
		return new(CloseScreenShare)
	case "role_change":
		return new(MeetingRoleChange)
	case "webinar_role_change":
		return new(WebinarRoleChange)
	case "start_recording":
		return new(StartRecording)
	case "pause_recording":
		return new(PauseRecording)
	case "resume_recording":
		return new(ResumeRecording)
	case "stop_recording":
		return new(StopRecording)
	case "recording_complete":
		return new(RecordingComplete)
	case "delete_recording":
		return new(DeleteRecording)
	case "enroll":
		return new(EnrollMeeting)
	case "cancel_enroll":
		return new(CancelMeetingEnroll)
	case "webinar_warm_up_upload":
		return new(WebinarWarmUpUpload)
	case "medium_upload":
		return new(MeetingMediumUpload)
	case "pstn_status_update":
		return new(PstnStatusUpdate)
	case "meeting_room_response":
		return new(MeetingRoomResponse)
	default:
		return new(Unknown)
	}
}

// ModifyMeeting: an administrator changed a meeting that the API had booked.
//
// 「修改会议事件」 https://developer.work.weixin.qq.com/document/path/99081
type ModifyMeeting struct {
	Header

	MeetingID string // the meeting
}

func (v *ModifyMeeting) decode(e element) { v.MeetingID = e.text("MeetingId") }

// CancelMeeting: an administrator cancelled a meeting that the API had booked.
//
// 「取消会议事件」 https://developer.work.weixin.qq.com/document/path/99082
type CancelMeeting struct {
	Header

	MeetingID string // the meeting
}

func (v *CancelMeeting) decode(e element) { v.MeetingID = e.text("MeetingId") }

// MeetingStart: a meeting that the API had booked began.
//
// 「会议开始事件」 https://developer.work.weixin.qq.com/document/path/98333
//
// Like all events of meetings but [StartMeeting] it comes only for those that the
// API booked.
//
// FromUserName is who did it, as in every event of a running meeting: the member,
// sys for WeCom itself, or nothing for somebody who is no member.
type MeetingStart struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *MeetingStart) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// MeetingEnd: a meeting ended.
//
// 「会议结束事件」 https://developer.work.weixin.qq.com/document/path/98337
type MeetingEnd struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *MeetingEnd) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// MeetingMuteAll: all of a meeting were muted.
//
// 「会议全体静音事件」 https://developer.work.weixin.qq.com/document/path/98341
type MeetingMuteAll struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *MeetingMuteAll) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// MeetingUnmuteAll: all of a meeting were unmuted. It may come several times
// for one [MeetingMuteAll].
//
// 「会议解除全体静音事件」 https://developer.work.weixin.qq.com/document/path/98345
type MeetingUnmuteAll struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *MeetingUnmuteAll) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// MeetingStatus says whether a meeting could be started.
type MeetingStatus int

// The outcomes.
const (
	MeetingStatusStarted MeetingStatus = 1 // 会议发起成功
	MeetingStatusFailed  MeetingStatus = 2 // 会议发起失败
)

// StartMeeting: a member started a quick meeting, or was the first in a booked one.
// It comes for every meeting of the members that the app can see; [MeetingStart]
// comes for those that the API booked.
//
// 「会议发起事件」 https://developer.work.weixin.qq.com/document/path/99648
//
// FromUserName is that member; if somebody outside the corp was the first, the
// member who had booked the meeting.
type StartMeeting struct {
	Header

	Status MeetingStatus // whether it could be started
}

func (v *StartMeeting) decode(e element) { v.Status = MeetingStatus(e.int("Status")) }

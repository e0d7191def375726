package callback

// StartRecording: the cloud recording of a meeting began, by a host or by itself.
//
// 「开始云录制事件」 https://developer.work.weixin.qq.com/document/path/98398
type StartRecording struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *StartRecording) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// PauseRecording: a host paused the recording of a meeting.
//
// 「暂停云录制事件」 https://developer.work.weixin.qq.com/document/path/98399
type PauseRecording struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *PauseRecording) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// ResumeRecording: a host resumed the recording of a meeting.
//
// 「恢复云录制事件」 https://developer.work.weixin.qq.com/document/path/98400
type ResumeRecording struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *ResumeRecording) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// StopRecording: the recording of a meeting ended, by a host or by itself. It
// can be fetched after [RecordingComplete].
//
// 「停止云录制事件」 https://developer.work.weixin.qq.com/document/path/98401
type StopRecording struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *StopRecording) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// RecordingComplete: a meeting is over and its recording is transcoded.
//
// 「云录制已完成事件」 https://developer.work.weixin.qq.com/document/path/98402
type RecordingComplete struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *RecordingComplete) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

// DeleteRecording: the recording of a meeting was deleted, by a member or the API.
//
// 「删除云录制事件」 https://developer.work.weixin.qq.com/document/path/98404
type DeleteRecording struct {
	Header

	MeetingID         string // the meeting
	FromUserTmpOpenID string // who did it, by an id within this meeting; empty if WeCom did
}

func (v *DeleteRecording) decode(e element) {
	v.MeetingID = e.text("MeetingId")
	v.FromUserTmpOpenID = e.text("FromUserTmpOpenId")
}

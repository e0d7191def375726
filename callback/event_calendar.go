package callback

func newCalendarEvent(h *Header) Event {
	switch h.event() {
	case "add_calendar":
		return new(AddCalendar)
	case "modify_calendar":
		return new(ModifyCalendar)
	case "delete_calendar":
		return new(DeleteCalendar)
	case "add_schedule":
		return new(AddSchedule)
	case "modify_schedule":
		return new(ModifySchedule)
	case "delete_schedule":
		return new(DeleteSchedule)
	case "respond_schedule":
		return new(RespondSchedule)
	default:
		return new(Unknown)
	}
}

// AddCalendar: there is a new calendar. No official page describes it today;
// the name and the field are known from clients that handle it.
//
// 「回调通知」 https://developer.work.weixin.qq.com/document/path/93651
type AddCalendar struct {
	Header

	CalID string // the calendar
}

func (v *AddCalendar) decode(e element) { v.CalID = e.text("CalId") }

// ModifyCalendar: an administrator of a calendar that the API had made changed
// it. FromUserName is the administrator.
//
// 「修改日历事件」 https://developer.work.weixin.qq.com/document/path/97730
type ModifyCalendar struct {
	Header

	CalID string // the calendar
}

func (v *ModifyCalendar) decode(e element) { v.CalID = e.text("CalId") }

// DeleteCalendar: an administrator of a calendar that the API had made deleted
// it. FromUserName is the administrator.
//
// 「删除日历事件」 https://developer.work.weixin.qq.com/document/path/97728
type DeleteCalendar struct {
	Header

	CalID string // the calendar
}

func (v *DeleteCalendar) decode(e element) { v.CalID = e.text("CalId") }

// AddSchedule: a member or an app made a schedule in a main calendar. Sent to
// the apps that may read the archive of schedules. FromUserName is the member,
// or the app's id.
//
// 「创建日程事件通知」 https://developer.work.weixin.qq.com/document/path/101698
type AddSchedule struct {
	Header

	CalID      string // the calendar that it is in
	ScheduleID string // the schedule
}

func (v *AddSchedule) decode(e element) {
	v.CalID = e.text("CalId")
	v.ScheduleID = e.text("ScheduleId")
}

// ModifySchedule: an administrator changed a schedule that the app had made by
// the API. FromUserName is the administrator.
//
// 「修改日程事件」 https://developer.work.weixin.qq.com/document/path/97731
//
// Apps that may read the archive of schedules are told of every schedule in a
// main calendar: https://developer.work.weixin.qq.com/document/path/101698
type ModifySchedule struct {
	Header

	CalID      string // the calendar that it is in
	ScheduleID string // the schedule
}

func (v *ModifySchedule) decode(e element) {
	v.CalID = e.text("CalId")
	v.ScheduleID = e.text("ScheduleId")
}

// DeleteSchedule: an administrator deleted a schedule in a calendar that the
// API had made. FromUserName is the administrator.
//
// 「删除日程事件」 https://developer.work.weixin.qq.com/document/path/97732
//
// Apps that may read the archive of schedules are told of every schedule in a
// main calendar: https://developer.work.weixin.qq.com/document/path/101698
type DeleteSchedule struct {
	Header

	CalID      string // the calendar that it was in
	ScheduleID string // the schedule
}

func (v *DeleteSchedule) decode(e element) {
	v.CalID = e.text("CalId")
	v.ScheduleID = e.text("ScheduleId")
}

// RespondSchedule: somebody accepted or refused a schedule that the app had
// made, or left it open. FromUserName is that member; the answer itself is in
// the schedule's details.
//
// 「日程回执事件」 https://developer.work.weixin.qq.com/document/path/98111
type RespondSchedule struct {
	Header

	CalID      string // the calendar that it is in
	ScheduleID string // the schedule
}

func (v *RespondSchedule) decode(e element) {
	v.CalID = e.text("CalId")
	v.ScheduleID = e.text("ScheduleId")
}

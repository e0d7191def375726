package callback

// BookMeetingRoom: somebody booked a meeting room in WeCom. Sent to the apps that
// may manage rooms.
//
// 「会议室预定事件」 https://developer.work.weixin.qq.com/document/path/95333
type BookMeetingRoom struct {
	Header

	MeetingRoomID int64  // the room
	BookingID     string // the booking
}

func (v *BookMeetingRoom) decode(e element) {
	v.MeetingRoomID = e.int("MeetingRoomId")
	v.BookingID = readBookingID(e)
}

// CancelMeetingRoom: a booking of a meeting room was cancelled in WeCom. Sent to the
// apps that may manage rooms, and to the one that had made the booking.
//
// 「会议室取消事件」 https://developer.work.weixin.qq.com/document/path/95333
//
// If a member moves a meeting whose room the API booked, WeCom cancels the booking
// and makes another: a [BookMeetingRoom] comes too.
type CancelMeetingRoom struct {
	Header

	MeetingRoomID int64  // the room
	BookingID     string // the booking
}

func (v *CancelMeetingRoom) decode(e element) {
	v.MeetingRoomID = e.int("MeetingRoomId")
	v.BookingID = readBookingID(e)
}

// readBookingID also knows the element by its earlier name.
func readBookingID(e element) string {
	if id := e.word("BookingId"); id != "" {
		return id
	}
	return e.word("MeetingId")
}

package callback_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

func parse[E callback.Event](t *testing.T, body string) E {
	t.Helper()
	e, err := callback.Parse([]byte(body))
	require.NoError(t, err)
	require.IsType(t, *new(E), e)
	return e.(E)
}

func TestParseMeetingMedium(t *testing.T) {
	t.Parallel()
	const head = "<xml><Event>meeting_change</Event><ChangeType>medium_upload</ChangeType>"

	e := parse[*callback.MeetingMediumUpload](t, head+"<AllUploadStatus> true </AllUploadStatus>"+
		"<UploadInfo><MediumType>1</MediumType><UploadStatus>1</UploadStatus></UploadInfo><MeetingId>m</MeetingId>"+
		"<UploadInfo><MediumType/><UploadStatus></UploadStatus><ErrorMsg>too big</ErrorMsg></UploadInfo></xml>")

	assert.True(t, e.AllUploadStatus)
	assert.Equal(t, []callback.UploadInfo{
		{MediumType: callback.MediumTypeVideo, UploadStatus: true},
		{ErrorMsg: "too big"},
	}, e.UploadInfo)

	e = parse[*callback.MeetingMediumUpload](t, head+"</xml>")
	assert.False(t, e.AllUploadStatus)
	assert.Nil(t, e.UploadInfo)
}

func TestParseMeetingRoomResponse(t *testing.T) {
	t.Parallel()
	const head = "<xml><Event>meeting_change</Event><ChangeType>meeting_room_response</ChangeType>"

	room := parse[*callback.MeetingRoomResponse](t, head+"<MeetingRoomId>r</MeetingRoomId></xml>")
	assert.Equal(t, "r", room.MeetingRoomID)
	assert.Nil(t, room.MraAddress)
	assert.Equal(t, callback.RoomResponseStatusNone, room.RoomResponseStatus)

	device := parse[*callback.MeetingRoomResponse](t, head+"<MraAddress><Protocol>2</Protocol></MraAddress></xml>")
	assert.Empty(t, device.MeetingRoomID)
	assert.Equal(t, &callback.MraAddress{Protocol: callback.MraProtocolH323}, device.MraAddress)
}

// The booking had another name before.
func TestParseBookingID(t *testing.T) {
	t.Parallel()
	booked := parse[*callback.BookMeetingRoom](t, "<xml><Event>book_meeting_room</Event><MeetingId>b1 </MeetingId></xml>")
	assert.Equal(t, "b1", booked.BookingID)

	cancelled := parse[*callback.CancelMeetingRoom](t, "<xml><Event>cancel_meeting_room</Event><MeetingId>b0</MeetingId><BookingId> b1 </BookingId></xml>")
	assert.Equal(t, "b1", cancelled.BookingID)
}

func TestParseUnknownMeetingEvent(t *testing.T) {
	t.Parallel()
	for _, event := range []string{"meeting_change", "meeting_statistics"} {
		e := parse[*callback.Unknown](t, "<xml><Event>"+event+"</Event><ChangeType>brand_new</ChangeType></xml>")
		assert.Equal(t, event+"/brand_new", e.Kind())
	}
}

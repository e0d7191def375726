package moment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/moment"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestListTellsWhoMadeWhat(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	own := srv.Act().PostMoment(alice, wecomtest.Moment{
		Text:        "from Alice",
		Attachments: []wecomtest.Attachment{{MsgType: "image", MediaID: "M1"}, {MsgType: "image", MediaID: "M2"}},
		Location:    &wecomtest.Location{Latitude: "23.10647", Longitude: "113.32446", Name: "Tower"},
	})
	moments := moment.New(srv.NewClient())
	_, err := moments.AddTask(t.Context(), moment.AddTaskRequest{Text: moment.Text{Content: "from the corp"}})
	require.NoError(t, err)
	srv.Clock().Advance(time.Minute)

	all := list(t, moments, srv, nil)
	require.Len(t, all, 2)
	assert.Equal(t, own, all[0].MomentID)
	assert.Equal(t, alice, all[0].Creator)
	assert.Equal(t, moment.CreateTypeMember, all[0].CreateType)
	assert.Equal(t, moment.VisibleTypePublic, all[0].VisibleType)
	assert.Equal(t, "from Alice", all[0].Text.Content)
	assert.Equal(t, []moment.Image{{MediaID: "M1"}, {MediaID: "M2"}}, all[0].Image)
	assert.Equal(t, &moment.Location{Latitude: 23.10647, Longitude: 113.32446, Name: "Tower"}, all[0].Location)
	assert.Nil(t, all[0].Video)
	assert.Nil(t, all[0].Link)
	assert.Equal(t, moment.CreateTypeCorp, all[1].CreateType)
	assert.Empty(t, all[1].Creator)

	assert.Equal(t, all[1:], list(t, moments, srv, new(moment.FilterTypeCorp)))
	assert.Equal(t, all[:1], list(t, moments, srv, new(moment.FilterTypeMember)))
}

func TestEveryAttachmentComesBack(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{Name: "Alice"})
	media := func(typ string) string { return srv.Seed().Media(wecomtest.Media{Type: typ, AttachmentType: 1}) }
	one, two, video := media("image"), media("image"), media("video")
	moments := moment.New(srv.NewClient())

	for _, attachments := range []moment.Attachments{
		{moment.ImageAttachment{MediaID: one}, moment.ImageAttachment{MediaID: two}},
		{moment.VideoAttachment{MediaID: video}},
		{moment.LinkAttachment{Title: "Shop", URL: "https://shop.example/?a=1&b=2", MediaID: one}},
	} {
		_, err := moments.AddTask(t.Context(), moment.AddTaskRequest{Attachments: attachments})
		require.NoError(t, err)
	}
	srv.Clock().Advance(time.Minute)

	all := list(t, moments, srv, nil)
	require.Len(t, all, 3)
	assert.Equal(t, []moment.Image{{MediaID: one}, {MediaID: two}}, all[0].Image)
	assert.Equal(t, &moment.Video{MediaID: video}, all[1].Video)
	assert.Equal(t, &moment.Link{Title: "Shop", URL: "https://shop.example/?a=1&b=2"}, all[2].Link)
}

// list returns the last hour's moments, in pages of one.
func list(t *testing.T, moments *moment.Service, srv *wecomtest.Server, filter *moment.FilterType) []moment.Moment {
	t.Helper()
	srv.PageSize("externalcontact/get_moment_list", 1)
	now := srv.Clock().Now()
	var all []moment.Moment
	for m, err := range moments.All(t.Context(), moment.ListRequest{
		StartTime:  wecom.NewUnixTime(now.Add(-time.Hour)),
		EndTime:    wecom.NewUnixTime(now.Add(time.Minute)),
		FilterType: filter,
	}) {
		require.NoError(t, err)
		all = append(all, m)
	}
	return all
}

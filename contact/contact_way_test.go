package contact_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestContactWayIsKeptAsItWasMade(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice, bob := srv.AddMember(wecomtest.Member{Name: "Alice"}), srv.AddMember(wecomtest.Member{Name: "Bob"})
	contacts := contact.New(srv.NewClient())

	made, err := contacts.AddContactWay(t.Context(), contact.AddContactWayRequest{
		Type: contact.ContactWayTypeMultiple, Scene: contact.ContactWaySceneQRCode,
		Remark: "door", State: "shop-1", SkipVerify: new(false), User: []string{alice, bob},
	})

	require.NoError(t, err)
	assert.NotEmpty(t, made.QRCode)
	way, err := contacts.GetContactWay(t.Context(), made.ConfigID)
	require.NoError(t, err)
	assert.Equal(t, made.ConfigID, way.ConfigID)
	assert.Equal(t, made.QRCode, way.QRCode)
	assert.Equal(t, contact.ContactWayTypeMultiple, way.Type)
	assert.Equal(t, contact.ContactWaySceneQRCode, way.Scene)
	assert.Equal(t, "door", way.Remark)
	assert.Equal(t, "shop-1", way.State)
	assert.False(t, way.SkipVerify)
	assert.Equal(t, []string{alice, bob}, way.User)
}

func TestContactWayNeedsNoApprovalByDefault(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	contacts := contact.New(srv.NewClient())
	id := addContactWay(t, srv, contacts)

	way, err := contacts.GetContactWay(t.Context(), id)

	require.NoError(t, err)
	assert.True(t, way.SkipVerify)
}

func TestStateOfAContactWayComesBackWithTheCustomer(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	contacts := contact.New(srv.NewClient())
	id := addContactWay(t, srv, contacts)
	alice, zoe := srv.Act().ScanContactWay(id, wecomtest.Customer{Name: "Zoe"})

	got, err := contacts.Get(t.Context(), zoe)

	require.NoError(t, err)
	require.Len(t, got.FollowUser, 1)
	assert.Equal(t, alice, got.FollowUser[0].UserID)
	assert.Equal(t, "shop-1", got.FollowUser[0].State)
	assert.Equal(t, contact.AddWayQRCode, got.FollowUser[0].AddWay)
}

func TestTemporaryContactWayHasALife(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	contacts := contact.New(srv.NewClient())

	made, err := contacts.AddContactWay(t.Context(), contact.AddContactWayRequest{
		Type: contact.ContactWayTypeSingle, Scene: contact.ContactWaySceneQRCode, User: []string{alice},
		IsTemp: true, ExpiresIn: wecom.Seconds(48 * time.Hour), ChatExpiresIn: wecom.Seconds(time.Hour),
		Conclusions: &contact.Conclusions{Text: &contact.ConclusionText{Content: "bye"}},
	})

	require.NoError(t, err)
	way, err := contacts.GetContactWay(t.Context(), made.ConfigID)
	require.NoError(t, err)
	assert.True(t, way.IsTemp)
	assert.Equal(t, wecom.Seconds(48*time.Hour), way.ExpiresIn)
	assert.Equal(t, wecom.Seconds(time.Hour), way.ChatExpiresIn)
	require.NotNil(t, way.Conclusions)
	assert.Equal(t, &contact.ConclusionText{Content: "bye"}, way.Conclusions.Text)
}

func TestUpdateContactWayChangesOnlyWhatIsSet(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	contacts := contact.New(srv.NewClient())
	id := addContactWay(t, srv, contacts)
	before, err := contacts.GetContactWay(t.Context(), id)
	require.NoError(t, err)
	bob := srv.AddMember(wecomtest.Member{Name: "Bob"})

	err = contacts.UpdateContactWay(t.Context(), contact.UpdateContactWayRequest{ConfigID: id, Remark: new(""), User: []string{bob}})

	require.NoError(t, err)
	after, err := contacts.GetContactWay(t.Context(), id)
	require.NoError(t, err)
	assert.Empty(t, after.Remark)
	assert.Equal(t, []string{bob}, after.User)
	after.Remark, after.User = before.Remark, before.User
	assert.Equal(t, before, after)
}

func TestDeletedContactWayIsGone(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	contacts := contact.New(srv.NewClient())
	id := addContactWay(t, srv, contacts)

	require.NoError(t, contacts.DelContactWay(t.Context(), id))

	_, err := contacts.GetContactWay(t.Context(), id)
	require.ErrorIs(t, err, wecom.ErrNotFound)
	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidContactWayConfigID))
}

func TestAllContactWaysWalksPagesWithoutTemporaryOnes(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.PageSize("externalcontact/list_contact_way", 2)
	contacts := contact.New(srv.NewClient())
	want := []string{addContactWay(t, srv, contacts), addContactWay(t, srv, contacts), addContactWay(t, srv, contacts)}
	_, err := contacts.AddContactWay(t.Context(), contact.AddContactWayRequest{
		Type: contact.ContactWayTypeSingle, Scene: contact.ContactWaySceneQRCode, IsTemp: true,
		User: []string{srv.AddMember(wecomtest.Member{})},
	})
	require.NoError(t, err)

	var got []string
	for way, err := range contacts.AllContactWays(t.Context(), contact.ListContactWayRequest{}) {
		require.NoError(t, err)
		got = append(got, way.ConfigID)
	}

	assert.ElementsMatch(t, want, got)
	assert.Equal(t, 2, srv.Calls().Op("externalcontact/list_contact_way").Where("limit", 1000).Len())
}

func TestListContactWayByTime(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	contacts := contact.New(srv.NewClient())
	addContactWay(t, srv, contacts)
	srv.Clock().Advance(48 * time.Hour)
	late := addContactWay(t, srv, contacts)

	got, err := contacts.ListContactWay(t.Context(), contact.ListContactWayRequest{
		StartTime: wecom.NewUnixTime(srv.Clock().Now().Add(-24 * time.Hour)),
	})

	require.NoError(t, err)
	assert.Equal(t, []contact.ListedContactWay{{ConfigID: late}}, got.ContactWay)
}

func TestContactWayWithTooManyMembers(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	contacts := contact.New(srv.NewClient())
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})

	_, err := contacts.AddContactWay(t.Context(), contact.AddContactWayRequest{
		Type: contact.ContactWayTypeMultiple, Scene: contact.ContactWaySceneQRCode, User: slices.Repeat([]string{alice}, 101),
	})

	assert.True(t, wecom.IsCode(err, wecom.CodeContactWayUserLimit), "%v", err)
}

func TestClosedTempChatIsClosed(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	contacts := contact.New(srv.NewClient())
	made, err := contacts.AddContactWay(t.Context(), contact.AddContactWayRequest{
		Type: contact.ContactWayTypeSingle, Scene: contact.ContactWaySceneQRCode, IsTemp: true,
		User: []string{srv.AddMember(wecomtest.Member{Name: "Alice"})},
	})
	require.NoError(t, err)
	alice, zoe := srv.Act().ScanContactWay(made.ConfigID, wecomtest.Customer{Name: "Zoe"})

	require.NoError(t, contacts.CloseTempChat(t.Context(), alice, zoe))
	assert.Error(t, contacts.CloseTempChat(t.Context(), alice, zoe), "it is closed already")
}

// addContactWay makes a QR code of a new member.
func addContactWay(t *testing.T, srv *wecomtest.Server, contacts *contact.Service) string {
	t.Helper()
	made, err := contacts.AddContactWay(t.Context(), contact.AddContactWayRequest{
		Type: contact.ContactWayTypeSingle, Scene: contact.ContactWaySceneQRCode, Remark: "door", State: "shop-1",
		User: []string{srv.AddMember(wecomtest.Member{})},
	})
	require.NoError(t, err)
	return made.ConfigID
}

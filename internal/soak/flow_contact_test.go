package soak_test

import (
	"errors"
	"slices"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// remark notes things about a customer, again and again.
func remark(r *run) error {
	contacts := contact.New(r.client)
	alice := r.member("Alice")
	zoe := r.customer("Zoe", alice)
	for i := range 5 {
		text := r.mark("VIP ", i)
		err := contacts.Remark(r.ctx, contact.RemarkRequest{UserID: alice, ExternalUserID: zoe, Remark: new(text), RemarkMobiles: []string{"1380000000" + string(rune('0'+i))}})
		if err := r.wrote(err, func() int { return if1(r.srv.Customer(zoe).FollowUser[0].Remark == text) }); err != nil {
			return err
		}
		got, err := r.follower(contacts, zoe)
		if r.read(err) != nil {
			return err
		}
		assert.Equal(r, text, got.Remark)
		r.pause(time.Second)
	}
	return nil
}

// follower reads who the only member of a customer is.
func (r *run) follower(contacts *contact.Service, externalUserID string) (contact.FollowInfo, error) {
	var found []contact.FollowInfo
	for f, err := range contacts.AllFollowers(r.ctx, externalUserID) {
		if err != nil {
			return contact.FollowInfo{}, err
		}
		found = append(found, f)
	}
	require.Len(r, found, 1)
	return found[0], nil
}

// contactWays makes a contact way, lets somebody come by it, and deletes it.
// When it does not know whether it made one, it looks.
func contactWays(r *run) error {
	contacts := contact.New(r.client)
	alice := r.member("Alice")
	state := r.mark("door")
	ways := func() int {
		return count(r.srv.ContactWays(), func(w wecomtest.ContactWay) bool { return w.State == state })
	}
	way, err := contacts.AddContactWay(r.ctx, contact.AddContactWayRequest{
		Type: contact.ContactWayTypeSingle, Scene: contact.ContactWaySceneQRCode, State: state, User: []string{alice}, SkipVerify: new(true),
	})
	var id string
	switch r.wrote(err, ways); {
	case errors.Is(err, wecom.ErrOutcomeUnknown):
		if id, err = findWay(r, contacts, state); r.read(err) != nil {
			return err
		}
		if assert.Equal(r, ways(), if1(id != ""), "what is there is found"); id == "" {
			return nil // it did not happen, as everybody knows now
		}
	case err != nil:
		return err
	default:
		id = way.ConfigID
	}
	userID, zoe := r.srv.Act().ScanContactWay(id, wecomtest.Customer{Name: r.mark("Zoe")})
	assert.Equal(r, alice, userID)
	got, err := r.follower(contacts, zoe)
	if r.read(err) != nil {
		return err
	}
	assert.Equal(r, state, got.State)

	err = contacts.UpdateContactWay(r.ctx, contact.UpdateContactWayRequest{ConfigID: id, Remark: new("closed soon")})
	if err := r.wrote(err, func() int { return if1(r.srv.ContactWay(id).Remark == "closed soon") }); err != nil {
		return err
	}
	err = contacts.DelContactWay(r.ctx, id)
	return r.wrote(err, func() int { return 1 - ways() })
}

// findWay looks for a contact way by its state, which lists do not show.
func findWay(r *run, contacts *contact.Service, state string) (string, error) {
	for w, err := range contacts.AllContactWays(r.ctx, contact.ListContactWayRequest{}) {
		if err != nil {
			return "", err
		}
		switch way, err := contacts.GetContactWay(r.ctx, w.ConfigID); {
		case wecom.IsCode(err, wecom.CodeInvalidContactWayConfigID): // another flow has deleted its own
		case err != nil:
			return "", err
		case way.State == state:
			return w.ConfigID, nil
		}
	}
	return "", nil
}

// acquisitionLinks makes a link, lets customers come by it, and deletes it.
func acquisitionLinks(r *run) error {
	contacts := contact.New(r.client)
	alice := r.member("Alice")
	name := r.mark("fair")
	links := func() []wecomtest.AcquisitionLink {
		return slices.DeleteFunc(r.srv.AcquisitionLinks(), func(l wecomtest.AcquisitionLink) bool { return l.LinkName != name })
	}
	link, err := contacts.CreateAcquisitionLink(r.ctx, contact.CreateAcquisitionLinkRequest{
		LinkName: name, Range: contact.AcquisitionRange{UserList: []string{alice}}, SkipVerify: new(true),
	})
	if err := r.wrote(err, func() int { return len(links()) }); err != nil {
		return err
	}
	want := map[string]string{}
	for i := range 3 {
		channel := "channel" + string(rune('0'+i))
		_, id := r.srv.Act().AddByAcquisitionLink(link.URL+"?customer_channel="+channel, wecomtest.Customer{Name: r.mark("Zoe", i)})
		want[id] = channel
	}
	got := map[string]string{}
	for c, err := range contacts.AllAcquisitionCustomers(r.ctx, contact.ListAcquisitionCustomerRequest{LinkID: link.LinkID}) {
		if r.read(err) != nil {
			return err
		}
		assert.NotContains(r, got, c.ExternalUserID)
		got[c.ExternalUserID] = c.State
	}
	assert.Equal(r, want, got)

	err = contacts.UpdateAcquisitionLink(r.ctx, contact.UpdateAcquisitionLinkRequest{LinkID: link.LinkID, SkipVerify: new(false)})
	if err := r.wrote(err, func() int { return if1(!r.srv.AcquisitionLink(link.LinkID).SkipVerify) }); err != nil {
		return err
	}
	err = contacts.DeleteAcquisitionLink(r.ctx, link.LinkID)
	return r.wrote(err, func() int { return 1 - len(links()) })
}

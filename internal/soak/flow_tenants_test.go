package soak_test

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// tenants is a suite that corps install and leave. Its notices go through an
// inbox, so that what fails for a while is done later.
func tenants(r *run) error {
	app := r.srv.AddSuite(wecomtest.Suite{Name: r.mark("suite")})
	suite, err := isv.NewSuite(isv.SuiteCredential{SuiteID: app.SuiteID, Secret: app.Secret},
		isv.WithClientOptions(r.options()...), isv.WithLogger(r.log))
	require.NoError(r, err)
	r.tap.secret(app.Secret)
	d := r.newDesk(r.srv.SuiteKeys(app.SuiteID), r.newInbox(), func(d wecomtest.Delivery) bool { return d.SuiteID == app.SuiteID })
	require.NoError(r, isv.Mount(d.h, isv.Route{Suite: suite}))
	callback.On(d.h, d.take)
	require.NoError(r, r.srv.SetCallback(wecomtest.Callback{SuiteID: app.SuiteID, Handler: d.h}))

	var corps []*wecomtest.Server
	for i := range 3 {
		corp := r.srv.AddCorp(r.mark("corp ", i))
		corp.Act().AuthorizeSuite(app.SuiteID, wecomtest.Authorization{})
		r.tap.secret(corp.PermanentCode(app.SuiteID))
		corps = append(corps, corp)
	}
	// Redeliveries, and what they cause, come to an end in a quarter of an hour;
	// the auth code lives for ten minutes.
	_ = r.srv.Clock().Sleep(context.Background(), 15*time.Minute)

	if r.has(wecomtest.TokenStorm) {
		r.srv.RevokeProviderTokens()
	}
	var ended error
	for _, corp := range corps {
		if err := r.serve(suite, corp); err != nil && ended == nil {
			ended = err
		}
	}
	gone := corps[0]
	gone.Act().CancelAuthorization(app.SuiteID)
	_ = r.srv.Clock().Sleep(context.Background(), 5*time.Minute)
	if _, err := suite.Client(r.ctx, gone.OpenCorpID("")); !errors.Is(err, isv.ErrNotAuthorized) {
		r.Errorf("the corp has cancelled, and has a client: %v", err)
	}
	return ended
}

// lostPermanentCode sees that WeCom gave out a permanent code and the network
// swallowed it. An auth code works once, so there is no way to that corp but to
// authorise again.
func (r *run) lostPermanentCode() {
	for c := range r.srv.Calls().Op("service/v2/get_permanent_code").All() {
		if strings.Contains(c.Fault, "lost") || strings.Contains(c.Fault, "truncate") {
			return
		}
	}
	r.Errorf("a corp has authorised the suite, which knows nothing of it")
}

// serve calls as one corp.
func (r *run) serve(suite *isv.Suite, corp *wecomtest.Server) error {
	client, err := suite.Client(r.ctx, corp.OpenCorpID(""))
	if errors.Is(err, isv.ErrNotAuthorized) && !r.profile.calm() {
		r.lostPermanentCode()
		return err
	}
	require.NoError(r, err)
	alice := corp.AddMember(wecomtest.Member{Name: "Alice"})
	zoe := corp.Seed().Customer(wecomtest.Customer{Name: r.mark("Zoe"), FollowUser: []wecomtest.Follow{{UserID: alice}}})
	contacts := contact.New(client)
	var seen contact.FollowedContact
	n := 0
	for c, err := range contacts.AllByUser(r.ctx, contact.BatchGetByUserRequest{UserIDList: []string{corp.OpenUserID("", alice)}}) {
		if r.read(err) != nil {
			return err
		}
		seen = c
		n++
	}
	require.Equal(r, 1, n)
	assert.Equal(r, corp.ProviderExternalUserID(zoe), seen.ExternalContact.ExternalUserID)
	err = contacts.Remark(r.ctx, contact.RemarkRequest{UserID: seen.FollowInfo.UserID, ExternalUserID: seen.ExternalContact.ExternalUserID, Remark: new("VIP")})
	return r.wrote(err, func() int { return if1(corp.Customer(zoe).FollowUser[0].Remark == "VIP") })
}

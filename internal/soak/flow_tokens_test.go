package soak_test

import (
	"sync"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// tokens has many goroutines of two machines call at once while WeCom ends
// their token. The wiretap sees that they fetch no more tokens than were ended.
func tokens(r *run) error {
	app := r.srv.AddApp(wecomtest.App{Name: r.mark("app"), Scopes: []wecomtest.Scope{wecomtest.ScopeContact}})
	store := wecom.WithTokenStore(new(wecom.MemoryStore))
	machines := []*contact.Service{
		contact.New(r.clientOf(r.srv.CredentialOf(app), store)), contact.New(r.clientOf(r.srv.CredentialOf(app), store)),
	}
	alice := r.member("Alice")
	zoe := r.customer("Zoe", alice)
	errs := make([]error, 20)
	var all sync.WaitGroup
	for round := range 3 {
		for i := range errs {
			all.Go(func() { errs[i] = r.keepReading(machines[i%2], zoe) })
		}
		all.Wait()
		if err := first(errs); err != nil {
			return err
		}
		if round < 2 {
			r.srv.RevokeTokens()
		}
		_ = r.srv.Clock().Sleep(r.ctx, 2*time.Minute)
	}
	return nil
}

// keepReading reads a customer, and begins anew when the storm was stronger.
func (r *run) keepReading(contacts *contact.Service, externalUserID string) error {
	var err error
	for range 3 {
		var got *contact.Contact
		got, err = contacts.Get(r.ctx, externalUserID)
		if r.read(err) == nil {
			assert.Equal(r, externalUserID, got.ExternalContact.ExternalUserID)
			return nil
		}
		if !wecom.IsCode(err, wecom.CodeInvalidAccessToken, wecom.CodeAccessTokenExpired) {
			return err
		}
	}
	return err
}

package soak_test

import (
	"context"
	"errors"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
)

// handOver gives the customers of a member who left to another one. What it
// could not finish it does again, as its documentation says one can.
func handOver(r *run) error {
	contacts := contact.New(r.client)
	alice, bob := r.member("Alice"), r.member("Bob")
	want := map[string]bool{}
	for range 5 {
		want[r.customer("Zoe", alice)] = true
	}
	r.srv.Act().Leave(alice)
	begun := func() int {
		n := 0
		for id := range want {
			n += if1(r.srv.Transfer(id).HandoverUserID == alice)
		}
		return n
	}
	var ended error
	for range 4 {
		if ended = handOverOnce(r, contacts, alice, bob, want); ended == nil {
			assert.Equal(r, len(want), begun())
			break
		}
		if !errors.Is(ended, wecom.ErrOutcomeUnknown) {
			assert.True(r, begun() == 0 || begun() == len(want), "one call gives them all")
		}
		_ = r.srv.Clock().Sleep(context.Background(), 2*time.Minute)
	}
	if ended != nil {
		return ended
	}
	if err := r.srv.Clock().Sleep(r.ctx, 25*time.Hour); err != nil {
		r.judge(err)
		return err
	}
	got := map[string]bool{}
	for t, err := range contacts.AllResignedTransferResults(r.ctx, contact.TransferResultRequest{HandoverUserID: alice, TakeoverUserID: bob}) {
		if r.read(err) != nil {
			return err
		}
		assert.NotContains(r, got, t.ExternalUserID)
		assert.Equal(r, contact.TransferStatusDone, t.Status)
		got[t.ExternalUserID] = true
	}
	assert.Equal(r, want, got)
	for id := range want {
		follows := r.srv.Customer(id).FollowUser
		if assert.Len(r, follows, 1) {
			assert.Equal(r, bob, follows[0].UserID)
		}
	}
	return nil
}

func handOverOnce(r *run, contacts *contact.Service, alice, bob string, want map[string]bool) error {
	got := map[string]bool{}
	for c, err := range contacts.HandOver(r.ctx, contact.HandOverRequest{HandoverUserID: alice, TakeoverUserID: bob}) {
		if err != nil {
			r.judge(err)
			return err
		}
		assert.True(r, want[c.ExternalUserID])
		assert.NotContains(r, got, c.ExternalUserID, "each comes once")
		assert.Zero(r, c.ErrCode)
		assert.Equal(r, contact.TransferStatusWaiting, c.Status)
		got[c.ExternalUserID] = true
	}
	assert.Equal(r, want, got)
	return nil
}

package soak_test

import (
	"iter"
	"slices"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// lists reads all that there is, page by page: either whole, or with an error.
func lists(r *run) error {
	contacts, chats := contact.New(r.client), groupchat.New(r.client)
	var members, want []string
	for i := range 6 {
		alice := r.member("Alice")
		members = append(members, alice)
		for range i {
			want = append(want, alice+" "+r.customer("Zoe", alice))
		}
	}
	follows := func(list iter.Seq2[contact.FollowedContact, error]) iter.Seq2[string, error] {
		return mapped(list, func(c contact.FollowedContact) string {
			return c.FollowInfo.UserID + " " + c.ExternalContact.ExternalUserID
		})
	}
	if err := r.whole(want, follows(contacts.AllByUser(r.ctx, contact.BatchGetByUserRequest{UserIDList: members}))); err != nil {
		return err
	}
	if err := r.whole(want, follows(contacts.AllByUserParallel(r.ctx, members))); err != nil {
		return err
	}
	for i, alice := range members {
		ids, err := contacts.List(r.ctx, alice)
		if i == 0 && wecom.IsCode(err, wecom.CodeNotExternalContact) {
			continue // which is how WeCom says that she has none
		}
		if r.read(err) != nil {
			return err
		}
		assert.Len(r, ids, i)
	}
	want = nil
	for range 5 {
		want = append(want, r.srv.Seed().GroupChat(wecomtest.GroupChat{Owner: members[0], Name: r.mark("chat")}))
	}
	listed := mapped(chats.All(r.ctx, groupchat.ListRequest{OwnerFilter: groupchat.OwnerFilter{UserIDList: members[:1]}, Limit: 2}),
		func(g groupchat.ListedGroup) string { return g.ChatID })
	return r.whole(want, listed)
}

func mapped[T any](list iter.Seq2[T, error], f func(T) string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for v, err := range list {
			var s string
			if err == nil {
				s = f(v)
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// whole reads a list that must have exactly what is wanted, in any order, unless
// an error ends it.
func (r *run) whole(want []string, list iter.Seq2[string, error]) error {
	r.t.Helper()
	var got []string
	var ended error
	for v, err := range list {
		if ended != nil {
			r.Errorf("the list goes on after its error")
		}
		if ended = r.read(err); err == nil {
			got = append(got, v)
		}
	}
	slices.Sort(got)
	if ended == nil {
		want = slices.Sorted(slices.Values(want))
		assert.Equal(r, want, got)
		return nil
	}
	assert.Len(r, slices.Compact(slices.Clone(got)), len(got), "something came twice")
	for _, v := range got {
		assert.Contains(r, want, v)
	}
	return ended
}

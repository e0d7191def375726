package soak_test

import (
	"errors"
	"slices"
	"sync"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// tagCustomers makes tags, and puts them on customers.
func tagCustomers(r *run) error {
	tags := tag.New(r.client)
	alice := r.member("Alice")
	name := r.mark("grade")

	group, err := tags.AddCorpTag(r.ctx, tag.AddCorpTagRequest{GroupName: name, Tag: []tag.AddCorpTag{{Name: r.mark("A")}, {Name: r.mark("B")}}})
	if err := r.wrote(err, func() int { return len(r.tagGroups(name)) }); err != nil {
		return err
	}
	require.Len(r, group.Tag, 2)
	a, b := group.Tag[0].ID, group.Tag[1].ID
	groups, err := tags.GetCorpTagList(r.ctx, tag.GetCorpTagListRequest{GroupID: []string{group.GroupID}})
	if r.read(err) != nil {
		return err
	}
	require.Len(r, groups, 1)
	assert.Equal(r, *group, groups[0])

	err = tags.EditCorpTag(r.ctx, tag.EditCorpTagRequest{ID: a, Name: r.mark("AA")})
	if err := r.wrote(err, func() int { return if1(r.srv.TagGroup(group.GroupID).Tag[0].Name == r.mark("AA")) }); err != nil {
		return err
	}
	_, err = tags.AddCorpTag(r.ctx, tag.AddCorpTagRequest{GroupID: group.GroupID, Tag: []tag.AddCorpTag{{Name: r.mark("C")}}})
	if err := r.wrote(err, func() int {
		return count(r.srv.TagGroup(group.GroupID).Tag, func(t wecomtest.Tag) bool { return t.Name == r.mark("C") })
	}); err != nil {
		return err
	}
	if err := setTags(r, tags, alice, a, b); err != nil {
		return err
	}
	err = tags.DelCorpTag(r.ctx, tag.DelCorpTagRequest{TagID: []string{b}})
	return r.wrote(err, func() int {
		return count(r.srv.TagGroup(group.GroupID).Tag, func(t wecomtest.Tag) bool { return t.ID == b && t.Deleted })
	})
}

// setTags gives many customers tags, at once: more than WeCom takes.
func setTags(r *run, tags *tag.Service, alice, a, b string) error {
	customers := make([]string, 12)
	for i := range customers {
		customers[i] = r.customer("Zoe", alice)
	}
	zoe := customers[0]
	err := tags.Mark(r.ctx, tag.MarkRequest{UserID: alice, ExternalUserID: zoe, AddTag: []string{a}})
	if err := r.wrote(err, func() int { return if1(slices.Contains(r.tagsOf(zoe), a)) }); err != nil {
		return err
	}
	errs := make([]error, len(customers))
	var all sync.WaitGroup
	for i, id := range customers {
		all.Go(func() {
			before := r.tagsOf(id)
			res, err := tags.Set(r.ctx, tag.SetRequest{UserID: alice, ExternalUserID: id, TagID: []string{b}})
			errs[i] = r.wrote(err, func() int { return if1(slices.Equal(r.tagsOf(id), []string{b})) })
			if err == nil {
				assert.Equal(r, []string{b}, res.AddTag)
				assert.Equal(r, before, res.RemoveTag)
			} else if !errors.Is(err, wecom.ErrOutcomeUnknown) {
				assert.Equal(r, before, r.tagsOf(id))
			}
		})
	}
	all.Wait()
	return first(errs)
}

func (r *run) tagGroups(name string) []wecomtest.TagGroup {
	return slices.DeleteFunc(r.srv.TagGroups(), func(g wecomtest.TagGroup) bool { return g.GroupName != name })
}

// tagsOf returns the corp tags that a customer's only member gave them.
func (r *run) tagsOf(externalUserID string) []string {
	return r.srv.Customer(externalUserID).FollowUser[0].TagID
}

func count[T any](list []T, is func(T) bool) int {
	n := 0
	for _, v := range list {
		n += if1(is(v))
	}
	return n
}

// first returns the first error.
func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

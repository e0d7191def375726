package contact_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestAllByUserParallelReadsEveryCustomerOnce(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		members int
		calls   int // one page each
	}{
		{"nobody", 0, 0},
		{"one member", 1, 1},
		{"a few are read side by side", 20, 7},
		{"hundreds go in hundreds", 1050, 11},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			var members, want []string
			for i := range tt.members {
				members = append(members, srv.AddMember(wecomtest.Member{}))
				if i%20 == 0 { // no hundred has more than a page
					want = append(want, srv.AddCustomer(members[i], wecomtest.Customer{}))
				}
			}
			contacts := contact.New(srv.NewClient())

			var got []string
			for c, err := range contacts.AllByUserParallel(t.Context(), members) {
				require.NoError(t, err)
				got = append(got, c.ExternalContact.ExternalUserID)
			}

			assert.ElementsMatch(t, want, got)
			calls := srv.Calls().Op("externalcontact/batch/get_by_user")
			assert.Equal(t, tt.calls, calls.Len())
			for call := range calls.All() {
				assert.Nil(t, call.Value("userid_list[100]"), "more members than WeCom takes")
			}
		})
	}
}

func TestAllByUserParallelSkipsMembersWithoutALicence(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	var members []string
	for i := range 16 { // two a call
		members = append(members, srv.AddMember(wecomtest.Member{UserID: fmt.Sprintf("member-%02d", i), Unlicensed: i != 5}))
		srv.AddCustomer(members[i], wecomtest.Customer{Name: fmt.Sprintf("customer of %d", i)})
	}
	contacts := contact.New(srv.NewClient())

	var got []string
	for c, err := range contacts.AllByUserParallel(t.Context(), members) {
		require.NoError(t, err)
		got = append(got, c.ExternalContact.Name)
	}

	assert.Equal(t, []string{"customer of 5"}, got)
}

func TestAllByUserParallelWithoutAnyLicence(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	var members []string
	for range 16 {
		members = append(members, srv.AddMember(wecomtest.Member{Unlicensed: true}))
	}
	contacts := contact.New(srv.NewClient())
	customers := contacts.AllByUserParallel(t.Context(), members)

	for range 2 { // the second walk knows nothing of the first
		var errs []error
		for _, err := range customers {
			errs = append(errs, err)
		}
		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], wecom.ErrForbidden)
		assert.True(t, wecom.IsCode(errs[0], wecom.CodeNoLicensedUser))
	}
}

func TestAllByUserParallelEndsWithAnError(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	var members []string
	for range 16 {
		members = append(members, srv.AddMember(wecomtest.Member{}))
		srv.AddCustomer(members[len(members)-1], wecomtest.Customer{})
	}
	srv.Fault("externalcontact/batch/get_by_user").Where("userid_list[1]", members[9]).Code(int(wecom.CodeUserIDNotFound))
	contacts := contact.New(srv.NewClient())

	var last error
	for _, err := range contacts.AllByUserParallel(t.Context(), members) {
		require.NoError(t, last, "the loop went on after an error")
		last = err
	}

	assert.True(t, wecom.IsCode(last, wecom.CodeUserIDNotFound), "%v", last)
}

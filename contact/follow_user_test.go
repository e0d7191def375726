package contact_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestGetFollowUserListLeavesOutOthers(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	srv.AddMember(wecomtest.Member{Name: "Bob", NoContact: true})
	contacts := contact.New(srv.NewClient())

	users, err := contacts.GetFollowUserList(t.Context())

	require.NoError(t, err)
	assert.Equal(t, []string{alice}, users)
}

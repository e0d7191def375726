package wecomtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// paged is a corp with three customers of alice's, two to a page.
func paged(t *testing.T, opts ...wecomtest.Option) (*wecomtest.Server, *caller) {
	t.Helper()
	srv := wecomtest.New(t, opts...)
	srv.Clock().Freeze(time.Unix(1700000000, 0))
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	for range 3 {
		seedFollow(srv, "", "alice")
	}
	srv.PageSize("externalcontact/batch/get_by_user", 2)
	return srv, newCaller(t, srv)
}

func TestCursors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		cursor func(srv *wecomtest.Server, c *caller, cursor string) string
		want   int
	}{
		{"fresh", func(_ *wecomtest.Server, _ *caller, cursor string) string { return cursor }, 0},
		{"nearly a day old", func(srv *wecomtest.Server, c *caller, cursor string) string {
			srv.Clock().Advance(24*time.Hour - 1)
			c.token = newCaller(c.t, srv).token
			return cursor
		}, 0},
		{"a day old", func(srv *wecomtest.Server, c *caller, cursor string) string {
			srv.Clock().Advance(24 * time.Hour)
			c.token = newCaller(c.t, srv).token
			return cursor
		}, 50100},
		{"made up", func(*wecomtest.Server, *caller, string) string { return "Mi4wMTIzNDU2Nzg5YWJjZGVm" }, 50100},
		{"of another endpoint", func(srv *wecomtest.Server, c *caller, _ string) string {
			for range 3 {
				srv.Seed().GroupChat(wecomtest.GroupChat{Owner: "alice"})
			}
			return c.ok("externalcontact/groupchat/list", object{"limit": 2}).text("next_cursor")
		}, 50100},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv, c := paged(t)
			first := c.ok("externalcontact/batch/get_by_user", object{"userid_list": []string{"alice"}})

			cursor := tt.cursor(srv, c, first.text("next_cursor"))

			assert.Equal(t, tt.want, c.send("externalcontact/batch/get_by_user", object{"userid_list": []string{"alice"}, "cursor": cursor}).code())
		})
	}
}

func TestCursorLife(t *testing.T) {
	t.Parallel()
	srv, c := paged(t, wecomtest.WithCursorLife(time.Minute))
	first := c.ok("externalcontact/batch/get_by_user", object{"userid_list": []string{"alice"}})

	srv.Clock().Advance(time.Minute)

	request := object{"userid_list": []string{"alice"}, "cursor": first.text("next_cursor")}
	assert.Equal(t, 50100, c.send("externalcontact/batch/get_by_user", request).code())
}

func TestEmptyPages(t *testing.T) {
	t.Parallel()
	_, c := paged(t, wecomtest.WithEmptyPages())

	var pages []int
	for cursor, first := "", true; first || cursor != ""; first = false {
		r := c.ok("externalcontact/batch/get_by_user", object{"userid_list": []string{"alice"}, "cursor": cursor})
		pages = append(pages, len(r.list("external_contact_list", "")))
		cursor = r.text("next_cursor")
	}

	assert.Equal(t, []int{0, 2, 0, 1}, pages)
}

package api_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// TestEveryActIsThere holds the table against what the simulator's people can
// do, and its administrators, providers and WeCom itself.
func TestEveryActIsThere(t *testing.T) {
	t.Parallel()
	var want []string
	for m := range reflect.TypeFor[wecomtest.Actor]().Methods() {
		want = append(want, m.Name)
	}
	for m := range reflect.TypeFor[*wecomtest.Server]().Methods() {
		for _, begin := range []string{"Add", "Push", "Revoke"} {
			if strings.HasPrefix(m.Name, begin) {
				want = append(want, "Server."+m.Name)
			}
		}
	}
	var got []string
	for _, c := range api.Acts() {
		got = append(got, c.Method)
	}
	got = append(got, "Server.AddCustomer") // short for the Actor's
	got = append(got, "Server.AddCorp")     // POST /_sim/corps
	slices.Sort(got)
	slices.Sort(want)
	assert.Equal(t, want, got)
}

func TestArgumentsSayWhatIsInTheirLists(t *testing.T) {
	t.Parallel()
	items := make(map[string]string)
	for _, c := range api.Acts() {
		for _, a := range c.Args() {
			items[c.Verb+" "+a.Name] = a.Items
		}
	}
	assert.Equal(t, "string", items["edit-customer tag_id"])
	assert.Equal(t, "object", items["send-mass attachments"])
	assert.Empty(t, items["send-mass text"])
}

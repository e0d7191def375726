package wecomtest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const linkedOp = "linkedcorp/message/send"

// linkedUp is a server with alice, bob of department 2 and tag 7, and two
// members of a linked corp.
func linkedUp(t *testing.T) (*wecomtest.Server, *caller) {
	t.Helper()
	srv := wecomtest.New(t)
	srv.AddMember(wecomtest.Member{UserID: "alice"})
	srv.AddMember(wecomtest.Member{UserID: "bob", Department: []int64{2}})
	srv.Seed().MemberTag(7, "bob")
	srv.Seed().LinkedMember("wwLinked/Zoe", "linked1/2")
	srv.Seed().LinkedMember("wwLinked/yan")
	return srv, newCaller(t, srv)
}

func linkedNote(fields object) object {
	return fields.with("msgtype", "text").with("agentid", 1000002).with("text", object{"content": "hi"})
}

func TestLinkedMessageRecipients(t *testing.T) {
	t.Parallel()
	everyone := []string{"alice", "bob", "wwLinked/Zoe", "wwLinked/yan"}
	tests := []struct {
		name   string
		fields object
		want   []string
		also   object // of the reply
	}{
		{"members of both corps", object{"touser": []string{"alice", "wwlinked/zoe"}}, []string{"alice", "wwLinked/Zoe"}, nil},
		{"parties of both corps", object{"toparty": []string{"2", "linked1/2"}}, []string{"bob", "wwLinked/Zoe"}, nil},
		{"tags", object{"totag": []any{"7"}}, []string{"bob"}, nil},
		{"everyone", object{"toall": 1, "touser": []string{"nobody"}}, everyone, nil},
		{
			"some in vain",
			object{"touser": []string{"bob", "Nobody", "wwLinked/Nobody"}, "toparty": []string{"9", "linked1/9"}, "totag": []any{8, "x"}},
			[]string{"bob"},
			object{
				"invaliduser":  []any{"nobody", "wwlinked/nobody"},
				"invalidparty": []any{"9", "linked1/9"},
				"invalidtag":   []any{"8", "x"},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv, c := linkedUp(t)

			r := c.ok(linkedOp, linkedNote(tt.fields))

			for _, userID := range everyone {
				assert.Equal(t, contains(tt.want, userID), len(srv.AppMessages(userID)) == 1, userID)
			}
			for _, name := range []string{"invaliduser", "invalidparty", "invalidtag"} {
				assert.Equal(t, tt.also[name], r.at(name), name)
			}
		})
	}
}

func TestLinkedMessageRefusals(t *testing.T) {
	t.Parallel()
	srv, c := linkedUp(t)
	alice := linkedNote(object{"touser": []string{"alice"}})
	tests := []struct {
		name string
		body object
		want int
	}{
		{"no agentid", alice.with("agentid", nil), 41011},
		{"another agentid", alice.with("agentid", 1), 301002},
		{"no recipient", linkedNote(nil), 82001},
		{"nobody there", linkedNote(object{"touser": []string{"nobody"}}), 81013},
		{"1,001 members", linkedNote(object{"touser": make([]string, 1001)}), 40032},
		{"a card", alice.with("msgtype", "template_card"), 40008},
		{"another object", alice.with("msgtype", "markdown"), 40063},
		{"an unknown file", alice.with("msgtype", "file").with("file", object{"media_id": "nope"}), 40007},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, c.send(linkedOp, tt.body).code(), tt.name)
	}
	assert.Empty(t, srv.AppMessages("alice"))
}

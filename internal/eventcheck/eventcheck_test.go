package eventcheck_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/internal/eventcheck"
	"github.com/wecomkit/wecom-go/wecom"
)

type event struct {
	UserID    string
	Count     int64
	At        wecom.UnixTime
	List      []string
	Item      []item
	OptionIDs []string
}

type item struct{ Name string }

func TestDifferences(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		event event
		body  string
		want  []string
	}{
		{"none", event{UserID: "a", Count: 3, List: []string{"x", "y"}, Item: []item{{"p"}, {"q"}}}, `<xml><UserId>a</UserId><Count>3</Count><List>x, y</List><Item><Name>p</Name></Item><Item><Name>q</Name></Item></xml>`, nil},
		{"none in JSON", event{UserID: "a", List: []string{"x", "y"}}, `{"UserId":"a","List":["x","y"]}`, nil},
		{"misspelt by WeCom", event{OptionIDs: []string{"x"}}, `<xml><OpitonIds><OpitonId>x</OpitonId></OpitonIds></xml>`, nil},
		{"no field", event{}, `<xml><UserIds>a</UserIds></xml>`, []string{"eventcheck_test.event has no field for <UserIds>"}},
		{"another value", event{UserID: "b"}, `<xml><UserID>a</UserID></xml>`, []string{`eventcheck_test.event, element <UserID>: "b" instead of "a"`}},
		{"lost", event{}, `<xml><Count>3</Count><At>5</At></xml>`, []string{`element <Count>: "0" instead of "3"`, `element <At>: "0" instead of "5"`}},
		{"lost in a list", event{List: []string{"x"}, Item: []item{{"p"}}}, `<xml><List>x,y</List><Item><Name>p</Name></Item><Item><Name>q</Name></Item></xml>`, []string{`[x] lacks "y"`, "is <Item>"}},
		{"invented", event{UserID: "a", Count: 1}, `<xml><UserID>a</UserID></xml>`, []string{"event.Count is set without an element"}},
		{"no document", event{}, `<xml>`, []string{"unexpected EOF"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := eventcheck.Differences(&tt.event, []byte(tt.body))
			assert.Len(t, got, len(tt.want))
			for i := range min(len(got), len(tt.want)) {
				assert.ErrorContains(t, got[i], tt.want[i])
			}
		})
	}
}

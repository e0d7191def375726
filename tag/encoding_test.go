package tag_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/tag"
)

func TestRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		req  any
		want string
	}{
		{"all tags", tag.GetCorpTagListRequest{}, `{}`},
		{"a new group", tag.AddCorpTagRequest{GroupName: "g", Tag: []tag.AddCorpTag{{Name: "a"}}}, `{"group_name":"g","tag":[{"name":"a"}]}`},
		{"a name alone", tag.EditCorpTagRequest{ID: "et1", Name: "b"}, `{"id":"et1","name":"b"}`},
		{"order zero is an order", tag.EditCorpTagRequest{ID: "et1", Order: new(int64(0))}, `{"id":"et1","order":0}`},
		{"the highest order", tag.EditCorpTagRequest{ID: "et1", Order: new(int64(1<<32 - 1))}, `{"id":"et1","order":4294967295}`},
		{"all tags of rule groups", tag.GetStrategyTagListRequest{}, `{}`},
		{"a new group of a rule group", tag.AddStrategyTagRequest{StrategyID: 1, GroupName: "g", Tag: []tag.AddStrategyTag{{Name: "a"}}}, `{"strategy_id":1,"group_name":"g","tag":[{"name":"a"}]}`},
		{"order zero in a rule group", tag.EditStrategyTagRequest{ID: "st1", Order: new(int64(0))}, `{"id":"st1","order":0}`},
		{"one group of a rule group", tag.DelStrategyTagRequest{GroupID: []string{"st1"}}, `{"group_id":["st1"]}`},
		{"nothing removed", tag.MarkRequest{UserID: "a", ExternalUserID: "z", AddTag: []string{"et1"}}, `{"userid":"a","external_userid":"z","add_tag":["et1"]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := codec.AppendJSON(nil, tt.req)
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(got))
		})
	}
}

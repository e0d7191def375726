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

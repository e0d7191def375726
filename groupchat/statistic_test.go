package groupchat_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// The last page is the one whose next_offset is the total, or that has none.
func TestAllStatisticsEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		start int
		last  string
		want  []string
	}{
		{"at the total", 0, `{"total":2,"next_offset":2,"items":[{"owner":"bob"}]}`, []string{"alice", "bob"}},
		{"beyond the total", 0, `{"total":2,"next_offset":1000,"items":[{"owner":"bob"}]}`, []string{"alice", "bob"}},
		{"without a next offset", 0, `{"total":2,"items":[{"owner":"bob"}]}`, []string{"alice", "bob"}},
		{"having begun in the middle", 1, `{"total":2,"next_offset":2,"items":[{"owner":"bob"}]}`, []string{"bob"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			srv.Handle("externalcontact/groupchat/statistic", func(c wecomtest.Call) (any, error) {
				if c.Value("offset") == nil {
					return json.RawMessage(`{"total":2,"next_offset":1,"items":[{"owner":"alice"}]}`), nil
				}
				return json.RawMessage(tt.last), nil
			})

			var got []string
			for o, err := range groupchat.New(srv.NewClient()).AllStatistics(t.Context(), groupchat.StatisticRequest{Offset: tt.start}) {
				require.NoError(t, err)
				got = append(got, o.Owner)
			}

			assert.Equal(t, tt.want, got)
			assert.Equal(t, 1, srv.Calls().Op("externalcontact/groupchat/statistic").Where("offset", 1).Len())
		})
	}
}

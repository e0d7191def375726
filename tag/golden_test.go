package tag_test

import (
	"testing"

	"github.com/wecomkit/wecom-go/internal/golden"
	"github.com/wecomkit/wecom-go/tag"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	// What the replies wrap and the methods return.
	type (
		groups struct {
			TagGroup []tag.Group `json:"tag_group"`
		}
		group struct {
			TagGroup tag.Group `json:"tag_group"`
		}
		strategyGroups struct {
			TagGroup []tag.StrategyGroup `json:"tag_group"`
		}
		strategyGroup struct {
			TagGroup tag.StrategyGroup `json:"tag_group"`
		}
	)
	golden.Run(t, []golden.Case{
		{Op: "get_corp_tag_list", Request: new(tag.GetCorpTagListRequest), Response: new(groups)},
		{Op: "add_corp_tag", Request: new(tag.AddCorpTagRequest), Response: new(group)},
		{Op: "edit_corp_tag", Request: new(tag.EditCorpTagRequest)},
		{Op: "del_corp_tag", Request: new(tag.DelCorpTagRequest)},
		{Op: "mark_tag", Request: new(tag.MarkRequest)},
		{Op: "get_strategy_tag_list", Request: new(tag.GetStrategyTagListRequest), Response: new(strategyGroups)},
		{Op: "add_strategy_tag", Request: new(tag.AddStrategyTagRequest), Response: new(strategyGroup)},
		{Op: "edit_strategy_tag", Request: new(tag.EditStrategyTagRequest)},
		{Op: "del_strategy_tag", Request: new(tag.DelStrategyTagRequest)},
	})
}

package callback

func newChainEvent(h *Header) Event {
	switch h.ChangeType {
	case "create_chain":
		return new(CreateChain)
	case "update_chain":
		return new(UpdateChain)
	case "delete_chain":
		return new(DeleteChain)
	case "create_group":
		return new(CreateChainGroup)
	case "update_group":
		return new(UpdateChainGroup)
	case "delete_group":
		return new(DeleteChainGroup)
	case "corp_join":
		return new(ChainCorpJoin)
	case "update_corp":
		return new(UpdateChainCorp)
	case "remove_corp":
		return new(RemoveChainCorp)
	default:
		return new(Unknown)
	}
}

// CreateChain: there is a new chain of corps (上下游). What the system app of
// chains does itself causes none of these events.
//
// 「创建上下游空间事件」 https://developer.work.weixin.qq.com/document/path/95796
type CreateChain struct {
	Header

	ChainID string // the chain
}

func (v *CreateChain) decode(e element) { v.ChainID = e.text("ChainId") }

// UpdateChain: a chain was changed.
//
// 「更新上下游空间事件」 https://developer.work.weixin.qq.com/document/path/95796
type UpdateChain struct {
	Header

	ChainID string // the chain
}

func (v *UpdateChain) decode(e element) { v.ChainID = e.text("ChainId") }

// DeleteChain: a chain was deleted.
//
// 「删除上下游空间事件」 https://developer.work.weixin.qq.com/document/path/95796
type DeleteChain struct {
	Header

	ChainID string // the chain
}

func (v *DeleteChain) decode(e element) { v.ChainID = e.text("ChainId") }

// CreateChainGroup: a chain has new groups of corps.
//
// 「新增上下游分组事件」 https://developer.work.weixin.qq.com/document/path/95796
type CreateChainGroup struct {
	Header

	ChainID  string  // the chain
	GroupIDs []int64 // the groups
}

func (v *CreateChainGroup) decode(e element) {
	v.ChainID = e.text("ChainId")
	v.GroupIDs = e.ints("GroupIds")
}

// UpdateChainGroup: groups of a chain were changed.
//
// 「更新上下游分组事件」 https://developer.work.weixin.qq.com/document/path/95796
type UpdateChainGroup struct {
	Header

	ChainID  string  // the chain
	GroupIDs []int64 // the groups
}

func (v *UpdateChainGroup) decode(e element) {
	v.ChainID = e.text("ChainId")
	v.GroupIDs = e.ints("GroupIds")
}

// DeleteChainGroup: groups of a chain were deleted.
//
// 「删除上下游分组事件」 https://developer.work.weixin.qq.com/document/path/95796
type DeleteChainGroup struct {
	Header

	ChainID  string  // the chain
	GroupIDs []int64 // the groups
}

func (v *DeleteChainGroup) decode(e element) {
	v.ChainID = e.text("ChainId")
	v.GroupIDs = e.ints("GroupIds")
}

// ChainCorpJoin: corps joined a chain. An invitation alone is no event.
//
// 「企业加入上下游事件」 https://developer.work.weixin.qq.com/document/path/95796
type ChainCorpJoin struct {
	Header

	ChainID string   // the chain
	CorpIDs []string // the corps
}

func (v *ChainCorpJoin) decode(e element) {
	v.ChainID = e.text("ChainId")
	v.CorpIDs = e.list("CorpIds")
}

// UpdateChainCorp: corps of a chain were changed, or moved to another group.
//
// 「更新企业事件」 https://developer.work.weixin.qq.com/document/path/95796
type UpdateChainCorp struct {
	Header

	ChainID string   // the chain
	CorpIDs []string // the corps
}

func (v *UpdateChainCorp) decode(e element) {
	v.ChainID = e.text("ChainId")
	v.CorpIDs = e.list("CorpIds")
}

// RemoveChainCorp: corps that had joined a chain were removed from it.
//
// 「移除企业事件」 https://developer.work.weixin.qq.com/document/path/95796
type RemoveChainCorp struct {
	Header

	ChainID string   // the chain
	CorpIDs []string // the corps
}

func (v *RemoveChainCorp) decode(e element) {
	v.ChainID = e.text("ChainId")
	v.CorpIDs = e.list("CorpIds")
}

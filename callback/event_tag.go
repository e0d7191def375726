package callback

func newTagEvent(h *Header) Event {
	switch h.ChangeType {
	case "create":
		return new(CreateExternalTag)
	case "update":
		return new(UpdateExternalTag)
	case "delete":
		return new(DeleteExternalTag)
	case "shuffle":
		return new(ShuffleExternalTag)
	default:
		return new(Unknown)
	}
}

// TagType says whether a tag event is about a tag or a group of tags.
type TagType string

// The two.
const (
	TagTypeTag   TagType = "tag"       // 标签
	TagTypeGroup TagType = "tag_group" // 标签组
)

// CreateExternalTag: there is a new customer tag or tag group. Events of tags are
// for apps that may manage tags.
//
// 「企业客户标签创建事件」 https://developer.work.weixin.qq.com/document/path/92130
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/92277
type CreateExternalTag struct {
	Header

	ID         string  // of the tag or the group
	TagType    TagType // which of them
	StrategyID int64   // rule group that it belongs to, 0 if to none; only the 客户联系 app is told
}

func (v *CreateExternalTag) decode(e element) {
	v.ID = e.text("Id")
	v.TagType = TagType(e.word("TagType"))
	v.StrategyID = e.int("StrategyId")
}

// UpdateExternalTag: a customer tag or tag group was changed.
//
// 「企业客户标签变更事件」 https://developer.work.weixin.qq.com/document/path/92130
type UpdateExternalTag struct {
	Header

	ID         string  // of the tag or the group
	TagType    TagType // which of them
	StrategyID int64   // rule group that it belongs to, 0 if to none; only the 客户联系 app is told
}

func (v *UpdateExternalTag) decode(e element) {
	v.ID = e.text("Id")
	v.TagType = TagType(e.word("TagType"))
	v.StrategyID = e.int("StrategyId")
}

// DeleteExternalTag: a customer tag or tag group was deleted. A group takes
// its tags with it, and no events come for those.
//
// 「企业客户标签删除事件」 https://developer.work.weixin.qq.com/document/path/92130
type DeleteExternalTag struct {
	Header

	ID         string  // of the tag or the group
	TagType    TagType // which of them
	StrategyID int64   // rule group that it belonged to, 0 if to none; only the 客户联系 app is told
}

func (v *DeleteExternalTag) decode(e element) {
	v.ID = e.text("Id")
	v.TagType = TagType(e.word("TagType"))
	v.StrategyID = e.int("StrategyId")
}

// ShuffleExternalTag: an administrator changed the order of the tags. Read
// the order of all of them again before the next call that sets one.
//
// 「企业客户标签重排事件」 https://developer.work.weixin.qq.com/document/path/92130
type ShuffleExternalTag struct {
	Header

	ID         string // the tag group whose tags moved; empty if the groups themselves did
	StrategyID int64  // rule group that the tags belong to, 0 if to none
}

func (v *ShuffleExternalTag) decode(e element) {
	v.ID = e.text("Id")
	v.StrategyID = e.int("StrategyId")
}

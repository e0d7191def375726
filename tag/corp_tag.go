package tag

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

// A Group is a group of corp tags.
type Group struct {
	GroupID    string         `json:"group_id"`
	GroupName  string         `json:"group_name"`
	CreateTime wecom.UnixTime `json:"create_time"`
	Order      int64          `json:"order"`   // 0 to 2³²−1, the highest comes first
	Deleted    bool           `json:"deleted"` // only when asked for by TagID
	Tag        []Tag          `json:"tag"`
}

// A Tag is a corp tag.
type Tag struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	CreateTime wecom.UnixTime `json:"create_time"`
	Order      int64          `json:"order"`   // 0 to 2³²−1, the highest comes first
	Deleted    bool           `json:"deleted"` // only when asked for by TagID or GroupID
}

var opGetCorpTagList = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_corp_tag_list", Doc: 92117, Read: true}

// GetCorpTagListRequest selects corp tags. The zero value selects them all.
type GetCorpTagListRequest struct {
	TagID   []string `json:"tag_id,omitzero"`   // ignored if GroupID is set
	GroupID []string `json:"group_id,omitzero"` // whole groups
}

type getCorpTagListResult struct {
	TagGroup []Group `json:"tag_group"`
}

// GetCorpTagList returns corp tags in their groups, in one reply.
//
// 「获取企业标签库」 https://developer.work.weixin.qq.com/document/path/92117
//
// Asked for by id, deleted tags and groups come too: look at Deleted.
func (s *Service) GetCorpTagList(ctx context.Context, req GetCorpTagListRequest) ([]Group, error) {
	res, err := wecom.Do[getCorpTagListResult](ctx, s.client, opGetCorpTagList, req)
	if err != nil {
		return nil, err
	}
	return res.TagGroup, nil
}

var opAddCorpTag = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/add_corp_tag", Doc: 92117}

// AddCorpTagRequest adds tags to a group: to the one with GroupID, or else to
// the one called GroupName, which is made if there is none.
type AddCorpTagRequest struct {
	GroupID   string       `json:"group_id,omitzero"`   // if set, GroupName and Order are ignored
	GroupName string       `json:"group_name,omitzero"` // at most 30 characters
	Order     int64        `json:"order,omitzero"`      // of the group: 0 to 2³²−1, the highest comes first
	Tag       []AddCorpTag `json:"tag"`                 // at least one; several of one name become one
	AgentID   int64        `json:"agentid,omitzero"`    // only for old third-party suites of several apps
}

// AddCorpTag is a tag to be added.
type AddCorpTag struct {
	Name  string `json:"name"`           // at most 30 characters
	Order int64  `json:"order,omitzero"` // 0 to 2³²−1, the highest comes first
}

type addCorpTagResult struct {
	TagGroup Group `json:"tag_group"`
}

// AddCorpTag adds tags, and the group they are in if it is new. It returns the
// group with the added tags.
//
// 「添加企业客户标签」 https://developer.work.weixin.qq.com/document/path/92117
//
// A corp may have 10,000 tags.
// Fails with [wecom.CodeCorpTagLimit] when they are used up, and with
// [wecom.CodeInvalidTagName] for a name that is taken or not allowed.
func (s *Service) AddCorpTag(ctx context.Context, req AddCorpTagRequest) (*Group, error) {
	res, err := wecom.Do[addCorpTagResult](ctx, s.client, opAddCorpTag, req)
	if err != nil {
		return nil, err
	}
	return &res.TagGroup, nil
}

var opEditCorpTag = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/edit_corp_tag", Doc: 92117}

// EditCorpTagRequest changes a tag or a group. An empty Name and a nil Order
// stay as they are.
type EditCorpTagRequest struct {
	ID      string `json:"id"`               // of a tag or a group
	Name    string `json:"name,omitzero"`    // at most 30 characters
	Order   *int64 `json:"order,omitzero"`   // 0 to 2³²−1, the highest comes first
	AgentID int64  `json:"agentid,omitzero"` // only for old third-party suites of several apps
}

// EditCorpTag changes the name or order of a tag or a group.
//
// 「编辑企业客户标签」 https://developer.work.weixin.qq.com/document/path/92117
//
// An app can change only what it made itself.
// Fails with [wecom.CodeInvalidTagName] if another group, or another tag of the
// group, has the name, and with [wecom.CodeInvalidTagID] if there is no such tag.
func (s *Service) EditCorpTag(ctx context.Context, req EditCorpTagRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opEditCorpTag, req)
	return err
}

var opDelCorpTag = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/del_corp_tag", Doc: 92117}

// DelCorpTagRequest names tags and whole groups to delete. At least one of
// TagID and GroupID must be set.
type DelCorpTagRequest struct {
	TagID   []string `json:"tag_id,omitzero"`
	GroupID []string `json:"group_id,omitzero"`
	AgentID int64    `json:"agentid,omitzero"` // only for old third-party suites of several apps
}

// DelCorpTag deletes tags and groups. A group goes with its last tag.
//
// 「删除企业客户标签」 https://developer.work.weixin.qq.com/document/path/92117
//
// An app can delete only what it made itself.
// Fails with [wecom.CodeInvalidTagID] if there is no such tag.
func (s *Service) DelCorpTag(ctx context.Context, req DelCorpTagRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opDelCorpTag, req)
	return err
}

package moment

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opList = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_moment_list", Doc: 93333, Read: true}

// ListRequest says which moments to list.
type ListRequest struct {
	StartTime  wecom.UnixTime `json:"start_time"`           // itself not included
	EndTime    wecom.UnixTime `json:"end_time"`             // itself not included; at most 30 days after StartTime
	Creator    string         `json:"creator,omitzero"`     // the member who made them; empty is any
	FilterType *FilterType    `json:"filter_type,omitzero"` // nil is FilterTypeAll
	Cursor     string         `json:"cursor,omitzero"`      // NextCursor of the page before
	Limit      int            `json:"limit,omitzero"`       // page size, at most 20; 0 and more than 20 are 20
}

// FilterType selects moments by who made them.
type FilterType int

// Who made a moment, to select by.
const (
	FilterTypeCorp   FilterType = 0 // 企业发表
	FilterTypeMember FilterType = 1 // 个人发表
	FilterTypeAll    FilterType = 2 // 所有，包括个人创建以及企业创建
)

// String returns the constant's name without its prefix.
func (t FilterType) String() string {
	switch t {
	case FilterTypeCorp:
		return "Corp"
	case FilterTypeMember:
		return "Member"
	case FilterTypeAll:
		return "All"
	}
	return "FilterType(" + strconv.Itoa(int(t)) + ")"
}

// ListResult is one page of moments.
type ListResult struct {
	NextCursor string   `json:"next_cursor"` // empty on the last page
	MomentList []Moment `json:"moment_list"`
}

// Moment is a moment as it was published.
type Moment struct {
	MomentID    string         `json:"moment_id"`
	Creator     string         `json:"creator"` // the member; empty if it was created through the API
	CreateTime  wecom.UnixTime `json:"create_time"`
	CreateType  CreateType     `json:"create_type"`
	VisibleType VisibleType    `json:"visible_type"`
	Text        Text           `json:"text"`
	Image       []Image        `json:"image"`
	Video       *Video         `json:"video"`
	Link        *Link          `json:"link"`
	Location    *Location      `json:"location"`
}

// CreateType is who made a moment.
type CreateType int

// Who made a moment.
const (
	CreateTypeCorp   CreateType = 0 // 企业
	CreateTypeMember CreateType = 1 // 个人
)

// String returns the constant's name without its prefix.
func (t CreateType) String() string {
	switch t {
	case CreateTypeCorp:
		return "Corp"
	case CreateTypeMember:
		return "Member"
	}
	return "CreateType(" + strconv.Itoa(int(t)) + ")"
}

// VisibleType is who sees a moment.
type VisibleType int

// Who sees a moment.
const (
	VisibleTypePartial VisibleType = 0 // 部分可见
	VisibleTypePublic  VisibleType = 1 // 公开
)

// String returns the constant's name without its prefix.
func (t VisibleType) String() string {
	switch t {
	case VisibleTypePartial:
		return "Partial"
	case VisibleTypePublic:
		return "Public"
	}
	return "VisibleType(" + strconv.Itoa(int(t)) + ")"
}

// Image is a picture of a moment.
type Image struct {
	MediaID string `json:"media_id"` // for media/get
}

// Video is the video of a moment.
type Video struct {
	MediaID      string `json:"media_id"`       // for media/get
	ThumbMediaID string `json:"thumb_media_id"` // cover, for media/get
}

// Link is the web page that a moment opens.
type Link struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Location is the place that a moment shows.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name"`
}

// List returns one page of the moments of the corp and its members.
//
// 「获取企业全部的发表列表」 https://developer.work.weixin.qq.com/document/path/93333
//
// StartTime and EndTime are at most 30 days apart. Deleted moments and those of
// members outside the app's visible range are left out.
func (s *Service) List(ctx context.Context, req ListRequest) (*ListResult, error) {
	return wecom.Do[ListResult](ctx, s.client, opList, req)
}

// All walks the moments of the corp and its members, from req.Cursor on.
//
// 「获取企业全部的发表列表」 https://developer.work.weixin.qq.com/document/path/93333
func (s *Service) All(ctx context.Context, req ListRequest) iter.Seq2[Moment, error] {
	return paging.All(func(cursor string) ([]Moment, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 20)
		res, err := s.List(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.MomentList, res.NextCursor, nil
	})
}

package main

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
)

// errNotYours is the answer to whoever asks for a customer that is not theirs,
// be it a colleague's or nobody's: it must not tell which.
var errNotYours = errors.New("the member does not follow the customer")

// A profile is what customer.html shows.
type profile struct {
	contact.ExternalContact

	Follow     contact.FollowInfo // the member's own
	Colleagues int                // others who follow the customer
	Groups     []markGroup
	Personal   []string // tags that the member made for themself
}

type markGroup struct {
	Name  string
	Marks []mark
}

// A mark is a corp tag, on the customer or not.
type mark struct {
	ID, Name string
	On       bool
}

// Initial stands for a picture that is not there.
func (p profile) Initial() string {
	r, _ := utf8.DecodeRuneInString(p.Name)
	return string(r)
}

// Source says how the member and the customer came together.
func (p profile) Source() string {
	labels := map[contact.AddWay]string{
		contact.AddWayQRCode: "扫描二维码", contact.AddWayMobile: "搜索手机号", contact.AddWayCard: "名片分享",
		contact.AddWayGroupChat: "群聊", contact.AddWayAddressBook: "手机通讯录", contact.AddWayWechatContact: "微信联系人",
		contact.AddWayWechatChannels: "视频号", contact.AddWayWechatFriend: "微信好友", contact.AddWayAcquisitionLink: "获客链接",
		contact.AddWayInternalShare: "同事共享", contact.AddWayAssigned: "管理员分配",
	}
	return cmp.Or(labels[p.Follow.AddWay], "其他")
}

// Added is the day in China on which they did.
func (p profile) Added() string {
	return p.Follow.CreateTime.In(time.FixedZone("CST", 8*60*60)).Format(time.DateOnly)
}

func (a *app) customer(w http.ResponseWriter, r *http.Request, member string) {
	a.showCustomer(w, r, member, r.FormValue("external_userid"))
}

// markTag puts a tag on a customer of the member, or takes it off, and answers
// with the customer as they are then.
func (a *app) markTag(w http.ResponseWriter, r *http.Request, member string) {
	req := tag.MarkRequest{UserID: member, ExternalUserID: r.PostFormValue("external_userid")}
	if id := r.PostFormValue("add"); id != "" {
		req.AddTag = []string{id}
	}
	if id := r.PostFormValue("remove"); id != "" {
		req.RemoveTag = []string{id}
	}
	_, _, err := a.relation(r.Context(), member, req.ExternalUserID)
	if err == nil {
		err = a.tags.Mark(r.Context(), req)
	}
	if err != nil {
		a.failCustomer(w, r, err)
		return
	}
	a.showCustomer(w, r, member, req.ExternalUserID)
}

func (a *app) showCustomer(w http.ResponseWriter, r *http.Request, member, externalUserID string) {
	p, err := a.profile(r.Context(), member, externalUserID)
	if err != nil {
		a.failCustomer(w, r, err)
		return
	}
	a.render(w, r, http.StatusOK, "customer.html", p)
}

func (a *app) failCustomer(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, errNotYours):
		a.fail(w, r, http.StatusNotFound, "这位联系人还不是你的客户。", err)
	case wecom.IsCode(err, wecom.CodeInvalidTagID):
		a.fail(w, r, http.StatusConflict, "这个标签已被删除，请重新打开侧边栏。", err)
	default:
		a.fail(w, r, http.StatusBadGateway, "企业微信暂时没有响应，请稍后再试。", err)
	}
}

// profile collects what a member may see of a customer.
func (a *app) profile(ctx context.Context, member, externalUserID string) (*profile, error) {
	p, own, err := a.relation(ctx, member, externalUserID)
	if err != nil {
		return nil, err
	}
	p.Follow = *own
	groups, err := a.tags.GetCorpTagList(ctx, tag.GetCorpTagListRequest{})
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		group := markGroup{Name: g.GroupName}
		for _, t := range g.Tag {
			on := slices.ContainsFunc(own.Tags, func(f contact.FollowTag) bool { return f.TagID == t.ID })
			group.Marks = append(group.Marks, mark{t.ID, t.Name, on})
		}
		p.Groups = append(p.Groups, group)
	}
	for _, t := range own.Tags {
		if t.Type == contact.TagTypePersonal {
			p.Personal = append(p.Personal, t.TagName)
		}
	}
	return p, nil
}

// relation returns a customer and how the member follows them: the id comes
// from the browser, so whose customer it is must be asked of WeCom.
func (a *app) relation(ctx context.Context, member, externalUserID string) (*profile, *contact.FollowInfo, error) {
	if externalUserID == "" {
		return nil, nil, errNotYours
	}
	var p profile
	var own *contact.FollowInfo
	req := contact.GetRequest{ExternalUserID: externalUserID}
	for {
		page, err := a.contacts.GetPage(ctx, req)
		if wecom.IsCode(err, wecom.CodeNotExternalContact) || wecom.IsCode(err, wecom.CodeInvalidExternalUserID) {
			return nil, nil, errNotYours
		}
		if err != nil {
			return nil, nil, err
		}
		p.ExternalContact = page.ExternalContact
		p.Colleagues += len(page.FollowUser)
		if i := slices.IndexFunc(page.FollowUser, func(f contact.FollowInfo) bool { return f.UserID == member }); i >= 0 {
			own = &page.FollowUser[i]
			p.Colleagues--
		}
		if req.Cursor = page.NextCursor; req.Cursor == "" {
			break
		}
	}
	if own == nil {
		return nil, nil, errNotYours
	}
	return &p, own, nil
}

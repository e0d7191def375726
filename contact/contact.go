package contact

import (
	"strconv"

	"github.com/wecomkit/wecom-go/wecom"
)

// A Service calls the customer endpoints as the app behind its client. Make
// one with [New]; it is safe for concurrent use.
type Service struct {
	client *wecom.Client
}

// New makes a service that calls through client.
func New(client *wecom.Client) *Service { return &Service{client: client} }

// An ExternalContact is a person outside the corp: a customer, or a parent
// under 家校沟通.
//
// Third-party apps and apps developed on a corp's behalf (代开发应用) get no
// Avatar, Gender, UnionID or RemarkMobiles, and CorpName as CorpFullName. All
// of these are kept from an upstream corp that asks for a downstream corp's
// customers.
type ExternalContact struct {
	ExternalUserID string `json:"external_userid"`
	// Name is the nickname of a WeChat user, and the public alias or real name
	// of a WeCom user.
	Name            string           `json:"name"`
	Avatar          string           `json:"avatar"`
	Type            Type             `json:"type"`
	Gender          Gender           `json:"gender"`
	UnionID         string           `json:"unionid"`        // WeChat users only, once the corp has bound a WeChat developer id
	Position        string           `json:"position"`       // WeCom users only, unless they hide it
	CorpName        string           `json:"corp_name"`      // WeCom users only: the short name
	CorpFullName    string           `json:"corp_full_name"` // WeCom users only
	ExternalProfile *ExternalProfile `json:"external_profile"`

	ForeignKey     string          `json:"foreign_key"`     // parents only
	IsSubscribe    wecom.Bool01    `json:"is_subscribe"`    // parents only: follows the school's notices
	SubscriberInfo *SubscriberInfo `json:"subscriber_info"` // parents only
}

// An ExternalProfile is what a WeCom user shows to people outside their corp.
type ExternalProfile struct {
	ExternalCorpName string         `json:"external_corp_name"`
	ExternalAttr     []ExternalAttr `json:"external_attr"`
}

// An ExternalAttr is one line of an [ExternalProfile]. Type says which of
// Text, Web and MiniProgram is set.
type ExternalAttr struct {
	Type        ExternalAttrType         `json:"type"`
	Name        string                   `json:"name"`
	Text        *ExternalAttrText        `json:"text"`
	Web         *ExternalAttrWeb         `json:"web"`
	MiniProgram *ExternalAttrMiniProgram `json:"miniprogram"`
}

// An ExternalAttrText is a line of text.
type ExternalAttrText struct {
	Value string `json:"value"`
}

// An ExternalAttrWeb is a link to a web page.
type ExternalAttrWeb struct {
	URL   string `json:"url"`
	Title string `json:"title"`
}

// An ExternalAttrMiniProgram is a link to a page of a mini-program.
type ExternalAttrMiniProgram struct {
	AppID    string `json:"appid"`
	PagePath string `json:"pagepath"`
	Title    string `json:"title"`
}

// A SubscriberInfo is what a school notes about a parent.
type SubscriberInfo struct {
	TagID         []string `json:"tag_id"`
	Remark        string   `json:"remark"`
	RemarkMobiles []string `json:"remark_mobiles"`
}

// A FollowInfo is how one member knows a customer.
type FollowInfo struct {
	UserID         string         `json:"userid"` // the member
	Remark         string         `json:"remark"`
	Description    string         `json:"description"`
	CreateTime     wecom.UnixTime `json:"createtime"`       // when the member added the customer
	RemarkCorpName string         `json:"remark_corp_name"` // WeChat customers only
	RemarkMobiles  []string       `json:"remark_mobiles"`   // kept from the apps that [ExternalContact] names
	Tags           []FollowTag    `json:"tags"`             // from Get only
	TagID          []string       `json:"tag_id"`           // from BatchGetByUser only: corp and rule-group tags, no personal ones
	AddWay         AddWay         `json:"add_way"`
	WechatChannels *WechatChannel `json:"wechat_channels"` // with AddWayWechatChannels
	// OperUserID is who added whom: the member or the customer, whoever asked;
	// or the member or administrator who shared or assigned the customer.
	OperUserID string `json:"oper_userid"`
	// State is the state of the contact way, or the customer_channel of the
	// acquisition link, by which the customer came.
	State string `json:"state"`
}

// A FollowTag is a tag that a member put on a customer.
type FollowTag struct {
	GroupName string  `json:"group_name"`
	TagName   string  `json:"tag_name"`
	Type      TagType `json:"type"`
	TagID     string  `json:"tag_id"` // empty for TagTypePersonal
}

// A WechatChannel is the 视频号 by which a customer came.
type WechatChannel struct {
	Nickname string        `json:"nickname"`
	Source   ChannelSource `json:"source"`
}

// A Type tells WeChat users from WeCom users.
type Type int

const (
	TypeWechat Type = 1 // 微信用户
	TypeWecom  Type = 2 // 企业微信用户
)

// String returns the constant's name without its prefix.
func (t Type) String() string {
	switch t {
	case TypeWechat:
		return "Wechat"
	case TypeWecom:
		return "Wecom"
	default:
		return "Type(" + strconv.Itoa(int(t)) + ")"
	}
}

// A Gender is what a person entered in WeChat or WeCom.
type Gender int

const (
	GenderUnknown Gender = 0 // 未知, also where the app may not see it
	GenderMale    Gender = 1 // 男性
	GenderFemale  Gender = 2 // 女性
)

// String returns the constant's name without its prefix.
func (g Gender) String() string {
	switch g {
	case GenderUnknown:
		return "Unknown"
	case GenderMale:
		return "Male"
	case GenderFemale:
		return "Female"
	default:
		return "Gender(" + strconv.Itoa(int(g)) + ")"
	}
}

// An ExternalAttrType says which field of an [ExternalAttr] is set.
type ExternalAttrType int

const (
	ExternalAttrTypeText        ExternalAttrType = 0 // 文本
	ExternalAttrTypeWeb         ExternalAttrType = 1 // 网页
	ExternalAttrTypeMiniProgram ExternalAttrType = 2 // 小程序
)

// String returns the constant's name without its prefix.
func (t ExternalAttrType) String() string {
	switch t {
	case ExternalAttrTypeText:
		return "Text"
	case ExternalAttrTypeWeb:
		return "Web"
	case ExternalAttrTypeMiniProgram:
		return "MiniProgram"
	default:
		return "ExternalAttrType(" + strconv.Itoa(int(t)) + ")"
	}
}

// An AddWay is how a member and a customer came together. It is WeCom's
// word on the matter; the corp's own is [FollowInfo].State.
type AddWay int

const (
	AddWayUnknown            AddWay = 0   // 未知来源
	AddWayQRCode             AddWay = 1   // 扫描二维码
	AddWayMobile             AddWay = 2   // 搜索手机号
	AddWayCard               AddWay = 3   // 名片分享
	AddWayGroupChat          AddWay = 4   // 群聊
	AddWayAddressBook        AddWay = 5   // 手机通讯录
	AddWayWechatContact      AddWay = 6   // 微信联系人
	AddWayThirdPartyService  AddWay = 8   // 安装第三方应用时自动添加的客服人员
	AddWayEmail              AddWay = 9   // 搜索邮箱
	AddWayWechatChannels     AddWay = 10  // 视频号添加
	AddWaySchedule           AddWay = 11  // 通过日程参与人添加
	AddWayMeeting            AddWay = 12  // 通过会议参与人添加
	AddWayWechatFriend       AddWay = 13  // 添加微信好友对应的企业微信
	AddWayHardwareService    AddWay = 14  // 通过智慧硬件专属客服添加
	AddWayHomeService        AddWay = 15  // 通过上门服务客服添加
	AddWayAcquisitionLink    AddWay = 16  // 通过获客链接添加
	AddWayCustomDevelopment  AddWay = 17  // 通过定制开发添加
	AddWayDemandReply        AddWay = 18  // 通过需求回复添加
	AddWayThirdPartyPresales AddWay = 21  // 通过第三方售前客服添加
	AddWayBusinessPartner    AddWay = 22  // 通过可能的商务伙伴添加
	AddWayWechatRequest      AddWay = 24  // 通过接受微信账号收到的好友申请添加
	AddWayInternalShare      AddWay = 201 // 内部成员共享
	AddWayAssigned           AddWay = 202 // 管理员/负责人分配
)

// String returns the constant's name without its prefix.
func (w AddWay) String() string { //nolint:cyclop // one case for each value
	switch w {
	case AddWayUnknown:
		return "Unknown"
	case AddWayQRCode:
		return "QRCode"
	case AddWayMobile:
		return "Mobile"
	case AddWayCard:
		return "Card"
	case AddWayGroupChat:
		return "GroupChat"
	case AddWayAddressBook:
		return "AddressBook"
	case AddWayWechatContact:
		return "WechatContact"
	case AddWayThirdPartyService:
		return "ThirdPartyService"
	case AddWayEmail:
		return "Email"
	case AddWayWechatChannels:
		return "WechatChannels"
	case AddWaySchedule:
		return "Schedule"
	case AddWayMeeting:
		return "Meeting"
	case AddWayWechatFriend:
		return "WechatFriend"
	case AddWayHardwareService:
		return "HardwareService"
	case AddWayHomeService:
		return "HomeService"
	case AddWayAcquisitionLink:
		return "AcquisitionLink"
	case AddWayCustomDevelopment:
		return "CustomDevelopment"
	case AddWayDemandReply:
		return "DemandReply"
	case AddWayThirdPartyPresales:
		return "ThirdPartyPresales"
	case AddWayBusinessPartner:
		return "BusinessPartner"
	case AddWayWechatRequest:
		return "WechatRequest"
	case AddWayInternalShare:
		return "InternalShare"
	case AddWayAssigned:
		return "Assigned"
	default:
		return "AddWay(" + strconv.Itoa(int(w)) + ")"
	}
}

// A TagType says where a tag comes from.
type TagType int

const (
	TagTypeCorp     TagType = 1 // 企业设置
	TagTypePersonal TagType = 2 // 用户自定义
	TagTypeStrategy TagType = 3 // 规则组标签
)

// String returns the constant's name without its prefix.
func (t TagType) String() string {
	switch t {
	case TagTypeCorp:
		return "Corp"
	case TagTypePersonal:
		return "Personal"
	case TagTypeStrategy:
		return "Strategy"
	default:
		return "TagType(" + strconv.Itoa(int(t)) + ")"
	}
}

// A ChannelSource is the part of a 视频号 where a customer added a member.
type ChannelSource int

const (
	ChannelSourceUnknown  ChannelSource = 0 // 未知
	ChannelSourceHomepage ChannelSource = 1 // 视频号主页
	ChannelSourceLive     ChannelSource = 2 // 视频号直播间
	ChannelSourceLead     ChannelSource = 3 // 视频号留资服务
)

// String returns the constant's name without its prefix.
func (s ChannelSource) String() string {
	switch s {
	case ChannelSourceUnknown:
		return "Unknown"
	case ChannelSourceHomepage:
		return "Homepage"
	case ChannelSourceLive:
		return "Live"
	case ChannelSourceLead:
		return "Lead"
	default:
		return "ChannelSource(" + strconv.Itoa(int(s)) + ")"
	}
}

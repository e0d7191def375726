package wecomtest

// authInfoReply is a corp and what it has granted.
type authInfoReply struct {
	AuthCorpInfo authCorpWire `json:"auth_corp_info"`
	AuthInfo     struct {
		Agent []authAgentWire `json:"agent"`
	} `json:"auth_info"`
	EditionInfo *editionInfoWire `json:"edition_info,omitempty"`
}

type authCorpWire struct {
	CorpID            string `json:"corpid"`
	CorpName          string `json:"corp_name"`
	CorpType          string `json:"corp_type"`
	CorpSquareLogoURL string `json:"corp_square_logo_url"`
	CorpUserMax       int    `json:"corp_user_max"`
	CorpFullName      string `json:"corp_full_name"`
	VerifiedEndTime   int64  `json:"verified_end_time,omitempty"`
	SubjectType       int    `json:"subject_type"`
	CorpWXQRCode      string `json:"corp_wxqrcode,omitempty"`
	CorpScale         string `json:"corp_scale"`
	CorpIndustry      string `json:"corp_industry"`
	CorpSubIndustry   string `json:"corp_sub_industry"`
}

type authAgentWire struct {
	AgentID          int64           `json:"agentid"`
	Name             string          `json:"name"`
	RoundLogoURL     string          `json:"round_logo_url"`
	SquareLogoURL    string          `json:"square_logo_url"`
	AuthMode         int             `json:"auth_mode"` // 0 by an administrator, 1 by members
	IsCustomizedApp  bool            `json:"is_customized_app"`
	AuthFromThirdapp bool            `json:"auth_from_thirdapp"`
	Privilege        privilegeWire   `json:"privilege"`
	SharedFrom       *sharedFromWire `json:"shared_from,omitempty"`
}

type privilegeWire struct {
	Level      int      `json:"level"`
	AllowParty []int64  `json:"allow_party"`
	AllowUser  []string `json:"allow_user"`
	AllowTag   []int64  `json:"allow_tag"`
	ExtraParty []int64  `json:"extra_party"`
	ExtraUser  []string `json:"extra_user"`
	ExtraTag   []int64  `json:"extra_tag"`
}

type sharedFromWire struct {
	CorpID    string `json:"corpid"`
	ShareType int    `json:"share_type"` // 0 企业互联, 1 上下游
}

type editionInfoWire struct {
	Agent []editionAgentWire `json:"agent"`
}

type editionAgentWire struct {
	AgentID               int64  `json:"agentid"`
	EditionID             string `json:"edition_id"`
	EditionName           string `json:"edition_name"`
	AppStatus             int    `json:"app_status"`
	UserLimit             int64  `json:"user_limit"`
	ExpiredTime           int64  `json:"expired_time"`
	IsVirtualVersion      bool   `json:"is_virtual_version"`
	IsSharedFromOtherCorp bool   `json:"is_shared_from_other_corp"`
}

// authInfo describes the call's corp as the provider of one of its apps sees
// it. An app that everyone sees has the whole corp, department 1, in its range.
func (x *exchange) authInfo(a *app) authInfoReply {
	const logo = "https://wework.qpic.cn/wwpic/SIM/0"
	privilege := privilegeWire{
		Level: 1, AllowParty: []int64{}, AllowUser: x.corp.openUserIDs(x.provider, a.Visible), AllowTag: []int64{},
		ExtraParty: []int64{}, ExtraUser: []string{}, ExtraTag: []int64{},
	}
	if a.Visible == nil {
		privilege.AllowParty, privilege.AllowUser = []int64{1}, []string{}
	}
	mode := 0
	if a.install.byMember {
		mode = 1
	}
	reply := authInfoReply{AuthCorpInfo: authCorpWire{
		CorpID: x.s.openCorpID(x.provider), CorpName: x.corp.name, CorpType: "verified", CorpSquareLogoURL: logo,
		CorpUserMax: 200, CorpFullName: x.corp.name, SubjectType: 1, CorpWXQRCode: logo,
		CorpScale: "1-50人", CorpIndustry: "IT服务", CorpSubIndustry: "计算机软件/硬件/信息服务",
	}}
	if x.corp.school.unverified {
		reply.AuthCorpInfo.CorpType = "unverified"
	}
	reply.AuthInfo.Agent = []authAgentWire{{
		AgentID: a.AgentID, Name: a.Name, RoundLogoURL: logo, SquareLogoURL: logo, AuthMode: mode,
		IsCustomizedApp: a.install.suite.Template, Privilege: privilege,
	}}
	return reply
}

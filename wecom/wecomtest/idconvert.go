package wecomtest

import (
	"slices"
	"time"
)

// pendingID stands for somebody who is no customer yet.
type pendingID struct {
	id      string
	expires time.Time
}

// A TmpExternalUser is who stands behind a tmp_external_userid.
type TmpExternalUser struct {
	AgentID        int64  // the app that got the id
	BusinessType   int    // where from: 1 a meeting, 2 a form, 3 a smart table
	UserType       int    // 1 a customer, 2 to 4 a member of another corp
	ExternalUserID string // of a customer
	CorpID         string // of a member
	UserID         string
}

const (
	pendingLife   = 90 * 24 * time.Hour
	upgradeWithin = 7 * 24 * time.Hour
	tmpCustomer   = 1 // a user_type
)

func idConvertHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/idconvert/unionid_to_external_userid":          handle(unionIDToExternalOrPending),
		"/cgi-bin/idconvert/batch/external_userid_to_pending_id": handle(externalUserIDToPendingID),
		"/cgi-bin/idconvert/external_tagid":                      handle(convertTagIDs),
		"/cgi-bin/idconvert/open_kfid":                           handle(convertKFIDs),
		"/cgi-bin/idconvert/convert_tmp_external_userid":         handle(convertTmpExternalUserID),
		"/cgi-bin/idconvert/chatid":                              handle(convertChatIDs),
		"/cgi-bin/idconvert/apply_to_upgrade_chatid":             handle(applyToUpgradeChatID),
		"/cgi-bin/idconvert/upgrade_chatid_for_new_corp":         handle(upgradeChatIDForNewCorp),
	}
}

type externalOrPendingReply struct {
	ExternalUserID string `json:"external_userid,omitempty"`
	PendingID      string `json:"pending_id,omitempty"`
}

func unionIDToExternalOrPending(x *exchange, req unionIDRequest) (any, error) {
	if cust := x.corp.customers.byUnionID(req.UnionID); cust != nil && x.inSight(x.app, cust.ExternalUserID) {
		return externalOrPendingReply{ExternalUserID: cust.ExternalUserID}, nil
	}
	pending := x.corp.externalIDs.pending
	p := pending[req.UnionID]
	if !x.now.Before(p.expires) {
		p = pendingID{x.corp.nextID("pd"), x.now.Add(pendingLife)}
		pending[req.UnionID] = p
	}
	return externalOrPendingReply{PendingID: p.id}, nil
}

type toPendingIDRequest struct {
	ChatID         string   `json:"chat_id"`
	ExternalUserID []string `json:"external_userid"`
}

type toPendingIDReply struct {
	Result []pendingIDRow `json:"result"`
}

type pendingIDRow struct {
	ExternalUserID string `json:"external_userid"`
	PendingID      string `json:"pending_id"`
}

// externalUserIDToPendingID leaves out who never had a pending id, or has it
// no more.
func externalUserIDToPendingID(x *exchange, req toPendingIDRequest) (any, error) {
	in := func(id string) bool { return x.followedInSight(x.app, id) }
	if req.ChatID != "" {
		g := x.corp.groupChats.byID[req.ChatID]
		if g == nil {
			return nil, Refuse(40050, "invalid chatid")
		}
		if !x.app.sees(g.Owner) {
			return nil, Refuse(60011, "no privilege to access/modify contact/party/agent")
		}
		in = func(id string) bool { return g.member(id) != nil }
	}
	reply := toPendingIDReply{Result: []pendingIDRow{}}
	for _, id := range req.ExternalUserID {
		cust := x.corp.customers.byID[id]
		if cust == nil || cust.UnionID == "" || !in(id) {
			continue
		}
		if p := x.corp.externalIDs.pending[cust.UnionID]; x.now.Before(p.expires) {
			reply.Result = append(reply.Result, pendingIDRow{id, p.id})
		}
	}
	return reply, nil
}

// convert gives known ids new ones, with the same two letters in front, leaves
// new ones as they are, and returns the others.
func (x *exchange) convert(kind string, ids []string, known func(id string) bool) (pairs [][2]string, invalid []string) {
	made := x.corp.externalIDs.made
	for _, id := range unique(ids) {
		switch {
		case made[id]:
			pairs = append(pairs, [2]string{id, id})
		case known(id):
			fresh := id[:min(2, len(id))] + x.corp.opaque("provider's "+kind+" "+id, 0, 30)
			made[fresh] = true
			pairs = append(pairs, [2]string{id, fresh})
		default:
			invalid = append(invalid, id)
		}
	}
	return pairs, invalid
}

type convertTagIDsRequest struct {
	ExternalTagIDList []string `json:"external_tagid_list"`
}

type convertTagIDsReply struct {
	Items                    []tagIDPair `json:"items"`
	InvalidExternalTagIDList []string    `json:"invalid_external_tagid_list,omitempty"`
}

type tagIDPair struct {
	ExternalTagID     string `json:"external_tagid"`
	OpenExternalTagID string `json:"open_external_tagid"`
}

func convertTagIDs(x *exchange, req convertTagIDsRequest) (any, error) {
	pairs, invalid := x.convert("tag", req.ExternalTagIDList, func(id string) bool {
		return x.corp.tags.tag(id) != nil || x.corp.tags.group(id) != nil
	})
	reply := convertTagIDsReply{Items: make([]tagIDPair, 0, len(pairs)), InvalidExternalTagIDList: invalid}
	for _, p := range pairs {
		reply.Items = append(reply.Items, tagIDPair{p[0], p[1]})
	}
	return reply, nil
}

type convertKFIDsRequest struct {
	OpenKFIDList []string `json:"open_kfid_list"`
}

type convertKFIDsReply struct {
	Items               []kfIDPair `json:"items"`
	InvalidOpenKFIDList []string   `json:"invalid_open_kfid_list,omitempty"`
}

type kfIDPair struct {
	OpenKFID    string `json:"open_kfid"`
	NewOpenKFID string `json:"new_open_kfid"`
}

func convertKFIDs(x *exchange, req convertKFIDsRequest) (any, error) {
	pairs, invalid := x.convert("kf", req.OpenKFIDList, func(id string) bool { return x.corp.externalIDs.kfs[id] })
	reply := convertKFIDsReply{Items: make([]kfIDPair, 0, len(pairs)), InvalidOpenKFIDList: invalid}
	for _, p := range pairs {
		reply.Items = append(reply.Items, kfIDPair{p[0], p[1]})
	}
	return reply, nil
}

// OpenKFID makes a 微信客服 account known, and returns its open_kfid.
func (d Seeder) OpenKFID() string {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	id := d.s.corp.nextID("wk")
	d.s.corp.externalIDs.kfs[id] = true
	return id
}

type convertTmpRequest struct {
	BusinessType          int      `json:"business_type"`
	UserType              int      `json:"user_type"`
	TmpExternalUserIDList []string `json:"tmp_external_userid_list"`
}

type convertTmpReply struct {
	Results                      []tmpResult `json:"results"`
	InvalidTmpExternalUserIDList []string    `json:"invalid_tmp_external_userid_list,omitempty"`
}

type tmpResult struct {
	TmpExternalUserID string `json:"tmp_external_userid"`
	ExternalUserID    string `json:"external_userid,omitempty"`
	CorpID            string `json:"corpid,omitempty"`
	UserID            string `json:"userid,omitempty"`
}

func convertTmpExternalUserID(x *exchange, req convertTmpRequest) (any, error) {
	if req.UserType == tmpCustomer && !slices.Contains(x.app.Scopes, ScopeContact) {
		return nil, Refuse(48002, "api forbidden")
	}
	reply := convertTmpReply{Results: []tmpResult{}}
	for _, id := range unique(req.TmpExternalUserIDList) {
		u, ok := x.corp.externalIDs.temporary[id]
		switch {
		case !ok, u.AgentID != x.app.AgentID, u.BusinessType != req.BusinessType, u.UserType != req.UserType,
			u.UserType == tmpCustomer && !x.followedInSight(x.app, u.ExternalUserID):
			reply.InvalidTmpExternalUserIDList = append(reply.InvalidTmpExternalUserIDList, id)
		default:
			reply.Results = append(reply.Results, tmpResult{id, u.ExternalUserID, u.CorpID, u.UserID})
		}
	}
	return reply, nil
}

// TmpExternalUserID makes an id for somebody in a meeting, form or smart
// table, as the endpoints of these would show it.
func (d Seeder) TmpExternalUserID(u TmpExternalUser) string {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	id := d.s.corp.nextID("ou")
	d.s.corp.externalIDs.temporary[id] = u
	return id
}

// chatUpgrades are when apps of providers change to new ids of group chats.
type chatUpgrades struct {
	at map[int64]time.Time // by agentid
}

type convertChatIDsRequest struct {
	ChatIDList []string `json:"chat_id_list"`
}

type convertChatIDsReply struct {
	Items             []chatIDPair `json:"items"`
	InvalidChatIDList []string     `json:"invalid_chat_id_list,omitempty"`
}

type chatIDPair struct {
	ChatID    string `json:"chat_id"`
	NewChatID string `json:"new_chat_id"`
}

func convertChatIDs(x *exchange, req convertChatIDsRequest) (any, error) {
	at, asked := x.corp.chatUpgrades.at[x.app.AgentID]
	switch {
	case !asked:
		return nil, Refuse(40166, "wecomtest: no upgrade of the ids of group chats was asked for")
	case !x.now.Before(at):
		return nil, Refuse(40168, "wecomtest: the ids of group chats are upgraded")
	}
	pairs, invalid := x.convert("chat", req.ChatIDList, func(id string) bool {
		g := x.corp.groupChats.byID[id]
		return g != nil && x.app.sees(g.Owner)
	})
	reply := convertChatIDsReply{Items: make([]chatIDPair, 0, len(pairs)), InvalidChatIDList: invalid}
	for _, p := range pairs {
		reply.Items = append(reply.Items, chatIDPair{p[0], p[1]})
	}
	return reply, nil
}

type upgradeChatIDRequest struct {
	UpgradeTime int64 `json:"upgrade_time"`
}

func applyToUpgradeChatID(x *exchange, req upgradeChatIDRequest) (any, error) {
	upgrade := time.Unix(req.UpgradeTime, 0)
	at, asked := x.corp.chatUpgrades.at[x.app.AgentID]
	switch {
	case asked && !x.now.Before(at):
		return nil, Refuse(40165, "wecomtest: the ids of group chats are upgraded")
	case req.UpgradeTime < x.now.Unix(), upgrade.Sub(x.now) > upgradeWithin:
		return nil, Refuse(40167, "wecomtest: upgrade_time is not within seven days")
	}
	x.corp.chatUpgrades.at[x.app.AgentID] = upgrade
	return nil, nil
}

// upgradeChatIDForNewCorp lets the corps that authorise the suite from now on
// begin with the new ids.
func upgradeChatIDForNewCorp(x *exchange, _ struct{}) (any, error) {
	x.suite.newChats = true
	return nil, nil
}

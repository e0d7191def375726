package wecomtest

import "slices"

// idStore knows people by ids that are not the corp's external_userid.
type idStore struct {
	ofProvider map[string]string // external_userid by that of the provider
	parents    map[string]string // external_userid by mobile; "" if a parent is not there yet
	pending    map[string]pendingID
	temporary  map[string]TmpExternalUser
	kfs        map[string]bool // open_kfids
	made       map[string]bool // ids of tags, kf accounts and group chats that were made for providers
}

func newIDStore() idStore {
	return idStore{
		ofProvider: make(map[string]string),
		parents:    make(map[string]string),
		pending:    make(map[string]pendingID),
		temporary:  make(map[string]TmpExternalUser),
		kfs:        make(map[string]bool),
		made:       make(map[string]bool),
	}
}

func externalIDHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/unionid_to_external_userid":   handle(unionIDToExternalUserID),
		"/cgi-bin/externalcontact/convert_to_openid":            handle(convertToOpenID),
		"/cgi-bin/externalcontact/batch_to_external_userid":     handle(batchToExternalUserID),
		"/cgi-bin/externalcontact/to_service_external_userid":   handle(toServiceExternalUserID),
		"/cgi-bin/externalcontact/from_service_external_userid": handle(fromServiceExternalUserID),
		"/cgi-bin/externalcontact/get_new_external_userid":      handle(getNewExternalUserIDs),
	}
}

// followedInSight reports whether a customer has a follower whom the app sees.
func (x *exchange) followedInSight(a *app, externalUserID string) bool {
	return x.corp.followedInSight(a, externalUserID)
}

func (c *corp) followedInSight(a *app, externalUserID string) bool {
	cust := c.customers.byID[externalUserID]
	return cust != nil && slices.ContainsFunc(cust.FollowUser, func(f Follow) bool {
		return c.members.byID[f.UserID].follows() && a.sees(f.UserID)
	})
}

// inSight also counts group chats whose owner the app sees.
func (x *exchange) inSight(a *app, externalUserID string) bool {
	return x.corp.inSight(a, externalUserID)
}

func (c *corp) inSight(a *app, externalUserID string) bool {
	return c.followedInSight(a, externalUserID) || slices.ContainsFunc(c.groupChats.order, func(g *groupChat) bool {
		return a.sees(g.Owner) && g.member(externalUserID) != nil
	})
}

// byUnionID returns a customer, or nil. The first by id counts.
func (s *customerStore) byUnionID(unionID string) *Customer {
	var found *Customer
	for _, cust := range s.byID {
		if cust.UnionID == unionID && (found == nil || cust.ExternalUserID < found.ExternalUserID) {
			found = cust
		}
	}
	return found
}

// providerID is the id that a provider knows a customer by. From then on it
// can be converted back.
func (c *corp) providerID(externalUserID string) string {
	id := c.newExternalUserID(externalUserID)
	c.externalIDs.ofProvider[id] = externalUserID
	return id
}

// ProviderExternalUserID returns the external_userid that the first service
// provider knows a customer by.
func (s *Server) ProviderExternalUserID(externalUserID string) string {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.corp.customers.byID[externalUserID] == nil {
		s.fatalf("wecomtest: no customer %q", externalUserID)
	}
	return s.corp.providerID(externalUserID)
}

type unionIDRequest struct {
	UnionID string `json:"unionid"`
	OpenID  string `json:"openid"`
}

type externalUserIDWire struct {
	ExternalUserID string `json:"external_userid"`
}

func unionIDToExternalUserID(x *exchange, req unionIDRequest) (any, error) {
	cust := x.corp.customers.byUnionID(req.UnionID)
	if cust == nil || !x.inSight(x.app, cust.ExternalUserID) {
		return nil, Refuse(610004, "wecomtest: the unionid is no customer's in sight")
	}
	return externalUserIDWire{cust.ExternalUserID}, nil
}

type openIDReply struct {
	OpenID string `json:"openid"`
}

func convertToOpenID(x *exchange, req externalUserIDWire) (any, error) {
	cust := x.corp.customers.byID[req.ExternalUserID]
	switch {
	case cust == nil:
		return nil, Refuse(40096, "invalid external userid")
	case cust.Type == weComUser:
		return nil, Refuse(41056, "wecomtest: people on WeCom have no openid")
	case !x.inSight(x.app, cust.ExternalUserID):
		return nil, Refuse(84061, "not external contact")
	}
	return openIDReply{x.corp.openID(cust.ExternalUserID)}, nil
}

// openID is how the corp knows a person on WeChat.
func (c *corp) openID(person string) string { return "o" + c.opaque("openid "+person, 0, 27) }

type batchToExternalUserIDRequest struct {
	Mobiles []string `json:"mobiles"`
}

type batchToExternalUserIDReply struct {
	SuccessList []parentFound   `json:"success_list"`
	FailList    []parentMissing `json:"fail_list"`
}

type parentFound struct {
	Mobile         string `json:"mobile"`
	ExternalUserID string `json:"external_userid,omitempty"`
}

type parentMissing struct {
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
	Mobile  string `json:"mobile"`
}

func batchToExternalUserID(x *exchange, req batchToExternalUserIDRequest) (any, error) {
	reply := batchToExternalUserIDReply{SuccessList: []parentFound{}, FailList: []parentMissing{}}
	for _, mobile := range req.Mobiles {
		if id, ok := x.corp.externalIDs.parents[mobile]; ok {
			reply.SuccessList = append(reply.SuccessList, parentFound{mobile, id})
		} else {
			reply.FailList = append(reply.FailList, parentMissing{60136, "record not found", mobile})
		}
	}
	return reply, nil
}

// ParentMobile makes a mobile number that of a student's parent, who is known
// by externalUserID, or is not on WeChat yet if it is "".
func (d Seeder) ParentMobile(mobile, externalUserID string) {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	d.s.corp.externalIDs.parents[mobile] = externalUserID
}

func toServiceExternalUserID(x *exchange, req externalUserIDWire) (any, error) {
	if x.corp.customers.byID[req.ExternalUserID] == nil {
		return nil, Refuse(40096, "invalid external userid")
	}
	if !x.inSight(x.app, req.ExternalUserID) {
		return nil, Refuse(84061, "not external contact")
	}
	return externalUserIDWire{x.corp.providerID(req.ExternalUserID)}, nil
}

type fromServiceRequest struct {
	ExternalUserID string `json:"external_userid"`
	SourceAgentID  int64  `json:"source_agentid"`
}

// fromServiceExternalUserID is for the corp's own apps: a provider's may not
// learn the corp's ids.
func fromServiceExternalUserID(x *exchange, req fromServiceRequest) (any, error) {
	if slices.Contains(x.app.Scopes, ScopeProvider) {
		return nil, Refuse(48002, "api forbidden")
	}
	i := slices.IndexFunc(x.corp.apps, func(a *app) bool { return a.AgentID == req.SourceAgentID })
	if i < 0 || !slices.Contains(x.corp.apps[i].Scopes, ScopeProvider) {
		return nil, Refuse(40056, "invalid agentid")
	}
	id := x.corp.externalIDs.ofProvider[req.ExternalUserID]
	if id == "" || !x.inSight(x.app, id) || !x.inSight(x.corp.apps[i], id) {
		return nil, Refuse(40096, "invalid external userid")
	}
	return externalUserIDWire{id}, nil
}

type newExternalUserIDsRequest struct {
	ExternalUserIDList []string `json:"external_userid_list"`
}

// getNewExternalUserIDs leaves out whom nobody in sight follows. An id that is
// new already stays as it is.
func getNewExternalUserIDs(x *exchange, req newExternalUserIDsRequest) (any, error) {
	reply := newExternalUserIDsReply{Items: []newExternalUserIDWire{}}
	for _, id := range unique(req.ExternalUserIDList) {
		if old := x.corp.externalIDs.ofProvider[id]; old != "" {
			if x.followedInSight(x.app, old) {
				reply.Items = append(reply.Items, newExternalUserIDWire{id, id})
			}
		} else if x.followedInSight(x.app, id) {
			reply.Items = append(reply.Items, newExternalUserIDWire{id, x.corp.providerID(id)})
		}
	}
	return reply, nil
}

package wecomtest

// providerIDStore knows the members of a corp by the ids of providers.
type providerIDStore map[string]string // userid by open_userid

// openUserID is the id by which all apps of a provider know a member. From
// then on it can be read back.
func (c *corp) openUserID(p *provider, userID string) string {
	id := "wo" + opaque(p.CorpID, c.id+" member "+userID, 0, 30)
	c.openUsers[id] = userID
	return id
}

// openUserIDs are those of several members.
func (c *corp) openUserIDs(p *provider, userIDs []string) []string {
	out := make([]string, 0, len(userIDs))
	for _, id := range userIDs {
		out = append(out, c.openUserID(p, id))
	}
	return out
}

// memberByOpenID returns the member whom the call's provider knows by that id,
// or nil.
func (x *exchange) memberByOpenID(openUserID string) *Member {
	m := x.corp.members.byID[x.corp.openUsers[openUserID]]
	if m == nil || x.corp.openUserID(x.provider, m.UserID) != openUserID {
		return nil
	}
	return m
}

// OpenUserID returns the open_userid by which a provider and its apps know a
// member; "" stands for the first provider. It is not the userid that the corp
// has given.
func (s *Server) OpenUserID(providerID, userID string) string {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.corp.openUserID(s.provider(providerID), s.member(userID).UserID)
}

// openExternalUserID is the id by which all apps of a provider know a customer
// of the corp. From then on it can be read back.
func (c *corp) openExternalUserID(p *provider, externalUserID string) string {
	if p.first {
		return c.providerID(externalUserID)
	}
	id := externalUserID[:min(2, len(externalUserID))] + opaque(p.CorpID, c.id+" customer "+externalUserID, 0, 30)
	c.externalIDs.ofProvider[id] = externalUserID
	return id
}

// served makes a corp that has installed an app of the call's provider the one
// that the call is about.
func (x *exchange) served(openCorpID string) error {
	if !x.tenant(openCorpID) || len(x.ownApps()) == 0 {
		return Refuse(40013, "invalid corpid")
	}
	return nil
}

// ownApps are the apps of the call's provider in the corp.
func (x *exchange) ownApps() []*app {
	var list []*app
	for _, a := range x.corp.apps {
		if a.provider() == x.provider {
			list = append(list, a)
		}
	}
	return list
}

func providerIDHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/service/corpid_to_opencorpid":                             handle(corpIDToOpenCorpID),
		"/cgi-bin/service/externalcontact/unionid_to_external_userid_3rd":   handle(unionIDToExternalUserID3rd),
		"/cgi-bin/service/externalcontact/finish_external_userid_migration": handle(finishMigration),
		"/cgi-bin/service/finish_openid_migration":                          handle(finishMigration),
	}
}

type corpIDRequest struct {
	CorpID string `json:"corpid"`
}

type openCorpIDReply struct {
	OpenCorpID string `json:"open_corpid"`
}

// corpIDToOpenCorpID takes the corp's own id.
func corpIDToOpenCorpID(x *exchange, req corpIDRequest) (any, error) {
	at := x.s.routes.corps[req.CorpID]
	if at.server == nil || at.provider != nil {
		return nil, Refuse(40013, "invalid corpid")
	}
	id := at.server.openCorpID(x.provider)
	if err := x.served(id); err != nil {
		return nil, err
	}
	return openCorpIDReply{id}, nil
}

// finishMigration changes nothing: every corp authorises with the new ids.
func finishMigration(x *exchange, req corpIDRequest) (any, error) { return nil, x.served(req.CorpID) }

type unionID3rdRequest struct {
	UnionID string `json:"unionid"`
	OpenID  string `json:"openid"`
	CorpID  string `json:"corpid"`
}

type unionID3rdReply struct {
	ExternalUserIDInfo []externalUserIDInfoWire `json:"external_userid_info"`
}

type externalUserIDInfoWire struct {
	CorpID         string `json:"corpid"`
	ExternalUserID string `json:"external_userid"`
}

// unionIDToExternalUserID3rd looks into every corp that has installed the
// suite, unless one is named.
func unionIDToExternalUserID3rd(x *exchange, req unionID3rdRequest) (any, error) {
	servers := x.s.servers
	if req.CorpID != "" {
		if !x.tenant(req.CorpID) || x.corp.appOf(x.suite) == nil {
			return nil, Refuse(40013, "invalid corpid")
		}
		servers = []*Server{x.s}
	}
	reply := unionID3rdReply{ExternalUserIDInfo: []externalUserIDInfoWire{}}
	for _, s := range servers {
		a, cust := s.corp.appOf(x.suite), s.corp.customers.byUnionID(req.UnionID)
		if a == nil || cust == nil || !s.corp.inSight(a, cust.ExternalUserID) {
			continue
		}
		reply.ExternalUserIDInfo = append(reply.ExternalUserIDInfo, externalUserIDInfoWire{
			s.openCorpID(x.provider), s.corp.openExternalUserID(x.provider, cust.ExternalUserID),
		})
	}
	return reply, nil
}

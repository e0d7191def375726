package wecomtest

type openGIDRequest struct {
	OpenGID string `json:"opengid"`
}

type openGIDReply struct {
	ChatID string `json:"chat_id"`
}

func openGIDToChatID(x *exchange, req openGIDRequest) (any, error) {
	for _, g := range x.corp.groupChats.order {
		if x.corp.openGID(g.ChatID) != req.OpenGID {
			continue
		}
		if !x.app.sees(g.Owner) {
			return nil, Refuse(60011, "no privilege to access/modify contact/party/agent")
		}
		return openGIDReply{g.ChatID}, nil
	}
	return nil, Refuse(90511, "wecomtest: no group chat has that opengid")
}

// openGID is always the same for a group chat.
func (c *corp) openGID(chatID string) string { return c.opaque("opengid "+chatID, 0, 28) }

// OpenGID returns the opengid that a mini program has of a group chat when it
// is opened there.
func (s *Server) OpenGID(chatID string) string {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.corp.openGID(s.groupChat(chatID).ChatID)
}

type newGroupMemberIDsRequest struct {
	ChatID             string   `json:"chat_id"`
	ExternalUserIDList []string `json:"external_userid_list"`
}

type newExternalUserIDsReply struct {
	Items []newExternalUserIDWire `json:"items"`
}

type newExternalUserIDWire struct {
	ExternalUserID    string `json:"external_userid"`
	NewExternalUserID string `json:"new_external_userid"`
}

// newGroupMemberIDs leaves out who is not in the group chat. An id that is new
// already stays as it is.
func newGroupMemberIDs(x *exchange, req newGroupMemberIDsRequest) (any, error) {
	g := x.corp.groupChats.byID[req.ChatID]
	if g == nil {
		return nil, Refuse(40050, "invalid chatid")
	}
	if !x.app.sees(g.Owner) {
		return nil, Refuse(60011, "no privilege to access/modify contact/party/agent")
	}
	known := make(map[string]string, 2*len(g.MemberList))
	for i := range g.MemberList {
		if m := &g.MemberList[i]; m.Type == groupOutsider {
			id := x.corp.providerID(m.UserID)
			known[m.UserID], known[id] = id, id
		}
	}
	reply := newExternalUserIDsReply{Items: []newExternalUserIDWire{}}
	for _, id := range unique(req.ExternalUserIDList) {
		if known[id] != "" {
			reply.Items = append(reply.Items, newExternalUserIDWire{id, known[id]})
		}
	}
	return reply, nil
}

// newExternalUserID is the id that a service provider knows a customer by.
func (c *corp) newExternalUserID(externalUserID string) string {
	return externalUserID[:min(2, len(externalUserID))] + c.opaque("provider's "+externalUserID, 0, 30)
}

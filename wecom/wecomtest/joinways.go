package wecomtest

import (
	"slices"
	"unicode/utf8"
)

// A JoinWay is a 「加入群聊」 code or button.
type JoinWay struct {
	ConfigID       string   `json:"config_id"`
	Scene          int      `json:"scene,omitzero"` // 1 button in a mini program, 2 QR code
	Remark         string   `json:"remark,omitzero"`
	AutoCreateRoom bool     `json:"auto_create_room,omitzero"` // make a new group chat when all are full
	RoomBaseName   string   `json:"room_base_name,omitzero"`
	RoomBaseID     int64    `json:"room_base_id,omitzero"`
	ChatIDList     []string `json:"chat_id_list,omitzero"`
	QRCode         string   `json:"qr_code,omitzero"`
	State          string   `json:"state,omitzero"`
	MarkSource     bool     `json:"mark_source,omitzero"`
	AgentID        int64    `json:"agentid,omitzero"` // the app that made it and alone sees it
}

const (
	maxJoinWayChats  = 5
	maxJoinWayRemark = 30 // characters; the rest is cut off
)

type joinWayStore struct {
	byID map[string]*joinWay
	made int // ever
}

// joinWay is a join way and the group chats that it made.
type joinWay struct {
	JoinWay
	rooms []string
}

func newJoinWayStore() joinWayStore { return joinWayStore{byID: make(map[string]*joinWay)} }

// nextID returns an id that no join way has.
func (s *joinWayStore) nextID(c *corp) string {
	for {
		s.made++
		if id := c.hex("join way", s.made); s.byID[id] == nil {
			return id
		}
	}
}

// forget takes a group chat that was dismissed out of all join ways.
func (s *joinWayStore) forget(chatID string) {
	gone := func(id string) bool { return id == chatID }
	for _, way := range s.byID {
		way.ChatIDList = slices.DeleteFunc(way.ChatIDList, gone)
		way.rooms = slices.DeleteFunc(way.rooms, gone)
	}
}

func joinWayHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/groupchat/add_join_way":    handle(addJoinWay),
		"/cgi-bin/externalcontact/groupchat/get_join_way":    handle(getJoinWay),
		"/cgi-bin/externalcontact/groupchat/update_join_way": handle(updateJoinWay),
		"/cgi-bin/externalcontact/groupchat/del_join_way":    handle(delJoinWay),
	}
}

// joinWayWire is what all four speak of.
type joinWayWire struct {
	ConfigID       string   `json:"config_id"`
	Scene          int      `json:"scene"`
	Remark         string   `json:"remark"`
	AutoCreateRoom *int     `json:"auto_create_room"`
	RoomBaseName   string   `json:"room_base_name,omitempty"`
	RoomBaseID     int64    `json:"room_base_id,omitempty"`
	ChatIDList     []string `json:"chat_id_list"`
	QRCode         string   `json:"qr_code,omitempty"`
	State          string   `json:"state,omitempty"`
	MarkSource     *bool    `json:"mark_source"`
}

// read makes a join way of a request; what is not there has its default.
func (x *exchange) readJoinWay(req joinWayWire) (JoinWay, error) {
	if len(req.ChatIDList) > maxJoinWayChats {
		return JoinWay{}, Refuse(41091, "wecomtest: a join way is for five group chats at most")
	}
	for _, id := range req.ChatIDList {
		g := x.corp.groupChats.byID[id]
		if g == nil {
			return JoinWay{}, Refuse(40050, "invalid chatid")
		}
		if !x.app.sees(g.Owner) {
			return JoinWay{}, Refuse(60011, "no privilege to access/modify contact/party/agent")
		}
	}
	way := JoinWay{
		Scene:          req.Scene,
		Remark:         req.Remark,
		AutoCreateRoom: req.AutoCreateRoom == nil || *req.AutoCreateRoom == 1,
		ChatIDList:     unique(req.ChatIDList),
		State:          req.State,
		MarkSource:     req.MarkSource == nil || *req.MarkSource,
		AgentID:        x.app.AgentID,
	}
	if utf8.RuneCountInString(way.Remark) > maxJoinWayRemark {
		way.Remark = string([]rune(way.Remark)[:maxJoinWayRemark])
	}
	if way.AutoCreateRoom {
		way.RoomBaseName, way.RoomBaseID = req.RoomBaseName, req.RoomBaseID
	}
	return way, nil
}

// addJoinWay counts against the same quota as contact ways do.
func addJoinWay(x *exchange, req joinWayWire) (any, error) {
	way, err := x.readJoinWay(req)
	if err != nil {
		return nil, err
	}
	c := x.corp
	if c.waysLeft() == 0 {
		return nil, Refuse(41045, "wecomtest: the corp has all the contact ways and join ways it may have")
	}
	way.ConfigID = c.joinWays.nextID(c)
	way.QRCode = "https://p.qpic.cn/wwhead/" + way.ConfigID + "/0"
	c.joinWays.byID[way.ConfigID] = &joinWay{JoinWay: way}
	return configIDRequest{way.ConfigID}, nil
}

// waysLeft is how many contact ways and join ways the corp may still make.
func (c *corp) waysLeft() int {
	return max(c.contactWays.limit-len(c.contactWays.order)-len(c.joinWays.byID), 0)
}

// joinWay returns a join way that the app made, or the refusal.
func (x *exchange) joinWay(configID string) (*joinWay, error) {
	if way := x.corp.joinWays.byID[configID]; way != nil && way.AgentID == x.app.AgentID {
		return way, nil
	}
	return nil, Refuse(41044, "wecomtest: no join way has that config_id")
}

type getJoinWayReply struct {
	JoinWay joinWayWire `json:"join_way"`
}

func getJoinWay(x *exchange, req configIDRequest) (any, error) {
	way, err := x.joinWay(req.ConfigID)
	if err != nil {
		return nil, err
	}
	auto := 0
	if way.AutoCreateRoom {
		auto = 1
	}
	return getJoinWayReply{joinWayWire{
		ConfigID:       way.ConfigID,
		Scene:          way.Scene,
		Remark:         way.Remark,
		AutoCreateRoom: &auto,
		RoomBaseName:   way.RoomBaseName,
		RoomBaseID:     way.RoomBaseID,
		ChatIDList:     nonNil(way.ChatIDList),
		QRCode:         way.QRCode,
		State:          way.State,
		MarkSource:     &way.MarkSource,
	}}, nil
}

// updateJoinWay replaces everything but the id and the code.
func updateJoinWay(x *exchange, req joinWayWire) (any, error) {
	old, err := x.joinWay(req.ConfigID)
	if err != nil {
		return nil, err
	}
	way, err := x.readJoinWay(req)
	if err != nil {
		return nil, err
	}
	way.ConfigID, way.QRCode = old.ConfigID, old.QRCode
	*old = joinWay{JoinWay: way}
	return nil, nil
}

func delJoinWay(x *exchange, req configIDRequest) (any, error) {
	way, err := x.joinWay(req.ConfigID)
	if err != nil {
		return nil, err
	}
	delete(x.corp.joinWays.byID, way.ConfigID)
	return nil, nil
}

// JoinWay returns a copy of a join way, or the zero JoinWay.
func (s *Server) JoinWay(configID string) JoinWay {
	s.mu.Lock()
	defer s.mu.Unlock()
	way := s.corp.joinWays.byID[configID]
	if way == nil {
		return JoinWay{}
	}
	out := way.JoinWay
	out.ChatIDList = slices.Clone(way.ChatIDList)
	return out
}

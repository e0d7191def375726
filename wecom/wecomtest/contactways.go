package wecomtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// A ContactWay is a 「联系我」 code or button.
type ContactWay struct {
	ConfigID      string        `json:"config_id"`
	Type          int           `json:"type,omitzero"`  // 1 one member, 2 several
	Scene         int           `json:"scene,omitzero"` // 1 button in a mini program, 2 QR code
	Style         int           `json:"style,omitzero"` // of the button
	Remark        string        `json:"remark,omitzero"`
	SkipVerify    bool          `json:"skip_verify,omitzero"`
	State         string        `json:"state,omitzero"`
	QRCode        string        `json:"qr_code,omitzero"`
	User          []string      `json:"user,omitzero"`
	Party         []int64       `json:"party,omitzero"`
	IsTemp        bool          `json:"is_temp,omitzero"`
	ExpiresIn     time.Duration `json:"expires_in,omitzero"` // of a temporary one, as the next two
	ChatExpiresIn time.Duration `json:"chat_expires_in,omitzero"`
	UnionID       string        `json:"unionid,omitzero"`
	IsExclusive   bool          `json:"is_exclusive,omitzero"`
	MarkSource    bool          `json:"mark_source,omitzero"`
	CreateTime    time.Time     `json:"create_time,omitzero"`
}

const (
	maxContactWays     = 500000 // of a corp
	maxTempContactWays = 100000 // of a corp in a day
	maxContactWayUsers = 100
	tempContactWayLife = 7 * 24 * time.Hour // unless expires_in says otherwise
	tempChatLife       = 24 * time.Hour     // unless chat_expires_in says otherwise
	maxTempLife        = 14 * 24 * time.Hour
)

type contactWayStore struct {
	byID      map[string]*contactWay
	order     []*contactWay // as they came, without the temporary ones
	made      int           // ever, temporary ones too
	day       string        // of temps
	temps     int           // temporary ones made on day
	limit     int           // maxContactWays, with join ways
	tempLimit int           // maxTempContactWays
	chats     map[relationKey]time.Time
	pending   map[relationKey]friendRequest
}

// relationKey names one member's relation to one customer.
type relationKey struct{ userID, externalUserID string }

// contactWay is a contact way and what scans have made of it.
type contactWay struct {
	ContactWay
	conclusions *conclusions
	turn        int               // whose turn it is among several members
	exclusive   map[string]string // userid by company, if IsExclusive
	used        bool              // a temporary one that led to a customer
}

func newContactWayStore() contactWayStore {
	return contactWayStore{
		byID:      make(map[string]*contactWay),
		limit:     maxContactWays,
		tempLimit: maxTempContactWays,
		chats:     make(map[relationKey]time.Time),
		pending:   make(map[relationKey]friendRequest),
	}
}

// nextID returns an id that no contact way has.
func (s *contactWayStore) nextID(c *corp) string {
	for {
		s.made++
		if id := c.hex("contact way", s.made); s.byID[id] == nil {
			return id
		}
	}
}

// add puts in a contact way if the corp may have one more.
func (s *contactWayStore) add(c *corp, now time.Time, way *contactWay) error {
	if day := now.In(chinaTime()).Format(time.DateOnly); day != s.day {
		s.day, s.temps = day, 0
	}
	if way.IsTemp && s.temps >= s.tempLimit || !way.IsTemp && c.waysLeft() == 0 {
		return Refuse(41045, "wecomtest: the corp has all the contact ways it may have")
	}
	way.ConfigID, way.CreateTime = s.nextID(c), now
	if way.Scene == sceneQRCode {
		way.QRCode = "https://p.qpic.cn/wwhead/" + way.ConfigID + "/0"
	}
	s.byID[way.ConfigID] = way
	if way.IsTemp {
		s.temps++
	} else {
		s.order = append(s.order, way)
	}
	return nil
}

func (s *contactWayStore) remove(way *contactWay) {
	delete(s.byID, way.ConfigID)
	s.order = slices.DeleteFunc(s.order, func(w *contactWay) bool { return w == way })
}

// live reports whether the contact way still works.
func (w *contactWay) live(now time.Time) bool {
	return !w.IsTemp || !w.used && now.Before(w.CreateTime.Add(w.ExpiresIn))
}

// users are the members whom a contact way names, those of its departments
// included, in their order.
func (w *contactWay) users(c *corp) []string { return c.usersIn(w.User, w.Party) }

// usersIn are the members who are named, and those of departments who may have
// customers, in their order.
func (c *corp) usersIn(userIDs []string, parties []int64) []string {
	users := slices.Clone(userIDs)
	if len(parties) == 0 {
		return users
	}
	for _, id := range c.members.order {
		m := c.members.byID[id]
		in := slices.ContainsFunc(parties, func(party int64) bool { return party == rootParty || slices.Contains(m.Department, party) })
		if in && m.follows() && !slices.Contains(users, id) {
			users = append(users, id)
		}
	}
	return users
}

// rootParty is the department that everyone is in.
const rootParty = 1

// hasParty reports whether any member is in a department: the simulator keeps
// no tree of them.
func (c *corp) hasParty(party int64) bool {
	if party == rootParty {
		return true
	}
	for _, m := range c.members.byID {
		if slices.Contains(m.Department, party) {
			return true
		}
	}
	return false
}

// hex makes a text of 32 hexadecimal digits that is always the same.
func (c *corp) hex(kind string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", c.id, kind, n))
	return hex.EncodeToString(sum[:16])
}

// chinaTime is the zone that WeCom's days are counted in.
func chinaTime() *time.Location { return time.FixedZone("CST", 8*60*60) }

// ContactWay returns a copy of a contact way, or the zero ContactWay.
func (s *Server) ContactWay(configID string) ContactWay {
	s.mu.Lock()
	defer s.mu.Unlock()
	way := s.corp.contactWays.byID[configID]
	if way == nil {
		return ContactWay{}
	}
	out := way.ContactWay
	out.User = slices.Clone(way.User)
	out.Party = slices.Clone(way.Party)
	return out
}

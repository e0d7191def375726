package wecomtest

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A GroupWelcome is a greeting for whoever joins a group chat: 入群欢迎语素材.
type GroupWelcome struct {
	TemplateID  string       `json:"template_id"`
	AgentID     int64        `json:"agentid,omitzero"` // of the app that made it
	Text        string       `json:"text,omitzero"`
	Attachments []Attachment `json:"attachments,omitzero"` // one at most
	Notify      bool         `json:"notify,omitzero"`      // group owners are told to use it
	ChatID      []string     `json:"chat_id,omitzero"`     // of the group chats that use it
}

const maxGroupWelcomes = 100

// groupWelcomeStore has the greetings by template_id.
type groupWelcomeStore struct {
	byID   map[string]*GroupWelcome
	byChat map[string]string // template_id
}

func newGroupWelcomeStore() groupWelcomeStore {
	return groupWelcomeStore{byID: make(map[string]*GroupWelcome), byChat: make(map[string]string)}
}

// greet sends a group chat's greeting for every customer who joined.
func (c *corp) greet(g *groupChat, userIDs []string, now time.Time) {
	w := c.greetings.byID[c.greetings.byChat[g.ChatID]]
	if w == nil {
		return
	}
	for _, id := range userIDs {
		m := g.member(id)
		if m == nil || c.members.byID[id] != nil {
			continue
		}
		name := m.Name
		if cust := c.customers.byID[id]; cust != nil {
			name = cmp.Or(name, cust.Name)
		}
		c.received.add(g.ChatID, Received{
			Kind:        KindGroupWelcome,
			Time:        now,
			UserID:      g.Owner,
			Text:        strings.ReplaceAll(w.Text, "%NICKNAME%", name),
			Attachments: w.Attachments,
		})
	}
}

func groupWelcomeHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/group_welcome_template/add":  handle(addGroupWelcome),
		"/cgi-bin/externalcontact/group_welcome_template/edit": handle(editGroupWelcome),
		"/cgi-bin/externalcontact/group_welcome_template/get":  handle(getGroupWelcome),
		"/cgi-bin/externalcontact/group_welcome_template/del":  handle(deleteGroupWelcome),
	}
}

type groupWelcomeRequest struct {
	TemplateID  string           `json:"template_id"`
	Text        *textWire        `json:"text"`
	Image       *imageWire       `json:"image"`
	Link        *linkWire        `json:"link"`
	MiniProgram *miniProgramWire `json:"miniprogram"`
	File        *mediaWire       `json:"file"`
	Video       *mediaWire       `json:"video"`
	Notify      *int             `json:"notify"`
}

// attachment returns the one that counts if there are several.
func (r *groupWelcomeRequest) attachment() *attachmentWire {
	switch {
	case r.Image != nil:
		return &attachmentWire{MsgType: "image", Image: r.Image}
	case r.Link != nil:
		return &attachmentWire{MsgType: "link", Link: r.Link}
	case r.MiniProgram != nil:
		return &attachmentWire{MsgType: "miniprogram", MiniProgram: r.MiniProgram}
	case r.File != nil:
		return &attachmentWire{MsgType: "file", File: r.File}
	case r.Video != nil:
		return &attachmentWire{MsgType: "video", Video: r.Video}
	}
	return nil
}

// fill gives w what the request says, or leaves it as it is.
func (r *groupWelcomeRequest) fill(x *exchange, w *GroupWelcome) error {
	var text string
	if r.Text != nil {
		text = r.Text.Content
	}
	var attachments []Attachment
	if wire := r.attachment(); wire != nil {
		a, ok := wire.read()
		if !ok {
			return Refuse(40063, "wecomtest: the image has neither media_id nor pic_url")
		}
		if err := x.checkGroupAttachment(a); err != nil {
			return err
		}
		attachments = []Attachment{a}
	}
	if text == "" && len(attachments) == 0 {
		return Refuse(40063, "wecomtest: neither text nor attachment")
	}
	w.Text, w.Attachments = text, attachments
	return nil
}

// checkGroupAttachment also takes the files and videos of upload_by_url.
func (x *exchange) checkGroupAttachment(a Attachment) error {
	m := x.corp.media.live(a.MediaID, x.now)
	if m != nil && m.ByURL && m.Type == a.MsgType {
		return nil
	}
	return x.checkAttachment(a, 0)
}

type addGroupWelcomeReply struct {
	TemplateID string `json:"template_id"`
}

func addGroupWelcome(x *exchange, req groupWelcomeRequest) (any, error) {
	store := &x.corp.greetings
	if len(store.byID) >= maxGroupWelcomes {
		return nil, Refuse(41055, "wecomtest: the corp has 100 group greetings")
	}
	w := &GroupWelcome{AgentID: x.app.AgentID, Notify: req.Notify == nil || *req.Notify == 1}
	if err := req.fill(x, w); err != nil {
		return nil, err
	}
	w.TemplateID = x.corp.nextID("msgWelcome")
	store.byID[w.TemplateID] = w
	return addGroupWelcomeReply{w.TemplateID}, nil
}

func editGroupWelcome(x *exchange, req groupWelcomeRequest) (any, error) {
	w, err := x.ownGroupWelcome(req.TemplateID)
	if err != nil {
		return nil, err
	}
	return nil, req.fill(x, w)
}

type groupWelcomeID struct {
	TemplateID string `json:"template_id"`
}

type getGroupWelcomeReply struct {
	Text        *textWire        `json:"text,omitempty"`
	Image       *imageWire       `json:"image,omitempty"`
	Link        *linkWire        `json:"link,omitempty"`
	MiniProgram *miniProgramWire `json:"miniprogram,omitempty"`
	File        *mediaWire       `json:"file,omitempty"`
	Video       *mediaWire       `json:"video,omitempty"`
}

func getGroupWelcome(x *exchange, req groupWelcomeID) (any, error) {
	w := x.corp.greetings.byID[req.TemplateID]
	if w == nil {
		return nil, Refuse(40037, "invalid template_id")
	}
	var reply getGroupWelcomeReply
	if w.Text != "" {
		reply.Text = &textWire{w.Text}
	}
	for i := range w.Attachments {
		wire := w.Attachments[i].wire()
		reply.Image, reply.Link, reply.MiniProgram = wire.Image, wire.Link, wire.MiniProgram
		reply.File, reply.Video = wire.File, wire.Video
		if img := wire.Image; img != nil && img.MediaID != "" {
			reply.Image = &imageWire{PicURL: "https://p.qpic.cn/pic_wework/" + img.MediaID}
		}
		if wire.MiniProgram != nil {
			wire.MiniProgram.PicMediaID = w.Attachments[i].MediaID
		}
	}
	return reply, nil
}

func deleteGroupWelcome(x *exchange, req groupWelcomeID) (any, error) {
	w, err := x.ownGroupWelcome(req.TemplateID)
	if err != nil {
		return nil, err
	}
	delete(x.corp.greetings.byID, w.TemplateID)
	return nil, nil
}

// ownGroupWelcome returns a greeting of the app's own.
func (x *exchange) ownGroupWelcome(id string) (*GroupWelcome, error) {
	w := x.corp.greetings.byID[id]
	switch {
	case w == nil:
		return nil, Refuse(40037, "invalid template_id")
	case w.AgentID != x.app.AgentID:
		return nil, Refuse(41058, "wecomtest: another app made the group greeting")
	}
	return w, nil
}

// GroupWelcome returns a copy of a group greeting, or the zero GroupWelcome.
func (s *Server) GroupWelcome(templateID string) GroupWelcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.corp.greetings.byID[templateID]
	if w == nil {
		return GroupWelcome{}
	}
	out := *w
	out.Attachments = slices.Clone(w.Attachments)
	for _, g := range s.corp.groupChats.order {
		if s.corp.greetings.byChat[g.ChatID] == templateID {
			out.ChatID = append(out.ChatID, g.ChatID)
		}
	}
	return out
}

// UseGroupWelcome lets the owner of a group chat choose how customers who join
// it are greeted. An empty templateID ends it.
func (a Actor) UseGroupWelcome(chatID, templateID string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	g := a.s.groupChat(chatID)
	if templateID != "" && a.s.corp.greetings.byID[templateID] == nil {
		a.s.fatalf("wecomtest: no group greeting %q", templateID)
	}
	a.s.corp.greetings.byChat[g.ChatID] = templateID
}

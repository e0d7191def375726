package callback

import (
	"fmt"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

// An Event is what a callback reports: a pointer to one of this package's
// event types, or [*Unknown]. Switch on its type, or register a handler for
// each with [On].
type Event interface {
	// Head returns what all events have.
	Head() *Header

	decode(e element)
}

// A Header is what all events have. An app of the corp gets Event and
// CreateTime, a third-party app gets the same change with InfoType,
// TimeStamp, SuiteID and AuthCorpID: both are the same Go type, and [Header.Corp],
// [Header.At] and [Header.Kind] read the same for both.
type Header struct {
	ToUserName   string         // the corp id
	FromUserName string         // the member; sys for an event that no member sent
	CreateTime   wecom.UnixTime // when it happened
	MsgType      string         // event, or the kind of a message
	Event        string         // empty for a message
	ChangeType   string         // which change, where one Event covers several
	AgentID      int64          // the app; 0 if the event belongs to no app

	InfoType   string         // a third-party app's Event
	TimeStamp  wecom.UnixTime // a third-party app's CreateTime
	SuiteID    string         // the third-party app
	AuthCorpID string         // the corp that installed it

	// Raw is the whole event as it was decrypted, XML or JSON. Store it to work
	// later, and [Parse] it again then; it also has the fields that this
	// package does not know yet.
	Raw string
}

// Head returns h.
func (h *Header) Head() *Header { return h }

// Corp is the corp that the event is about.
func (h *Header) Corp() string {
	if h.AuthCorpID != "" {
		return h.AuthCorpID
	}
	return h.ToUserName
}

// At is when it happened, as WeCom tells it.
func (h *Header) At() time.Time {
	if !h.TimeStamp.IsZero() {
		return h.TimeStamp.Time
	}
	return h.CreateTime.Time
}

// Kind names the event in WeCom's words: the message type, or the event and
// its change, as in "change_external_contact/add_external_contact".
func (h *Header) Kind() string {
	kind := h.event()
	if h.ChangeType != "" {
		kind += "/" + h.ChangeType
	}
	return kind
}

func (h *Header) event() string {
	switch {
	case h.Event != "":
		return h.Event
	case h.InfoType != "":
		return h.InfoType
	default:
		return h.MsgType
	}
}

func (h *Header) read(e element) {
	h.ToUserName = e.text("ToUserName")
	h.FromUserName = e.text("FromUserName")
	h.CreateTime = e.time("CreateTime")
	h.MsgType = e.word("MsgType")
	h.Event = e.word("Event")
	h.ChangeType = e.word("ChangeType")
	h.AgentID = e.int("AgentID")
	h.InfoType = e.word("InfoType")
	h.TimeStamp = e.time("TimeStamp")
	h.SuiteID = e.text("SuiteId")
	h.AuthCorpID = e.text("AuthCorpId")
}

// Unknown is an event that this package has no type for. Its Header says what
// it is and its Raw what it holds. If even that could not be read, only Raw
// is set.
type Unknown struct{ Header }

func (*Unknown) decode(element) {}

// Parse reads a decrypted event. What kind it is decides its type; one that
// this package does not know is an [*Unknown]. It fails with [ErrPayload] only
// if plaintext is neither XML nor JSON: fields that are missing, new, empty or
// not the number they should be are no errors.
func Parse(plaintext []byte) (Event, error) {
	raw := string(plaintext)
	body := raw[len(raw)-len(trimBody(plaintext)):]
	if body == "" || (body[0] != '<' && body[0] != '{') {
		return nil, fmt.Errorf("%w: it is neither XML nor JSON", ErrPayload)
	}
	doc, err := readDocument(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	var head Header
	head.read(doc.root())
	e := newEvent(&head)
	head.Raw = raw
	*e.Head() = head
	e.decode(doc.root())
	return e, nil
}

// newEvent is the table of all events: one case for each that stands alone,
// and one for each family, whose own table is beside its types.
func newEvent(h *Header) Event {
	switch h.event() {
	case "change_external_contact":
		return newContactEvent(h)
	case "change_external_chat":
		return newChatEvent(h)
	case "change_external_tag":
		return newTagEvent(h)
	case "customer_acquisition":
		return newAcquisitionEvent(h)
	case "customer_acquisition_permit_change":
		return new(CustomerAcquisitionPermitChange)
	case "enter_agent":
		return new(EnterAgent)
	default:
		return newMessage(h)
	}
}

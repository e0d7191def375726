package callback

import (
	"cmp"
	"fmt"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

//go:generate go run ../internal/gen/enumstrings

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

	InfoType      string         // a third-party app's Event
	TimeStamp     wecom.UnixTime // a third-party app's CreateTime
	SuiteID       string         // the third-party app
	AuthCorpID    string         // the corp that installed it
	PaidCorpID    string         // the corp that bought it, of an order's events
	ServiceCorpID string         // the provider, of events that concern no single app

	// Raw is the whole event as it was decrypted, XML or JSON. Store it to work
	// later, and [Parse] it again then; it also has the fields that this
	// package does not know yet. The texts of an event are parts of it: who
	// keeps one for long keeps a [strings.Clone].
	Raw string
}

// Head returns h.
func (h *Header) Head() *Header { return h }

// Corp is the corp that the event is about.
func (h *Header) Corp() string {
	return cmp.Or(h.AuthCorpID, h.PaidCorpID, h.ToUserName)
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
	h.PaidCorpID = e.text("PaidCorpId")
	h.ServiceCorpID = e.text("ServiceCorpId")
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
	e, _, err := parse(plaintext)
	return e, err
}

// parse also returns the root element, with what the event's type has no field for.
func parse(plaintext []byte) (Event, element, error) {
	if !isDocument(plaintext) {
		return nil, element{}, fmt.Errorf("%w: it is neither XML nor JSON", ErrPayload)
	}
	raw := string(plaintext)
	body := raw[len(raw)-len(trimBody(plaintext)):]
	doc, err := readDocument(body)
	if err != nil {
		return nil, element{}, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	var head Header
	head.read(doc.root())
	var e Event
	if body[0] == '{' && doc.root().find("aibotid").exists() {
		head.readRobot(doc.root())
		e = newRobotEvent(&head)
	} else {
		e = newEvent(&head)
	}
	head.Raw = raw
	*e.Head() = head
	e.decode(doc.root())
	return e, doc.root(), nil
}

// isDocument reports whether a plaintext may be XML or JSON: an event, or a reply.
func isDocument(plaintext []byte) bool {
	body := trimBody(plaintext)
	return len(body) > 0 && (body[0] == '<' || body[0] == '{')
}

// newEvent is the table of all events: which area of WeCom each belongs to.
// Its types, and which of them an event is, stand in the file of that area.
func newEvent(h *Header) Event { //nolint:cyclop // a table
	switch h.event() {
	case "change_external_contact":
		return newCustomerEvent(h)
	case "change_external_chat":
		return newGroupEvent(h)
	case "change_external_tag":
		return newTagEvent(h)
	case "customer_acquisition":
		return newAcquisitionEvent(h)
	case "customer_acquisition_permit_change":
		return new(CustomerAcquisitionPermitChange)
	case "change_contact", "batch_job_result":
		return newContactEvent(h)
	case "click", "view", "view_miniprogram", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select", "LOCATION":
		return newMenuEvent(h)
	case "template_card_event", "template_card_menu_event", "taskcard_click":
		return newCardEvent(h)
	case "subscribe", "unsubscribe", "enter_agent", "share_agent_change", "share_chain_change", "inactive_alert", "close_inactive_agent", "reopen_inactive_agent",
		"low_active_alert", "low_active", "active_restored", "change_app_admin", "switch_workbench_mode":
		return newAppEvent(h)
	case "open_approval_change", "sys_approval_change":
		return newApprovalEvent(h)
	case "add_calendar", "modify_calendar", "delete_calendar", "add_schedule", "modify_schedule", "delete_schedule", "respond_schedule":
		return newCalendarEvent(h)
	case "meeting_change", "meeting_statistics", "book_meeting_room", "cancel_meeting_room":
		return newMeetingEvent(h)
	case "living_status_change":
		return newLivingEvent(h)
	case "kf_msg_or_event", "kf_account_auth_change":
		return newKfEvent(h)
	case "msgaudit_notify", "conversation_new_message", "hit_keyword", "chat_archive_audit_approved_single", "chat_archive_audit_approved_room", "chat_archive_export_finished", "program_notify", "file_content_archive_auth_change", "file_content_archive_user_list_change":
		return newArchiveEvent(h)
	case "change_school_contact", "change_school_contact_batch":
		return newSchoolEvent(h)
	case "wedrive_archive_space_change", "wedrive_archive_file_change", "document_archive_change":
		return newFileArchiveEvent(h)
	case "wedrive_file_change", "wedrive_space_change", "wedrive_insufficient_capacity":
		return newWedriveEvent(h)
	case "doc_change", "smart_sheet_change":
		return newWedocEvent(h)
	case "app_email_change", "public_email_change":
		return newExmailEvent(h)
	case "license_pay_success", "license_refund", "auto_activate", "unlicensed_notify":
		return newLicenseEvent(h)
	case "suite_ticket", "create_auth", "change_auth", "cancel_auth", "reset_permanent_code", "approve_special_auth", "cancel_special_auth",
		"auth_data_permission", "expire_remind_data_permission", "corp_arch_auth", "agree_external_userid_migration":
		return newSuiteEvent(h)
	case "register_corp", "enter_register_package":
		return newRegisterEvent(h)
	case "open_order", "change_order", "pay_for_app_success", "refund", "change_editon", "cancel_order":
		return newOrderEvent(h)
	case "advanced_api_pay_success", "advanced_api_refund", "advanced_api_cancel", "advanced_api_insufficient", "advanced_api_expired", "advanced_api_trial_expired":
		return newAdvancedEvent(h)
	case "submit_vip_account_approval", "finish_vip_account_approval":
		return newVIPEvent(h)
	case "security":
		return newSecurityEvent(h)
	case "change_chain":
		return newChainEvent(h)
	case "add_device", "del_device", "connect_info", "disconnect_info", "device_feature_change", "remark_device_name", "error_report", "fetch_log_finish", "device_data_auth_change",
		"device_checkin_data_report", "device_accesscontrol_data_report", "device_temperature_data_report":
		return newDeviceEvent(h)
	case "upload_media_job_finish":
		return newMediaEvent(h)
	default:
		return newMessage(h)
	}
}

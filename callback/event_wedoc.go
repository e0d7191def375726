package callback

func newWedocEvent(h *Header) Event {
	switch h.event() {
	case "doc_change":
		return newDocChange(h)
	case "smart_sheet_change":
		return newSmartSheetChange(h)
	default:
		return new(Unknown)
	}
}

func newDocChange(h *Header) Event {
	switch h.ChangeType {
	case "doc_member_change":
		return new(DocMemberChange)
	case "delete_doc":
		return new(DeleteDoc)
	case "form_complete":
		return new(FormComplete)
	case "delete_form":
		return new(DeleteForm)
	case "form_settings_change":
		return new(FormSettingsChange)
	default:
		return new(Unknown)
	}
}

func newSmartSheetChange(h *Header) Event {
	switch h.ChangeType {
	case "add_record":
		return new(AddSmartSheetRecord)
	case "update_record":
		return new(UpdateSmartSheetRecord)
	case "delete_record":
		return new(DeleteSmartSheetRecord)
	case "add_filed":
		return new(AddSmartSheetField)
	case "update_filed":
		return new(UpdateSmartSheetField)
	case "delete_filed":
		return new(DeleteSmartSheetField)
	default:
		return new(Unknown)
	}
}

// DocMemberChange: a member added others to documents, sheets or smart sheets
// that the API had made. FromUserName is that member.
//
// 「修改文档成员事件」 https://developer.work.weixin.qq.com/document/path/97833
type DocMemberChange struct {
	Header

	DocID []string // the documents
}

func (v *DocMemberChange) decode(e element) { v.DocID = e.list("DocId") }

// DeleteDoc: an administrator deleted documents or sheets that the API had
// made. FromUserName is the administrator.
//
// 「删除文档事件」 https://developer.work.weixin.qq.com/document/path/97834
type DeleteDoc struct {
	Header

	DocID []string // the documents
}

func (v *DeleteDoc) decode(e element) { v.DocID = e.list("DocId") }

// FormComplete: a member filled in forms that the API had made. FromUserName is
// that member.
//
// 「收集表完成事件」 https://developer.work.weixin.qq.com/document/path/97835
type FormComplete struct {
	Header

	FormID []string // the forms
}

func (v *FormComplete) decode(e element) { v.FormID = e.list("FormId") }

// DeleteForm: an administrator deleted forms that the API had made.
// FromUserName is the administrator.
//
// 「删除收集表事件」 https://developer.work.weixin.qq.com/document/path/98095
type DeleteForm struct {
	Header

	FormID []string // the forms
}

func (v *DeleteForm) decode(e element) { v.FormID = e.list("FormId") }

// FormSettingsChange: an administrator changed settings of forms that the API
// had made, for instance who fills them in or who else manages them.
// FromUserName is the administrator.
//
// 「修改收集表设置事件」 https://developer.work.weixin.qq.com/document/path/98096
type FormSettingsChange struct {
	Header

	FormID []string // the forms
}

func (v *FormSettingsChange) decode(e element) { v.FormID = e.list("FormId") }

// AddSmartSheetRecord: somebody added records to a smart sheet that the API had
// made. FromUserName is the member, or the tmp_external_userid of somebody
// else, as in all events of smart sheets.
//
// 「新增记录事件」 https://developer.work.weixin.qq.com/document/path/100986
type AddSmartSheetRecord struct {
	Header

	DocID    string   // the document
	SheetID  string   // the sheet in it
	RecordID []string // the records, at most 1,000; more come in further events
}

func (v *AddSmartSheetRecord) decode(e element) {
	v.DocID = e.text("DocId")
	v.SheetID = e.text("SheetId")
	v.RecordID = e.list("RecordId")
}

// UpdateSmartSheetRecord: somebody changed records of a smart sheet that the
// API had made.
//
// 「更新记录事件」 https://developer.work.weixin.qq.com/document/path/100986
type UpdateSmartSheetRecord struct {
	Header

	DocID    string   // the document
	SheetID  string   // the sheet in it
	RecordID []string // the records, at most 1,000; more come in further events
}

func (v *UpdateSmartSheetRecord) decode(e element) {
	v.DocID = e.text("DocId")
	v.SheetID = e.text("SheetId")
	v.RecordID = e.list("RecordId")
}

// DeleteSmartSheetRecord: somebody deleted records of a smart sheet that the
// API had made.
//
// 「删除记录事件」 https://developer.work.weixin.qq.com/document/path/100986
type DeleteSmartSheetRecord struct {
	Header

	DocID    string   // the document
	SheetID  string   // the sheet in it
	RecordID []string // the records, at most 1,000; more come in further events
}

func (v *DeleteSmartSheetRecord) decode(e element) {
	v.DocID = e.text("DocId")
	v.SheetID = e.text("SheetId")
	v.RecordID = e.list("RecordId")
}

// AddSmartSheetField: somebody added fields to a smart sheet that the API had
// made. WeCom spells it add_filed.
//
// 「新增字段事件」 https://developer.work.weixin.qq.com/document/path/100987
type AddSmartSheetField struct {
	Header

	DocID   string   // the document
	SheetID string   // the sheet in it
	FieldID []string // the fields, at most 1,000; more come in further events
}

func (v *AddSmartSheetField) decode(e element) {
	v.DocID = e.text("DocId")
	v.SheetID = e.text("SheetId")
	v.FieldID = e.list("FieldId")
}

// UpdateSmartSheetField: somebody changed fields of a smart sheet that the API
// had made. WeCom spells it update_filed.
//
// 「更新字段事件」 https://developer.work.weixin.qq.com/document/path/100987
type UpdateSmartSheetField struct {
	Header

	DocID   string   // the document
	SheetID string   // the sheet in it
	FieldID []string // the fields, at most 1,000; more come in further events
}

func (v *UpdateSmartSheetField) decode(e element) {
	v.DocID = e.text("DocId")
	v.SheetID = e.text("SheetId")
	v.FieldID = e.list("FieldId")
}

// DeleteSmartSheetField: somebody deleted fields of a smart sheet that the API
// had made. WeCom spells it delete_filed.
//
// 「删除字段事件」 https://developer.work.weixin.qq.com/document/path/100987
type DeleteSmartSheetField struct {
	Header

	DocID   string   // the document
	SheetID string   // the sheet in it
	FieldID []string // the fields, at most 1,000; more come in further events
}

func (v *DeleteSmartSheetField) decode(e element) {
	v.DocID = e.text("DocId")
	v.SheetID = e.text("SheetId")
	v.FieldID = e.list("FieldId")
}

package callback

import "github.com/wecomkit/wecom-go/wecom"

func newSchoolEvent(h *Header) Event {
	if h.event() == "change_school_contact_batch" {
		return new(ChangeSchoolContactBatch)
	}
	switch h.ChangeType {
	case "create_student":
		return new(CreateStudent)
	case "update_student":
		return new(UpdateStudent)
	case "delete_student":
		return new(DeleteStudent)
	case "create_parent":
		return new(CreateParent)
	case "update_parent":
		return new(UpdateParent)
	case "delete_parent":
		return new(DeleteParent)
	case "subscribe":
		return new(SubscribeSchool)
	case "unsubscribe":
		return new(UnsubscribeSchool)
	// Apps of the school get the first spelling, third-party apps the second.
	case "create_deparmtment", "create_department":
		return new(CreateSchoolDepartment)
	case "update_deparmtment", "update_department":
		return new(UpdateSchoolDepartment)
	case "delete_deparmtment", "delete_department":
		return new(DeleteSchoolDepartment)
	default:
		return new(Unknown)
	}
}

// CreateStudent: a school has a new student.
//
// 「新增学生事件」 https://developer.work.weixin.qq.com/document/path/92032
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/92051
type CreateStudent struct {
	Header

	ID string // the student
}

func (v *CreateStudent) decode(e element) { v.ID = e.text("Id") }

// UpdateStudent: a student, or something about the student's parents, was
// changed.
//
// 「编辑学生事件」 https://developer.work.weixin.qq.com/document/path/92032
type UpdateStudent struct {
	Header

	ID    string // the student
	NewID string // the student's new id, if that changed; only third-party apps are told
}

func (v *UpdateStudent) decode(e element) {
	v.ID = e.text("Id")
	v.NewID = e.text("NewId")
}

// DeleteStudent: a student was deleted.
//
// 「删除学生事件」 https://developer.work.weixin.qq.com/document/path/92032
type DeleteStudent struct {
	Header

	ID string // the student
}

func (v *DeleteStudent) decode(e element) { v.ID = e.text("Id") }

// CreateParent: a school has a new parent.
//
// 「新增家长事件」 https://developer.work.weixin.qq.com/document/path/92032
type CreateParent struct {
	Header

	ID string // the parent
}

func (v *CreateParent) decode(e element) { v.ID = e.text("Id") }

// UpdateParent: a parent was changed.
//
// 「编辑家长事件」 https://developer.work.weixin.qq.com/document/path/92032
type UpdateParent struct {
	Header

	ID    string // the parent
	NewID string // the parent's new id, if that changed; only third-party apps are told
}

func (v *UpdateParent) decode(e element) {
	v.ID = e.text("Id")
	v.NewID = e.text("NewId")
}

// DeleteParent: a parent was deleted.
//
// 「删除家长事件」 https://developer.work.weixin.qq.com/document/path/92032
type DeleteParent struct {
	Header

	ID string // the parent
}

func (v *DeleteParent) decode(e element) { v.ID = e.text("Id") }

// SubscribeSchool: a parent subscribed to the school's notices.
//
// 「家长关注事件」 https://developer.work.weixin.qq.com/document/path/92032
type SubscribeSchool struct {
	Header

	ID string // the parent
}

func (v *SubscribeSchool) decode(e element) { v.ID = e.text("Id") }

// UnsubscribeSchool: a parent cancelled the school's notices.
//
// 「家长取消关注事件」 https://developer.work.weixin.qq.com/document/path/92032
type UnsubscribeSchool struct {
	Header

	ID string // the parent
}

func (v *UnsubscribeSchool) decode(e element) { v.ID = e.text("Id") }

// CreateSchoolDepartment: a school has a new department: a stage, year, class
// or another.
//
// 「创建部门事件」 https://developer.work.weixin.qq.com/document/path/92052
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/92050
type CreateSchoolDepartment struct {
	Header

	ID int64 // the department
}

func (v *CreateSchoolDepartment) decode(e element) { v.ID = e.int("Id") }

// UpdateSchoolDepartment: a school's department was changed.
//
// 「更新部门事件」 https://developer.work.weixin.qq.com/document/path/92052
type UpdateSchoolDepartment struct {
	Header

	ID int64 // the department
}

func (v *UpdateSchoolDepartment) decode(e element) { v.ID = e.int("Id") }

// DeleteSchoolDepartment: a school's department was deleted.
//
// 「删除部门事件」 https://developer.work.weixin.qq.com/document/path/92052
type DeleteSchoolDepartment struct {
	Header

	ID int64 // the department
}

func (v *DeleteSchoolDepartment) decode(e element) { v.ID = e.int("Id") }

// ChangeSchoolContactBatch: many changes to a school's people and departments,
// instead of one event for each. Only third-party apps get it, when the changes
// come fast. At most 1,000.
//
// 「家校通讯录批量变更事件」 https://developer.work.weixin.qq.com/document/path/97281
type ChangeSchoolContactBatch struct {
	Header

	ChangeList []SchoolContactChange // in order
}

// SchoolContactChange is one change of a batch.
type SchoolContactChange struct {
	TimeStamp  wecom.UnixTime // when it happened
	ChangeType string         // as in the event of one change, for instance create_student
	ID         string         // the student, parent or department
	NewID      string         // the new id of a student or parent, if that changed
}

func (v *ChangeSchoolContactBatch) decode(e element) {
	v.ChangeList = each(e, "ChangeList", func(e element) SchoolContactChange {
		return SchoolContactChange{
			TimeStamp:  e.time("TimeStamp"),
			ChangeType: e.word("ChangeType"),
			ID:         e.text("Id"),
			NewID:      e.text("NewId"),
		}
	})
}

package callback

func newContactEvent(h *Header) Event {
	if h.event() == "batch_job_result" {
		return new(BatchJobResult)
	}
	switch h.ChangeType {
	case "create_user":
		return new(CreateUser)
	case "update_user":
		return new(UpdateUser)
	case "delete_user":
		return new(DeleteUser)
	case "create_party":
		return new(CreateParty)
	case "update_party":
		return new(UpdateParty)
	case "delete_party":
		return new(DeleteParty)
	case "update_tag":
		return new(UpdateTag)
	default:
		return new(Unknown)
	}
}

// CreateUser: there is a new member.
//
// 「新增成员事件」 https://developer.work.weixin.qq.com/document/path/90970
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/90639
//
// The address book's own app (通讯录同步助手) is sent UserID and Department
// alone if its URL was set or changed after 2022-08-15, and nothing for what it
// did itself. Other apps get the fields that the administrator, and for the
// personal ones the member, let them see.
type CreateUser struct {
	Header

	UserID         string        // the member
	OpenUserID     string        // the same for all apps of one provider; third-party apps only
	Name           string        // the member's name
	Department     []int64       // departments that the app may see
	MainDepartment int64         // the main one
	IsLeaderInDept []int64       // 1 for each of Department that the member leads, else 0
	DirectLeader   []string      // the direct superiors
	Position       string        // job title, up to 64 bytes
	Mobile         string        // phone number
	Gender         Gender        // [GenderUndefined] too if the app may not know
	Email          string        // mail address
	BizMail        string        // mail address given by the corp
	Status         UserStatus    // whether the member uses WeCom
	Avatar         string        // URL; with /100 for the /0 at its end, that of a small picture
	Alias          string        // other name
	Telephone      string        // landline
	Address        string        // postal address
	ExtAttr        []ExtAttrItem // what else the corp notes about its members
}

func (v *CreateUser) decode(e element) {
	v.UserID = e.text("UserID")
	v.OpenUserID = e.text("OpenUserID")
	v.Name = e.text("Name")
	v.Department = e.ints("Department")
	v.MainDepartment = e.int("MainDepartment")
	v.IsLeaderInDept = e.ints("IsLeaderInDept")
	v.DirectLeader = e.list("DirectLeader")
	v.Position = e.text("Position")
	v.Mobile = e.text("Mobile")
	v.Gender = Gender(e.int("Gender"))
	v.Email = e.text("Email")
	v.BizMail = e.text("BizMail")
	v.Status = UserStatus(e.int("Status"))
	v.Avatar = e.text("Avatar")
	v.Alias = e.text("Alias")
	v.Telephone = e.text("Telephone")
	v.Address = e.text("Address")
	v.ExtAttr = each(e.find("ExtAttr"), "Item", readExtAttrItem)
}

// UpdateUser: a member's data changed.
//
// 「更新成员事件」 https://developer.work.weixin.qq.com/document/path/90970
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/90639
//
// Most fields are only sent if they changed, so an empty one says nothing: read
// the member to know. The address book's own app (通讯录同步助手), if its URL
// was set or changed after 2022-08-15, hears of departments, of who leads them
// and of user ids alone, and gets UserID, NewUserID and Department.
type UpdateUser struct {
	Header

	UserID         string        // the member; the id before the change
	OpenUserID     string        // the same for all apps of one provider; third-party apps only
	NewUserID      string        // the id from now on, if it changed; an id made by WeCom may, once
	Name           string        // the member's name
	Department     []int64       // departments that the app may see
	MainDepartment int64         // the main one
	IsLeaderInDept []int64       // 1 for each of Department that the member leads, else 0
	DirectLeader   []string      // the direct superiors, up to five
	Position       string        // job title, up to 64 bytes
	Mobile         string        // phone number
	Gender         Gender        // [GenderUndefined] too if it did not change or the app may not know
	Email          string        // mail address
	BizMail        string        // mail address given by the corp
	Status         UserStatus    // whether the member uses WeCom
	Avatar         string        // URL; with /100 for the /0 at its end, that of a small picture
	Alias          string        // other name
	Telephone      string        // landline
	Address        string        // postal address
	ExtAttr        []ExtAttrItem // what else the corp notes about its members
}

func (v *UpdateUser) decode(e element) {
	v.UserID = e.text("UserID")
	v.OpenUserID = e.text("OpenUserID")
	v.NewUserID = e.text("NewUserID")
	v.Name = e.text("Name")
	v.Department = e.ints("Department")
	v.MainDepartment = e.int("MainDepartment")
	v.IsLeaderInDept = e.ints("IsLeaderInDept")
	v.DirectLeader = e.list("DirectLeader")
	v.Position = e.text("Position")
	v.Mobile = e.text("Mobile")
	v.Gender = Gender(e.int("Gender"))
	v.Email = e.text("Email")
	v.BizMail = e.text("BizMail")
	v.Status = UserStatus(e.int("Status"))
	v.Avatar = e.text("Avatar")
	v.Alias = e.text("Alias")
	v.Telephone = e.text("Telephone")
	v.Address = e.text("Address")
	v.ExtAttr = each(e.find("ExtAttr"), "Item", readExtAttrItem)
}

// Gender is a member's gender.
type Gender int

// The genders.
const (
	GenderUndefined Gender = 0 // 未定义
	GenderMale      Gender = 1 // 男性
	GenderFemale    Gender = 2 // 女性
)

// UserStatus says whether a member uses WeCom.
type UserStatus int

// The states.
const (
	UserStatusActive   UserStatus = 1 // 已激活
	UserStatusDisabled UserStatus = 2 // 已禁用
	UserStatusInactive UserStatus = 4 // 未激活
	UserStatusLeft     UserStatus = 5 // 成员退出
)

// An ExtAttrItem is one thing that the corp notes about its members.
type ExtAttrItem struct {
	Name string      // what the corp calls it
	Type ExtAttrType // which of the others is set
	Text ExtAttrText // of [ExtAttrTypeText]
	Web  ExtAttrWeb  // of [ExtAttrTypeWeb]
}

// ExtAttrType is the kind of an [ExtAttrItem].
type ExtAttrType int

// The kinds.
const (
	ExtAttrTypeText ExtAttrType = 0 // 文本
	ExtAttrTypeWeb  ExtAttrType = 1 // 网页
)

// ExtAttrText is a text.
type ExtAttrText struct {
	Value string
}

// ExtAttrWeb is a link.
type ExtAttrWeb struct {
	Title string
	URL   string
}

func readExtAttrItem(e element) ExtAttrItem {
	return ExtAttrItem{
		Name: e.text("Name"),
		Type: ExtAttrType(e.int("Type")),
		Text: ExtAttrText{Value: e.find("Text").text("Value")},
		Web:  ExtAttrWeb{Title: e.find("Web").text("Title"), URL: e.find("Web").text("Url")},
	}
}

// DeleteUser: a member was deleted.
//
// 「删除成员事件」 https://developer.work.weixin.qq.com/document/path/90970
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/90639
type DeleteUser struct {
	Header

	UserID     string // the member
	OpenUserID string // the same for all apps of one provider; third-party apps only
}

func (v *DeleteUser) decode(e element) {
	v.UserID = e.text("UserID")
	v.OpenUserID = e.text("OpenUserID")
}

// CreateParty: there is a new department.
//
// 「新增部门事件」 https://developer.work.weixin.qq.com/document/path/90971
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/90640
//
// The address book's own app (通讯录同步助手) is sent ID and ParentID alone if
// its URL was set or changed after 2022-08-15, and nothing for what it did
// itself.
type CreateParty struct {
	Header

	ID       int64  // the department
	Name     string // empty if the app may not know; the id instead for many third-party apps
	ParentID int64  // the department above
	Order    int64  // place among its siblings; the greater, the further up
}

func (v *CreateParty) decode(e element) {
	v.ID = e.int("Id")
	v.Name = e.text("Name")
	v.ParentID = e.int("ParentId")
	v.Order = e.int("Order")
}

// UpdateParty: a department has another name or place.
//
// 「更新部门事件」 https://developer.work.weixin.qq.com/document/path/90971
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/90640
//
// The address book's own app (通讯录同步助手), if its URL was set or changed
// after 2022-08-15, is only told when ParentID changes.
type UpdateParty struct {
	Header

	ID       int64  // the department
	Name     string // empty if it did not change or the app may not know
	ParentID int64  // 0 if it did not change
}

func (v *UpdateParty) decode(e element) {
	v.ID = e.int("Id")
	v.Name = e.text("Name")
	v.ParentID = e.int("ParentId")
}

// DeleteParty: a department was deleted.
//
// 「删除部门事件」 https://developer.work.weixin.qq.com/document/path/90971
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/90640
type DeleteParty struct {
	Header

	ID int64 // the department
}

func (v *DeleteParty) decode(e element) { v.ID = e.int("Id") }

// UpdateTag: a tag of the address book has other members. Events of customer
// tags are [UpdateExternalTag] and its siblings.
//
// 「标签成员变更事件」 https://developer.work.weixin.qq.com/document/path/90972
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/90641
//
// It may come before or after the events of the members it names, and when a
// department was deleted DelPartyItems may be missing. Read the tag rather
// than add and remove.
type UpdateTag struct {
	Header

	TagID         int64    // the tag
	AddUserItems  []string // members that got it
	DelUserItems  []string // members that lost it
	AddPartyItems []int64  // departments that got it
	DelPartyItems []int64  // departments that lost it
}

func (v *UpdateTag) decode(e element) {
	v.TagID = e.int("TagId")
	v.AddUserItems = e.list("AddUserItems")
	v.DelUserItems = e.list("DelUserItems")
	v.AddPartyItems = e.ints("AddPartyItems")
	v.DelPartyItems = e.ints("DelPartyItems")
}

// BatchJobResult: an import or export of the address book is done, or another
// job that runs on its own. Read what it did by the job's id.
//
// 「异步任务完成通知」 https://developer.work.weixin.qq.com/document/path/90973
//
// Exports: https://developer.work.weixin.qq.com/document/path/94946
//
// Imports of a supply chain: https://developer.work.weixin.qq.com/document/path/95797
//
// Id translation, sent to the provider: https://developer.work.weixin.qq.com/document/path/91875
type BatchJobResult struct {
	Header

	BatchJob BatchJob // the job
}

// A BatchJob is a job that ran on its own.
type BatchJob struct {
	JobID   string  // up to 64 characters
	JobType JobType // what it did
	ErrCode int64   // 0 if it succeeded
	ErrMsg  string
}

// JobType says what a [BatchJob] did.
type JobType string

// The jobs.
const (
	JobTypeSyncUser           JobType = "sync_user"            // 增量更新成员
	JobTypeReplaceUser        JobType = "replace_user"         // 全量覆盖成员
	JobTypeInviteUser         JobType = "invite_user"          // 邀请成员关注
	JobTypeReplaceParty       JobType = "replace_party"        // 全量覆盖部门
	JobTypeExportUser         JobType = "export_user"          // 导出成员详情
	JobTypeExportSimpleUser   JobType = "export_simple_user"   // 导出成员
	JobTypeExportDepartment   JobType = "export_department"    // 导出部门
	JobTypeExportTag          JobType = "export_tag"           // 导出标签成员
	JobTypeExportTagUser      JobType = "export_taguser"       // 导出标签成员: what third-party apps get
	JobTypeImportChainContact JobType = "import_chain_contact" // 导入上下游联系人
	JobTypeContactIDTranslate JobType = "contact_id_translate" // 通讯录ID转译
)

func (v *BatchJobResult) decode(e element) {
	job := e.find("BatchJob")
	v.BatchJob.JobID = job.text("JobId")
	v.BatchJob.JobType = JobType(job.word("JobType"))
	v.BatchJob.ErrCode = job.int("ErrCode")
	v.BatchJob.ErrMsg = job.text("ErrMsg")
}

package callback

func newWedriveEvent(h *Header) Event {
	switch h.event() {
	case "wedrive_insufficient_capacity":
		return new(WedriveInsufficientCapacity)
	case "wedrive_space_change":
		return newWedriveSpaceChange(h)
	case "wedrive_file_change":
		return newWedriveFileChange(h)
	default:
		return new(Unknown)
	}
}

func newWedriveSpaceChange(h *Header) Event {
	switch h.ChangeType {
	case "dismiss_space":
		return new(DismissWedriveSpace)
	case "space_member_change":
		return new(WedriveSpaceMemberChange)
	case "space_security_settings_change":
		return new(WedriveSpaceSecuritySettingsChange)
	default:
		return new(Unknown)
	}
}

func newWedriveFileChange(h *Header) Event {
	switch h.ChangeType {
	case "create_file":
		return new(CreateWedriveFile)
	case "rename_file":
		return new(RenameWedriveFile)
	case "update_file":
		return new(UpdateWedriveFile)
	case "delete_file":
		return new(DeleteWedriveFile)
	case "move_file":
		return new(MoveWedriveFile)
	default:
		return new(Unknown)
	}
}

// WedriveInsufficientCapacity: more than nine tenths of a corp's drive are
// full. It is not sent at once but by a daily check, so once a day at most.
//
// 「微盘容量不足事件」 https://developer.work.weixin.qq.com/document/path/97898
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/97972
type WedriveInsufficientCapacity struct{ Header }

func (*WedriveInsufficientCapacity) decode(element) {}

// DismissWedriveSpace: an administrator whom the API had named dissolved spaces
// that the app had made. FromUserName is the administrator, or sys.
//
// 「解散空间」 https://developer.work.weixin.qq.com/document/path/97901
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/97976
type DismissWedriveSpace struct {
	Header

	SpaceID []string // the spaces
}

func (v *DismissWedriveSpace) decode(e element) { v.SpaceID = e.list("SpaceId") }

// WedriveSpaceMemberChange: an administrator whom the API had named changed the
// members of spaces that the app had made.
//
// 「修改空间成员」 https://developer.work.weixin.qq.com/document/path/97902
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/97977
type WedriveSpaceMemberChange struct {
	Header

	SpaceID []string // the spaces
}

func (v *WedriveSpaceMemberChange) decode(e element) { v.SpaceID = e.list("SpaceId") }

// WedriveSpaceSecuritySettingsChange: an administrator whom the API had named
// changed how spaces that the app had made are protected.
//
// 「修改空间安全设置」 https://developer.work.weixin.qq.com/document/path/97903
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/97978
type WedriveSpaceSecuritySettingsChange struct {
	Header

	SpaceID []string // the spaces
}

func (v *WedriveSpaceSecuritySettingsChange) decode(e element) { v.SpaceID = e.list("SpaceId") }

// CreateWedriveFile: an administrator whom the API had named made files. As all
// events of files, it is about those of the app, and does not say who it was:
// FromUserName is sys.
//
// 「文件变更事件」 https://developer.work.weixin.qq.com/document/path/97900
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/97975
type CreateWedriveFile struct {
	Header

	FileID []string // the files
}

func (v *CreateWedriveFile) decode(e element) { v.FileID = e.list("FileId") }

// RenameWedriveFile: an administrator whom the API had named renamed files.
//
// 「文件变更事件」 https://developer.work.weixin.qq.com/document/path/97900
type RenameWedriveFile struct {
	Header

	FileID []string // the files
}

func (v *RenameWedriveFile) decode(e element) { v.FileID = e.list("FileId") }

// UpdateWedriveFile: an administrator whom the API had named changed what is in
// files.
//
// 「文件变更事件」 https://developer.work.weixin.qq.com/document/path/97900
type UpdateWedriveFile struct {
	Header

	FileID []string // the files
}

func (v *UpdateWedriveFile) decode(e element) { v.FileID = e.list("FileId") }

// DeleteWedriveFile: an administrator whom the API had named deleted files.
//
// 「文件变更事件」 https://developer.work.weixin.qq.com/document/path/97900
type DeleteWedriveFile struct {
	Header

	FileID []string // the files
}

func (v *DeleteWedriveFile) decode(e element) { v.FileID = e.list("FileId") }

// MoveWedriveFile: an administrator whom the API had named moved files.
//
// 「文件变更事件」 https://developer.work.weixin.qq.com/document/path/97900
type MoveWedriveFile struct {
	Header

	FileID []string // the files
}

func (v *MoveWedriveFile) decode(e element) { v.FileID = e.list("FileId") }

package callback

func newFileArchiveEvent(h *Header) Event {
	switch h.Kind() {
	case "wedrive_archive_space_change/auth_space":
		return new(AuthArchiveSpace)
	case "wedrive_archive_space_change/cancel_auth_space":
		return new(CancelAuthArchiveSpace)
	case "wedrive_archive_file_change/create_file":
		return new(CreateArchiveFile)
	case "wedrive_archive_file_change/update_file":
		return new(UpdateArchiveFile)
	case "wedrive_archive_file_change/delete_file":
		return new(DeleteArchiveFile)
	case "document_archive_change":
		return new(DocumentArchiveChange)
	default:
		return new(Unknown)
	}
}

// AuthArchiveSpace: a space of the drive is archived from now on. The member
// got the right to an archive or a new space, or agreed to this one. Read the
// member's spaces again.
//
// 「授权空间变更事件」 https://developer.work.weixin.qq.com/document/path/101678
//
// FromUserName is the member.
type AuthArchiveSpace struct {
	Header

	SpaceID []string
}

func (v *AuthArchiveSpace) decode(e element) { v.SpaceID = e.list("SpaceId") }

// CancelAuthArchiveSpace: a space of the drive is no longer archived. It was
// dismissed, or the member left it or took the consent back.
//
// 「授权空间变更事件」 https://developer.work.weixin.qq.com/document/path/101678
//
// FromUserName is the member.
type CancelAuthArchiveSpace struct {
	Header

	SpaceID []string
}

func (v *CancelAuthArchiveSpace) decode(e element) { v.SpaceID = e.list("SpaceId") }

// CreateArchiveFile: files came into an archived space of the drive: they were
// uploaded, saved, moved or inherited. They can be downloaded.
//
// 「文件变更事件」 https://developer.work.weixin.qq.com/document/path/101678
//
// FromUserName is the member.
type CreateArchiveFile struct {
	Header

	FileID []string
}

func (v *CreateArchiveFile) decode(e element) { v.FileID = e.list("FileId") }

// UpdateArchiveFile: files in an archived space of the drive have new content
// or another name. They can be downloaded.
//
// 「文件变更事件」 https://developer.work.weixin.qq.com/document/path/101678
//
// FromUserName is the member.
type UpdateArchiveFile struct {
	Header

	FileID []string
}

func (v *UpdateArchiveFile) decode(e element) { v.FileID = e.list("FileId") }

// DeleteArchiveFile: files left an archived space of the drive: they were
// deleted, moved out, or inherited by somebody else.
//
// 「文件变更事件」 https://developer.work.weixin.qq.com/document/path/101678
//
// FromUserName is the member.
type DeleteArchiveFile struct {
	Header

	FileID []string
}

func (v *DeleteArchiveFile) decode(e element) { v.FileID = e.list("FileId") }

// DocumentArchiveChange: a document of a member whose documents are archived
// came, changed or went. It comes once a day and does not say which of these.
//
// 「文档变化回调」 https://developer.work.weixin.qq.com/document/path/101691
//
// FromUserName is the member.
type DocumentArchiveChange struct {
	Header

	DocID   string
	DocName string
}

func (v *DocumentArchiveChange) decode(e element) {
	v.DocID = e.text("DocId")
	v.DocName = e.text("DocName")
}

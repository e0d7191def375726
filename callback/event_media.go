package callback

func newMediaEvent(h *Header) Event {
	switch h.event() {
	case "upload_media_job_finish":
		return new(UploadMediaJobFinish)
	default:
		return new(Unknown)
	}
}

// UploadMediaJobFinish: WeCom has fetched a file from the URL that the app gave
// it, or failed to. Ask get_upload_by_url_result which; it answers for 60
// minutes after the job was made. Sent to the app that made the job.
//
// 「回调异步任务结果」 https://developer.work.weixin.qq.com/document/path/96219
type UploadMediaJobFinish struct {
	Header

	JobID string // jobid of upload_by_url
}

func (v *UploadMediaJobFinish) decode(e element) { v.JobID = e.text("JobId") }

package wecom

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

var opMediaUploadByURL = Operation{Method: http.MethodPost, Path: "/cgi-bin/media/upload_by_url", Doc: 96219}

// UploadByURLRequest says where WeCom finds a file.
type UploadByURLRequest struct {
	Scene    UploadScene `json:"scene"`
	Type     MediaType   `json:"type"`     // [MediaTypeVideo] (MP4) or [MediaTypeFile]
	Filename string      `json:"filename"` // shown to the reader; at most 128 bytes
	URL      string      `json:"url"`      // at most 1,024 bytes; its server must support Range, and WeCom must be able to read it
	MD5      string      `json:"md5"`      // of the file, in hex
}

// An UploadScene says what a file uploaded by URL is for.
type UploadScene int

// UploadSceneGroupWelcome is for the welcome messages of customer groups, and
// the only scene so far.
const UploadSceneGroupWelcome UploadScene = 1 // 客户联系入群欢迎语素材

// String returns the constant's name without its prefix, or UploadScene(99).
func (s UploadScene) String() string {
	if s == UploadSceneGroupWelcome {
		return "GroupWelcome"
	}
	return "UploadScene(" + strconv.Itoa(int(s)) + ")"
}

// An UploadJob is a download that WeCom has begun.
type UploadJob struct {
	JobID string `json:"jobid"` // valid for 60 minutes
}

// UploadByURL makes WeCom fetch a file of 6 bytes to 200 MB. It starts a job:
// wait for it with [MediaService.WaitUploadByURL], or for the event
// upload_media_job_finish and then ask [MediaService.GetUploadByURLResult].
//
// 「生成异步上传任务」 https://developer.work.weixin.qq.com/document/path/96219
//
// The app must be listed under 客户联系 as allowed to call. The media_id serves
// for what Scene says and for [MediaService.Get], not for messages. It lives
// three days.
func (s MediaService) UploadByURL(ctx context.Context, req UploadByURLRequest) (*UploadJob, error) {
	return Do[UploadJob](ctx, s.client, opMediaUploadByURL, req)
}

var opMediaGetUploadByURLResult = Operation{Method: http.MethodPost, Path: "/cgi-bin/media/get_upload_by_url_result", Doc: 96219, Read: true}

type getUploadByURLResultRequest struct {
	JobID string `json:"jobid"`
}

// UploadJobResult is what became of an [UploadJob].
type UploadJobResult struct {
	Status UploadJobStatus `json:"status"`
	Detail UploadJobDetail `json:"detail"`
}

// UploadJobDetail is the file, or why there is none.
type UploadJobDetail struct {
	ErrCode   Code     `json:"errcode"` // 0 unless the job failed
	ErrMsg    string   `json:"errmsg"`
	MediaID   string   `json:"media_id"`   // once it is finished; valid for three days
	CreatedAt UnixTime `json:"created_at"` // once it is finished
}

// An UploadJobStatus is how far a job is.
type UploadJobStatus int

const (
	UploadJobStatusRunning  UploadJobStatus = 1 // 处理中
	UploadJobStatusFinished UploadJobStatus = 2 // 完成
	UploadJobStatusFailed   UploadJobStatus = 3 // 异常失败
)

// String returns the constant's name without its prefix, or UploadJobStatus(99).
func (s UploadJobStatus) String() string {
	switch s {
	case UploadJobStatusRunning:
		return "Running"
	case UploadJobStatusFinished:
		return "Finished"
	case UploadJobStatusFailed:
		return "Failed"
	}
	return "UploadJobStatus(" + strconv.Itoa(int(s)) + ")"
}

// GetUploadByURLResult returns what became of a job, within 60 minutes of its
// start. A failed job is not an error: see Detail.ErrCode.
//
// 「查询异步任务结果」 https://developer.work.weixin.qq.com/document/path/96219
func (s MediaService) GetUploadByURLResult(ctx context.Context, jobID string) (*UploadJobResult, error) {
	return Do[UploadJobResult](ctx, s.client, opMediaGetUploadByURLResult, getUploadByURLResultRequest{jobID})
}

const (
	firstPoll = time.Second
	slowPoll  = 15 * time.Second
)

// WaitUploadByURL asks for the result of a job until it is finished and
// returns the file; a second apart at first, then less and less often. Bound
// the wait with ctx.
//
// A failed job is an [*Error] with the job's code: [CodeUploadURLInvalid] if
// the URL's server does not support Range, [CodeUploadURLFetchFailed] if it
// did not answer, [CodeMediaTooLarge], [CodeFileMD5Mismatch].
func (s MediaService) WaitUploadByURL(ctx context.Context, jobID string) (*UploadJobDetail, error) {
	for pause := firstPoll; ; pause = min(2*pause, slowPoll) {
		res, err := s.GetUploadByURLResult(ctx, jobID)
		if err != nil {
			return nil, err
		}
		if res.Status == UploadJobStatusFinished {
			return &res.Detail, nil
		}
		if res.Status == UploadJobStatusFailed {
			return nil, newError(opMediaGetUploadByURLResult, res.Detail.ErrCode, res.Detail.ErrMsg, http.StatusOK)
		}
		if err := s.client.clock.Sleep(ctx, pause); err != nil {
			return nil, fmt.Errorf("wecom: %s: the job is still running: %w", opMediaGetUploadByURLResult.Path, err)
		}
	}
}

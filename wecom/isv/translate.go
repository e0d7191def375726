package isv

import (
	"context"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
)

var opUploadMedia = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/media/upload", Doc: 91883, Auth: wecom.AuthProviderAccessToken,
}

type uploadMediaQuery struct {
	Type wecom.MediaType `json:"type"`
}

// UploadMedia uploads a file whose ids [Provider.TranslateID] makes names of, and
// keeps it for three days. In it $userName=USERID$ and $departmentName=ID$ stand
// for the names.
//
// 「上传需要转译的文件」 https://developer.work.weixin.qq.com/document/path/91883
//
// A file has more than 5 bytes and at most 20 MB.
func (p *Provider) UploadMedia(ctx context.Context, file wecom.File) (*wecom.UploadedMedia, error) {
	const mebibyte = 1 << 20
	return wecom.Upload[wecom.UploadedMedia](ctx, p.self, opUploadMedia, uploadMediaQuery{wecom.MediaTypeFile}, file, 20*mebibyte)
}

var opTranslateID = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/contact/id_translate", Doc: 91846, Auth: wecom.AuthProviderAccessToken,
}

// TranslateIDRequest says which files to translate.
type TranslateIDRequest struct {
	AuthCorpID       string   `json:"auth_corpid"`
	MediaIDList      []string `json:"media_id_list"`               // from UploadMedia, at most 20; several become one zip file
	OutputFileName   string   `json:"output_file_name,omitzero"`   // without an extension; "" keeps the name
	OutputFileFormat string   `json:"output_file_format,omitzero"` // "pdf" makes one of a text file; "" keeps the format
}

type translateIDResult struct {
	JobID string `json:"jobid"`
}

// TranslateID begins to replace the ids in files by names that the provider may
// not read: only members of the corp can open the result. It returns a job for
// [Provider.GetResult]; the provider also hears of its end by the event
// batch_job_result.
//
// 「异步通讯录id转译」 https://developer.work.weixin.qq.com/document/path/91846
func (p *Provider) TranslateID(ctx context.Context, req TranslateIDRequest) (string, error) {
	res, err := wecom.Do[translateIDResult](ctx, p.self, opTranslateID, req)
	if err != nil {
		return "", err
	}
	return res.JobID, nil
}

var opGetResult = wecom.Operation{
	Method: http.MethodGet, Path: "/cgi-bin/service/batch/getresult", Doc: 91882, Read: true, Auth: wecom.AuthProviderAccessToken,
}

type getResultRequest struct {
	JobID string `json:"jobid"`
}

// JobResult is what became of a job.
type JobResult struct {
	Status JobStatus    `json:"status"`
	Type   string       `json:"type"` // contact_id_translate
	Result JobTranslate `json:"result"`
}

// JobStatus says where a job stands.
type JobStatus int

// The states.
const (
	JobStatusBegun   JobStatus = 1 // 任务开始
	JobStatusRunning JobStatus = 2 // 任务进行中
	JobStatusDone    JobStatus = 3 // 任务已完成
)

// JobTranslate has the result of [Provider.TranslateID].
type JobTranslate struct {
	ContactIDTranslate *TranslatedFile `json:"contact_id_translate"` // nil until the job is done
}

// A TranslatedFile is for members of the corp.
type TranslatedFile struct {
	URL string `json:"url"` // opens for a member who is logged in
}

// GetResult returns what became of a job.
//
// 「获取异步任务结果」 https://developer.work.weixin.qq.com/document/path/91882
func (p *Provider) GetResult(ctx context.Context, jobID string) (*JobResult, error) {
	return wecom.Do[JobResult](ctx, p.self, opGetResult, getResultRequest{jobID})
}

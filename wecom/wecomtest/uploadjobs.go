package wecomtest

import (
	"crypto/md5" //nolint:gosec // the API's own choice
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// A RemoteFile is what WeCom finds at a URL outside.
type RemoteFile struct {
	Data    []byte
	NoRange bool // the server ignores Range
}

// uploadJob is the upload of a file that WeCom fetches itself.
type uploadJob struct {
	app     *app
	req     uploadByURLRequest
	created time.Time
	done    bool
	code    int // why it failed
	media   *Media
}

// An upload by URL takes uploadTime; its jobid lives for uploadJobLife.
const (
	uploadTime    = time.Second
	uploadJobLife = time.Hour
	maxRemote     = 200 * megabyte
)

// Steps of an upload by URL.
const (
	uploadRunning = iota + 1
	uploadDone
	uploadFailed
)

type uploadByURLRequest struct {
	Scene    int    `json:"scene"`
	Type     string `json:"type"`
	FileName string `json:"filename"`
	URL      string `json:"url"`
	MD5      string `json:"md5"`
}

type uploadByURLReply struct {
	JobID string `json:"jobid"`
}

func uploadByURL(x *exchange, req uploadByURLRequest) (any, error) {
	jobID := "jobid_" + x.corp.opaque("upload job", x.corp.count("upload job"), 43)
	job := &uploadJob{app: x.app, req: req, created: x.now}
	x.corp.media.jobs[jobID] = job
	x.s.later(uploadTime, uploadEnd{jobID, job})
	return uploadByURLReply{jobID}, nil
}

// uploadEnd fetches the file and tells the app that the job is done, not how it
// went.
type uploadEnd struct {
	jobID string
	job   *uploadJob
}

func (e uploadEnd) run(s *Server) {
	c, job := s.corp, e.job
	job.done = true
	file, found := c.media.web[job.req.URL]
	if job.code = file.refusal(found, job.req); job.code == 0 {
		job.media = c.media.add(c, Media{
			Type:       job.req.Type,
			FileName:   job.req.FileName,
			Data:       file.Data,
			ByURL:      true,
			CreateTime: s.clock.Now(),
		})
	}
	s.emit(Event{
		Event:    "upload_media_job_finish",
		AgentID:  job.app.AgentID,
		Elements: []Element{{"JobId", e.jobID}},
	})
}

// refusal is 0, or why the file cannot be taken.
func (f RemoteFile) refusal(found bool, req uploadByURLRequest) int {
	switch sum := md5.Sum(f.Data); { //nolint:gosec // the API's own choice
	case !found:
		return 830003
	case f.NoRange:
		return 830001
	case len(f.Data) < minMedia, len(f.Data) > maxRemote:
		return 45001
	case !strings.EqualFold(hex.EncodeToString(sum[:]), req.MD5):
		return 301019
	case !isFormat(req.Type, f.Data):
		return 40004
	}
	return 0
}

type getUploadByURLResultRequest struct {
	JobID string `json:"jobid"`
}

type getUploadByURLResultReply struct {
	Status int          `json:"status"`
	Detail uploadDetail `json:"detail"`
}

type uploadDetail struct {
	ErrCode   int    `json:"errcode"`
	ErrMsg    string `json:"errmsg"`
	MediaID   string `json:"media_id,omitempty"`
	CreatedAt string `json:"created_at,omitempty"`
}

// getUploadByURLResult gives the status as a number, as the page's sample
// does; its table calls it a string.
func getUploadByURLResult(x *exchange, req getUploadByURLResultRequest) (any, error) {
	job := x.corp.media.jobs[req.JobID]
	switch {
	case job == nil:
		return nil, Refuse(40088, "wecomtest: no such jobid")
	case x.now.Sub(job.created) >= uploadJobLife:
		return nil, Refuse(40089, "wecomtest: the jobid has expired")
	case !job.done:
		return getUploadByURLResultReply{Status: uploadRunning, Detail: uploadDetail{ErrMsg: "ok"}}, nil
	case job.code != 0:
		return getUploadByURLResultReply{Status: uploadFailed, Detail: uploadDetail{ErrCode: job.code, ErrMsg: "wecomtest: the upload failed"}}, nil
	}
	return getUploadByURLResultReply{Status: uploadDone, Detail: uploadDetail{
		ErrMsg:    "ok",
		MediaID:   job.media.MediaID,
		CreatedAt: strconv.FormatInt(job.media.CreateTime.Unix(), 10),
	}}, nil
}

// URL puts a file on the web, where WeCom can fetch it. The simulator reaches
// no other URL.
func (d Seeder) URL(url string, f RemoteFile) {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	f.Data = append([]byte(nil), f.Data...)
	d.s.corp.media.web[url] = f
}

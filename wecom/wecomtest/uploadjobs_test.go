package wecomtest_test

import (
	"crypto/md5"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const cdn = "https://cdn.example/clip.mp4"

// clip is a request to fetch a video whose content is data.
func clip(data []byte) object {
	sum := md5.Sum(data)
	return object{"scene": 1, "type": "video", "filename": "clip.mp4", "url": cdn, "md5": hex.EncodeToString(sum[:])}
}

func TestUploadByURL(t *testing.T) {
	t.Parallel()
	srv := listening(t)
	srv.Clock().Freeze(srv.Clock().Now())
	srv.Seed().URL(cdn, wecomtest.RemoteFile{Data: sized(mp4Head, 20)})
	c := newCaller(t, srv)
	result := func(jobID string) reply {
		return c.send("media/get_upload_by_url_result", object{"jobid": jobID})
	}

	jobID := c.ok("media/upload_by_url", clip(sized(mp4Head, 20))).text("jobid")
	assert.EqualValues(t, 1, result(jobID).at("status"))
	srv.Clock().Advance(time.Second)

	r := result(jobID)
	assert.EqualValues(t, 2, r.at("status"))
	assert.IsType(t, "", r.at("detail.created_at"))
	assert.Equal(t, string(sized(mp4Head, 20)), c.fetch("media/get", r.text("detail.media_id"), "").Body)
	assert.Equal(t, []string{"upload_media_job_finish  JobId=" + jobID}, heard(srv))
	srv.Clock().Advance(time.Hour)
	assert.Equal(t, 40089, result(jobID).code())
	assert.Equal(t, 40088, result("nope").code())
}

func TestUploadByURLFails(t *testing.T) {
	t.Parallel()
	video := sized(mp4Head, 20)
	tests := []struct {
		name string
		file *wecomtest.RemoteFile
		want int
	}{
		{"nothing at the URL", nil, 830003},
		{"no ranges", &wecomtest.RemoteFile{Data: video, NoRange: true}, 830001},
		{"too small", &wecomtest.RemoteFile{Data: []byte("hello")}, 45001},
		{"another content", &wecomtest.RemoteFile{Data: sized(mp4Head, 21)}, 301019},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			if tt.file != nil {
				srv.Seed().URL(cdn, *tt.file)
			}
			c := newCaller(t, srv)
			jobID := c.ok("media/upload_by_url", clip(video)).text("jobid")
			srv.Clock().Advance(time.Second)

			r := c.ok("media/get_upload_by_url_result", object{"jobid": jobID})

			assert.EqualValues(t, 3, r.at("status"))
			assert.EqualValues(t, tt.want, r.at("detail.errcode"))
			assert.Nil(t, r.at("detail.media_id"))
		})
	}
}

func TestUploadByURLRefusals(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	tests := []struct {
		name, field string
		value       any
		want        int
	}{
		{"another scene", "scene", 2, 40058},
		{"an image", "type", "image", 40005},
		{"no md5", "md5", "", 40063},
	}
	for _, tt := range tests {
		body := clip(nil)
		body[tt.field] = tt.value
		assert.Equal(t, tt.want, c.send("media/upload_by_url", body).code(), tt.name)
	}
}

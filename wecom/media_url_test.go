package wecom_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

const (
	jobRunning  = `{"errcode":0,"errmsg":"ok","status":1,"detail":{"errcode":0,"errmsg":"ok"}}`
	jobFinished = `{"errcode":0,"errmsg":"ok","status":2,"detail":{"errcode":0,"errmsg":"ok","media_id":"3*1*G6","created_at":"1380000000"}}`
	jobFailed   = `{"errcode":0,"errmsg":"ok","status":3,"detail":{"errcode":830001,"errmsg":"invalid url"}}`
)

func TestUploadByURL(t *testing.T) {
	t.Parallel()
	s := newMediaServer(t, answering(`{"errcode":0,"errmsg":"ok","jobid":"jobid_S0"}`))

	job, err := s.media.UploadByURL(t.Context(), wecom.UploadByURLRequest{
		Scene: wecom.UploadSceneGroupWelcome, Type: wecom.MediaTypeVideo, Filename: "介绍.mp4",
		URL: "https://cdn.example.com/v?a=1&b=2", MD5: "d41d8cd98f00b204e9800998ecf8427e",
	})

	require.NoError(t, err)
	assert.Equal(t, "jobid_S0", job.JobID)
	c := s.only(t)
	assert.Equal(t, "/cgi-bin/media/upload_by_url?access_token=tok-media", c.uri)
	assert.JSONEq(t, `{"scene":1,"type":"video","filename":"介绍.mp4","url":"https://cdn.example.com/v?a=1&b=2","md5":"d41d8cd98f00b204e9800998ecf8427e"}`, c.body)
}

func TestGetUploadByURLResult(t *testing.T) {
	t.Parallel()
	finished := wecom.UploadJobDetail{ErrMsg: "ok", MediaID: "3*1*G6", CreatedAt: wecom.NewUnixTime(time.Unix(1380000000, 0))}
	tests := []struct {
		name, reply string
		want        wecom.UploadJobResult
	}{
		{"running", jobRunning, wecom.UploadJobResult{Status: wecom.UploadJobStatusRunning, Detail: wecom.UploadJobDetail{ErrMsg: "ok"}}},
		{"finished", jobFinished, wecom.UploadJobResult{Status: wecom.UploadJobStatusFinished, Detail: finished}},
		{"status quoted, as the page's table says", `{"errcode":0,"status":"2","detail":{"errcode":0,"errmsg":"ok","media_id":"3*1*G6","created_at":1380000000}}`, wecom.UploadJobResult{Status: wecom.UploadJobStatusFinished, Detail: finished}},
		{"failed", jobFailed, wecom.UploadJobResult{Status: wecom.UploadJobStatusFailed, Detail: wecom.UploadJobDetail{ErrCode: wecom.CodeUploadURLInvalid, ErrMsg: "invalid url"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newMediaServer(t, answering(tt.reply))
			res, err := s.media.GetUploadByURLResult(t.Context(), "jobid_S0")
			require.NoError(t, err)
			assert.Equal(t, &tt.want, res)
			c := s.only(t)
			assert.Equal(t, "/cgi-bin/media/get_upload_by_url_result?access_token=tok-media", c.uri)
			assert.JSONEq(t, `{"jobid":"jobid_S0"}`, c.body)
		})
	}
}

func TestWaitUploadByURL(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{serve: func(_ *http.Request, n int) string {
			if n < 8 {
				return jobRunning
			}
			return jobFinished
		}}
		start := time.Now()
		res, err := p.client(t).Media().WaitUploadByURL(t.Context(), "jobid_S0")
		require.NoError(t, err)
		assert.Equal(t, "3*1*G6", res.MediaID)
		assert.Equal(t, (1+2+4+8+15+15+15)*time.Second, time.Since(start))
	})
}

func TestWaitUploadByURLOfAFailedJob(t *testing.T) {
	t.Parallel()
	p := &peer{serve: func(*http.Request, int) string { return jobFailed }}

	_, err := p.client(t).Media().WaitUploadByURL(t.Context(), "jobid_S0")

	require.True(t, wecom.IsCode(err, wecom.CodeUploadURLInvalid), "%v", err)
	e, _ := errors.AsType[*wecom.Error](err)
	assert.Equal(t, "invalid url", e.Msg)
}

func TestWaitUploadByURLEndsWithTheJob(t *testing.T) {
	t.Parallel()
	p := &peer{serve: func(*http.Request, int) string { return refusal(40001 + 57) }}

	_, err := p.client(t).Media().WaitUploadByURL(t.Context(), "too old")

	require.True(t, wecom.IsCode(err, 40058), "%v", err)
}

func TestWaitUploadByURLObeysCtx(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{serve: func(*http.Request, int) string { return jobRunning }}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
		defer cancel()
		_, err := p.client(t).Media().WaitUploadByURL(ctx, "jobid_S0")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "the job is still running")
		assert.Equal(t, 7, p.count("/cgi-bin/media/get_upload_by_url_result"))
	})
}

func TestMediaEnumsPrint(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "Moment ProductAlbum AttachmentType(99)",
		wecom.AttachmentTypeMoment.String()+" "+wecom.AttachmentTypeProductAlbum.String()+" "+wecom.AttachmentType(99).String())
	assert.Equal(t, "Running Finished Failed UploadJobStatus(0)",
		wecom.UploadJobStatusRunning.String()+" "+wecom.UploadJobStatusFinished.String()+" "+wecom.UploadJobStatusFailed.String()+" "+wecom.UploadJobStatus(0).String())
	assert.Equal(t, "GroupWelcome UploadScene(2)", wecom.UploadSceneGroupWelcome.String()+" "+wecom.UploadScene(2).String())
}

package wecom_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

func TestUploadToAnyEndpoint(t *testing.T) {
	t.Parallel()
	type query struct {
		Type string `json:"type"`
	}
	type result struct {
		MediaID string `json:"media_id"`
	}
	op := wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/webhook/upload_media", Auth: wecom.AuthWebhookKey}
	var body string
	p := &peer{serve: func(r *http.Request, _ int) string {
		b, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		body = string(b)
		return `{"errcode":0,"media_id":"M"}`
	}}
	c := webhook(t, p, "tok-robot")

	res, err := wecom.Upload[result](t.Context(), c, op, query{"file"}, wecom.File{Name: "a.txt", Reader: strings.NewReader("hello, world")}, 12)

	require.NoError(t, err)
	assert.Equal(t, "M", res.MediaID)
	assert.Equal(t, []string{op.Path + "?key=tok-robot&type=file"}, p.seen)
	assert.Contains(t, body, `name="media"; filename="a.txt"; filelength=12`)
	assert.Contains(t, body, "hello, world")

	_, err = wecom.Upload[result](t.Context(), c, op, query{"file"}, wecom.File{Name: "a.txt", Reader: strings.NewReader("hello, world!")}, 12)

	assert.True(t, wecom.IsCode(err, wecom.CodeMediaTooLarge), "%v", err)
	assert.Len(t, p.seen, 1)
}

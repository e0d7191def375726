package soak_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// media sends files up and down, and has WeCom fetch one.
func media(r *run) error {
	files := r.client.Media()
	data := make([]byte, 100_000+r.rnd.IntN(200_000))
	for i := range data {
		data[i] = byte(r.rnd.Uint32())
	}
	var last string
	for i, src := range []io.Reader{bytes.NewReader(data), io.LimitReader(bytes.NewReader(data), int64(len(data)))} { // one can be read again
		name := fmt.Sprintf("media %d 报表.bin", i)
		up, err := files.Upload(r.ctx, wecom.MediaTypeFile, wecom.File{Name: name, Reader: src})
		if err := r.wrote(err, func() int { return r.files(name, data) }); err != nil {
			return err
		}
		last = up.MediaID
	}
	got, err := r.download(last, len(data))
	if err != nil {
		return err
	}
	assert.True(r, bytes.Equal(data, got), "got %d bytes, want %d", len(got), len(data))

	const address = "https://files.example.com/media.pdf"
	r.srv.Seed().URL(address, wecomtest.RemoteFile{Data: data})
	sum := md5.Sum(data)
	byURL := func() int {
		return count(r.srv.MediaFiles(), func(m wecomtest.Media) bool { return m.ByURL && m.FileName == "media.pdf" })
	}
	job, err := files.UploadByURL(r.ctx, wecom.UploadByURLRequest{
		Scene: wecom.UploadSceneGroupWelcome, Type: wecom.MediaTypeFile, Filename: "media.pdf", URL: address, MD5: hex.EncodeToString(sum[:]),
	})
	r.judge(err)
	if err != nil {
		return err
	}
	detail, err := files.WaitUploadByURL(r.ctx, job.JobID)
	if r.read(err) != nil {
		return err
	}
	assert.Equal(r, 1, byURL())
	assert.True(r, bytes.Equal(data, r.srv.Media(detail.MediaID).Data))
	return nil
}

// download goes on where the connection broke off, a few times.
func (r *run) download(mediaID string, size int) ([]byte, error) {
	var got []byte
	for range 5 {
		m, err := r.client.Media().Get(r.ctx, wecom.GetMediaRequest{MediaID: mediaID, Offset: int64(len(got))})
		if r.read(err) != nil {
			return nil, err
		}
		some, err := io.ReadAll(m)
		_ = m.Close()
		got = append(got, some...)
		if err == nil {
			return got, nil
		}
		r.tap.show(err)
		if !r.hasty && !errors.Is(err, io.ErrUnexpectedEOF) {
			r.Errorf("what came is short, and the error does not say so: %v", err)
		}
		if len(got) >= size {
			r.Errorf("all %d bytes came, and an error: %v", len(got), err)
		}
		if r.ctx.Err() != nil {
			return nil, err
		}
	}
	return nil, io.ErrUnexpectedEOF
}

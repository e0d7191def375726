package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

// pictureLife is how long an upload is used. WeCom keeps it for three days.
const pictureLife = 48 * time.Hour

// Pictures know the media ids of files, and upload what is not, or no longer,
// uploaded.
type pictures struct {
	media wecom.MediaService
	clock wecom.Clock
	dir   string

	mu       sync.Mutex         // held during calls, so that no two upload the same file
	uploaded map[string]mediaID // by file; guarded by mu
}

type mediaID struct {
	id    string
	since time.Time
}

func newPictures(client *wecom.Client, dir string) *pictures {
	return &pictures{media: client.Media(), clock: client.Clock(), dir: dir, uploaded: map[string]mediaID{}}
}

// id returns the media id of a file.
func (p *pictures) id(ctx context.Context, file string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	if m, ok := p.uploaded[file]; ok && now.Sub(m.since) < pictureLife {
		return m.id, nil
	}
	data, err := os.ReadFile(inDir(p.dir, file))
	if err != nil {
		return "", err
	}
	up, err := p.media.Upload(ctx, wecom.MediaTypeImage, wecom.File{Name: filepath.Base(file), Reader: bytes.NewReader(data)})
	if err != nil {
		return "", err
	}
	p.uploaded[file] = mediaID{up.MediaID, now}
	return up.MediaID, nil
}

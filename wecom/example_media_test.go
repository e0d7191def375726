package wecom_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A price list goes to customers under the name that it has here, and a file
// that WeCom would not take is refused before a byte of it is sent.
func ExampleMediaService_Upload() {
	srv := wecomtest.NewServer()
	defer srv.Close()

	ctx := context.Background()
	media := srv.NewClient().Media()

	list := strings.NewReader("tea,12\ncake,30\n") // an *os.File does as well
	up, err := media.Upload(ctx, wecom.MediaTypeFile, wecom.File{Name: "价目表.csv", Reader: list})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(srv.Media(up.MediaID).FileName)

	_, err = media.Upload(ctx, wecom.MediaTypeVoice, wecom.File{Name: "song.amr", Reader: strings.NewReader(strings.Repeat("la", 2<<20))})
	fmt.Println(wecom.IsCode(err, wecom.CodeMediaTooLarge), srv.Calls().Op("media/upload").Len())

	// Output:
	// 价目表.csv
	// true 1
}

// A large file comes in parts; each goes straight to where it is kept, and one
// that broke off can be asked for again.
func ExampleMediaService_Get() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	id := srv.Seed().Media(wecomtest.Media{Type: "video", FileName: "tour.mp4", Data: make([]byte, 40<<20)})

	ctx := context.Background()
	media := srv.NewClient().Media()

	var kept int64 // bytes of the file on disk
	req := wecom.GetMediaRequest{MediaID: id, Length: 16 << 20}
	for {
		part, err := media.Get(ctx, req)
		if err != nil {
			fmt.Println(err)
			return
		}
		n, err := io.Copy(io.Discard, part)
		part.Close()
		if err != nil {
			fmt.Println(err)
			return
		}
		kept += n
		fmt.Printf("%s: %d MB of %d MB\n", part.Filename, kept>>20, part.Total>>20)
		if req.Offset += n; req.Offset == part.Total {
			break
		}
	}

	// Output:
	// tour.mp4: 16 MB of 40 MB
	// tour.mp4: 32 MB of 40 MB
	// tour.mp4: 40 MB of 40 MB
}

// A video that is too large for an upload is fetched by WeCom itself.
func ExampleMediaService_UploadByURL() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	srv.Seed().URL("https://cdn.example/tour.mp4", wecomtest.RemoteFile{Data: []byte("\x00\x00\x00\x18ftypmp42")})

	ctx := context.Background()
	media := srv.NewClient().Media()

	job, err := media.UploadByURL(ctx, wecom.UploadByURLRequest{
		Scene:    wecom.UploadSceneGroupWelcome,
		Type:     wecom.MediaTypeVideo,
		Filename: "tour.mp4",
		URL:      "https://cdn.example/tour.mp4",
		MD5:      "8bf5672dfac1e2b2b4acba88861d21f1",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	srv.Clock().Advance(time.Minute) // WeCom is at work

	file, err := media.WaitUploadByURL(ctx, job.JobID)
	if err != nil {
		fmt.Println(err) // CodeFileMD5Mismatch: the CDN has another version
		return
	}
	fmt.Println(srv.Media(file.MediaID).FileName)

	// Output:
	// tour.mp4
}

package wecom_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const pixel = "\x89PNG\r\n\x1a\n and more"

func TestMediaComesBackAsItWentUp(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	media := srv.NewClient().Media()
	up, err := media.Upload(t.Context(), wecom.MediaTypeImage, wecom.File{Name: `dir/新品 "茶".png`, Reader: strings.NewReader(pixel)})
	require.NoError(t, err)
	assert.Equal(t, wecom.MediaTypeImage, up.Type)
	assert.WithinDuration(t, srv.Clock().Now(), up.CreatedAt.Time, time.Minute)

	stream, err := media.Get(t.Context(), wecom.GetMediaRequest{MediaID: up.MediaID})
	require.NoError(t, err)
	defer stream.Close()
	body, err := io.ReadAll(stream)

	require.NoError(t, err)
	assert.Equal(t, pixel, string(body))
	assert.Equal(t, `新品 "茶".png`, stream.Filename)
	assert.Equal(t, "image/png", stream.ContentType)
	assert.EqualValues(t, len(pixel), stream.Size)
}

func TestMediaLivesThreeDays(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	media := srv.NewClient().Media()
	up, err := media.UploadAttachment(t.Context(), wecom.MediaTypeImage, wecom.AttachmentTypeMoment, wecom.File{Name: "a.png", Reader: strings.NewReader(pixel)})
	require.NoError(t, err)
	srv.Clock().Advance(72*time.Hour + time.Second)

	_, err = media.Get(t.Context(), wecom.GetMediaRequest{MediaID: up.MediaID})

	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidMediaID), "%v", err)
	assert.ErrorIs(t, err, wecom.ErrNotFound)
}

func TestVoiceOfTheJSSDK(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	id := srv.Seed().Media(wecomtest.Media{Type: "voice", Data: []byte("#!AMR low"), Speex: []byte("speex high")})
	media := srv.NewClient().Media()

	stream, err := media.GetJSSDK(t.Context(), id)
	require.NoError(t, err)
	defer stream.Close()
	body, err := io.ReadAll(stream)

	require.NoError(t, err)
	assert.Equal(t, "speex high", string(body))
	assert.Equal(t, "voice/speex", stream.ContentType)
}

func TestPictureWithAURL(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)

	img, err := srv.NewClient().Media().UploadImage(t.Context(), wecom.File{Name: "a.png", Reader: strings.NewReader(pixel)})

	require.NoError(t, err)
	assert.Contains(t, img.URL, "://")
}

func TestUploadSurvivesARevokedToken(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	media := srv.NewClient().Media()
	srv.Fault("media/upload").Times(1).Code(int(wecom.CodeAccessTokenExpired))

	up, err := media.Upload(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: strings.NewReader("mytext")})

	require.NoError(t, err)
	assert.Equal(t, "mytext", string(srv.Media(up.MediaID).Data), "from the beginning")
}

func TestUploadWithALostReplyIsNotRepeated(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	media := srv.NewClient().Media()
	srv.Fault("media/upload").Lost()

	_, err := media.Upload(t.Context(), wecom.MediaTypeFile, wecom.File{Name: "a.txt", Reader: strings.NewReader("mytext")})

	require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
	assert.Equal(t, 1, srv.Calls().Op("media/upload").Len())
}

func TestDownloadThatIsCutShort(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	id := srv.Seed().Media(wecomtest.Media{Type: "file", Data: []byte(strings.Repeat("x", 1000))})
	media := srv.NewClient().Media()
	srv.Fault("media/get").Times(1).Truncate(600)

	stream, err := media.Get(t.Context(), wecom.GetMediaRequest{MediaID: id})
	require.NoError(t, err)
	defer stream.Close()
	body, err := io.ReadAll(stream)

	require.Error(t, err)
	assert.Len(t, body, 600)
	assert.NotErrorIs(t, err, io.EOF)

	rest, err := media.Get(t.Context(), wecom.GetMediaRequest{MediaID: id, Offset: 600})
	require.NoError(t, err)
	defer rest.Close()
	body, err = io.ReadAll(rest)
	require.NoError(t, err)
	assert.Len(t, body, 400)
}

func TestUploadByURLOnTheSimulator(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Seed().URL("https://cdn.example/a.bin", wecomtest.RemoteFile{Data: []byte("mytext")})
	media := srv.NewClient().Media()
	job, err := media.UploadByURL(t.Context(), wecom.UploadByURLRequest{
		Scene: wecom.UploadSceneGroupWelcome, Type: wecom.MediaTypeFile, Filename: "a.bin",
		URL: "https://cdn.example/a.bin", MD5: "d41d8cd98f00b204e9800998ecf8427e",
	})
	require.NoError(t, err)
	srv.Clock().Advance(time.Minute)

	_, err = media.WaitUploadByURL(t.Context(), job.JobID)

	e, ok := errors.AsType[*wecom.Error](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, wecom.CodeFileMD5Mismatch, e.Code)
}

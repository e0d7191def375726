package callback_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/callback"
)

func TestPicturesSent(t *testing.T) {
	t.Parallel()
	const head = "<xml><Event>pic_weixin</Event><SendPicsInfo>"
	tests := []struct {
		name, body string
		want       []callback.PicItem
	}{
		{"one list", "<PicList><item><PicMd5Sum>a</PicMd5Sum></item><item><PicMd5Sum>b</PicMd5Sum></item></PicList>", []callback.PicItem{{PicMD5Sum: "a"}, {PicMD5Sum: "b"}}},
		{"a list for each", "<PicList><item><PicMd5Sum>a</PicMd5Sum></item></PicList><PicList><item><PicMd5Sum>b</PicMd5Sum></item></PicList>", []callback.PicItem{{PicMD5Sum: "a"}, {PicMD5Sum: "b"}}},
		{"empty", "<Count></Count><PicList/>", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := parseAs[callback.PicWeixin](t, head+tt.body+"</SendPicsInfo></xml>")
			assert.Equal(t, tt.want, got.SendPicsInfo.PicList)
		})
	}
}

package message_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/message"
)

// What WeCom sends must not panic, and what was read must be readable again.
func FuzzReplies(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.json")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		b, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add([]byte(`{"attachments":[{"msgtype":"new","new":{"a":"\u2028"}},null,7],"invaliduser":[1,null,"a|b"]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		type reply struct {
			Attachments message.Attachments `json:"attachments"`
			InvalidUser message.IDs         `json:"invaliduser"`
		}
		var first, second reply
		if codec.Decode(b, &first) != nil {
			return
		}
		wire, err := codec.AppendJSON(nil, first)
		if err != nil {
			return // control characters and broken UTF-8 are not sent
		}
		require.NoError(t, codec.Decode(wire, &second), "%s", wire)
		assert.Equal(t, first.InvalidUser, second.InvalidUser)
		assert.Len(t, second.Attachments, len(first.Attachments))
	})
}

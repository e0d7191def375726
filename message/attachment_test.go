package message_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/message"
)

func TestAttachmentsSurviveARoundTrip(t *testing.T) {
	t.Parallel()
	b, err := codec.AppendJSON(nil, attachments())
	require.NoError(t, err)

	var got message.Attachments
	require.NoError(t, codec.Decode(b, &got))

	assert.Equal(t, attachments(), got)
}

func TestUnknownAttachmentIsKept(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, wire string
		want       message.UnknownAttachment
	}{
		{"new type", `{"msgtype":"hologram","hologram":{"depth":3},"x":1}`, message.UnknownAttachment{MsgType: "hologram"}},
		{"no type", `{"image":{"media_id":"M"}}`, message.UnknownAttachment{}},
		{"not an object", `7`, message.UnknownAttachment{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.want.Raw = json.RawMessage(tt.wire)
			var got message.Attachments
			require.NoError(t, codec.Decode([]byte("["+tt.wire+"]"), &got))
			assert.Equal(t, message.Attachments{tt.want}, got)

			b, err := codec.AppendJSON(nil, got)
			require.NoError(t, err)
			assert.Equal(t, "["+tt.wire+"]", string(b))
		})
	}
}

func TestNilAttachment(t *testing.T) {
	t.Parallel()
	_, err := codec.AppendJSON(nil, message.Attachments{message.FileAttachment{}, nil})
	assert.ErrorContains(t, err, "element 1: nil value")
}

func TestUnknownAttachmentWithoutRawIsNotSent(t *testing.T) {
	t.Parallel()
	_, err := codec.AppendJSON(nil, message.Attachments{message.ImageAttachment{MediaID: "m"}, message.UnknownAttachment{MsgType: "card"}})
	require.ErrorContains(t, err, "element 1")
	assert.ErrorContains(t, err, "UnknownAttachment has no Raw")
}

package callback_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/callback"
)

func TestEnumStrings(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "Invited JoinScene(1) JoinScene(2) QRCode", fmt.Sprint(
		callback.JoinScene(0), callback.JoinScene(1), callback.JoinScene(2), callback.JoinScene(3)))
	assert.Equal(t, "ChatArchiveEdition(-1)", callback.ChatArchiveEdition(-1).String())
	assert.Equal(t, "MiniProgram", callback.CardLinkMiniProgram.String())
}

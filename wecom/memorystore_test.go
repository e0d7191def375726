package wecom_test

import (
	"testing"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/tokenstoretest"
)

func TestMemoryStore(t *testing.T) {
	t.Parallel()
	tokenstoretest.Run(t, func(*testing.T) wecom.TokenStore { return new(wecom.MemoryStore) })
}

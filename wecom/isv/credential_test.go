package isv_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/isv"
)

const hush = "s3cr3t"

// What people read to find out what is wrong.
func TestCodesDoNotPrint(t *testing.T) {
	t.Parallel()
	values := []any{
		isv.RegisterCodeInfo{RegisterCode: hush},
		isv.PreAuthCode{PreAuthCode: hush},
		isv.UserInfo3rd{UserTicket: hush},
		isv.SchoolUserInfo3rd{UserTicket: hush},
		isv.Session{SessionKey: hush},
		isv.RegisterCode{RegisterCode: hush},
		isv.ContactSync{AccessToken: hush},
		isv.RegisterInfo{ContactSync: &isv.ContactSync{AccessToken: hush}},
		isv.Authorization{PermanentCode: hush},
	}
	for _, v := range values {
		t.Run(fmt.Sprintf("%T", v), func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%!"} {
				fmt.Fprintf(&text, verb, v)
			}
			slog.New(slog.NewTextHandler(&text, nil)).Info("x", "v", v)

			assert.NotContains(t, text.String(), hush)
			assert.NotContains(t, text.String(), fmt.Sprintf("%x", hush))
		})
	}
}

// No way of printing shows a secret.
func TestSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	memory := new(isv.MemoryStore)
	require.NoError(t, memory.PutTicket(t.Context(), "ww1", isv.Ticket{Value: hush, Pushed: time.Unix(1, 0)}))
	require.NoError(t, memory.PutTenant(t.Context(), isv.Tenant{SuiteID: "ww1", CorpID: "ww2", PermanentCode: hush}))
	values := []any{
		isv.SuiteCredential{SuiteID: "ww1", Secret: hush},
		isv.ProviderCredential{CorpID: "ww1", Secret: hush},
		isv.Ticket{Value: hush},
		isv.Tenant{SuiteID: "ww1", CorpID: "ww2", PermanentCode: hush},
		isv.Authorization{PermanentCode: hush, RegisterCodeInfo: &isv.RegisterCodeInfo{RegisterCode: hush}},
		&isv.Authorization{PermanentCode: hush},
		memory,
	}
	for _, v := range values {
		t.Run(fmt.Sprintf("%T", v), func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%!"} {
				fmt.Fprintf(&text, verb, v)
			}
			data, _ := json.Marshal(v)
			text.Write(data)
			data, _ = xml.Marshal(v)
			text.Write(data)
			slog.New(slog.NewTextHandler(&text, nil)).Info("x", "v", v)
			slog.New(slog.NewJSONHandler(&text, nil)).Info("x", "v", v)

			assert.NotContains(t, text.String(), hush)
			assert.NotContains(t, text.String(), fmt.Sprintf("%x", hush))
		})
	}
}

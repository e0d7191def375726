package callback_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/callback"
)

// The provider of a third-party app mounts one handler for all corps that
// installed the app: the notices about them, and what their members write.
func Example_suite() {
	keys := callback.Keys{Token: "QDG6eK", EncodingAESKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", SuiteID: "wwsuite"}
	h, err := callback.NewHandler(keys)
	if err != nil {
		fmt.Println(err)
		return
	}
	callback.On(h, func(_ context.Context, e *callback.SuiteTicket) error {
		fmt.Println("store the ticket of", e.SuiteID)
		return nil
	})
	callback.On(h, func(ctx context.Context, m *callback.TextMessage) error {
		tenant, _ := callback.TenantFrom(ctx)
		fmt.Println(m.FromUserName, "of", tenant.CorpID, "writes to", tenant.SuiteID)
		return nil
	})

	// What WeCom sends: the suite's own notice, and messages of two corps.
	wecom := func(receiveID, body string) {
		codec, err := callback.NewCodec(callback.Keys{Token: keys.Token, EncodingAESKey: keys.EncodingAESKey, ReceiveID: receiveID})
		if err != nil {
			fmt.Println(err)
			return
		}
		env, err := codec.Encrypt(callback.Message{Body: []byte(body)}, time.Now())
		if err != nil {
			fmt.Println(err)
			return
		}
		r := httptest.NewRequest(http.MethodPost, "/wecom?"+env.Query().Encode(), strings.NewReader(string(env.XML())))
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	wecom("wwsuite", "<xml><SuiteId>wwsuite</SuiteId><InfoType>suite_ticket</InfoType><SuiteTicket>TICKET</SuiteTicket></xml>")
	for _, corp := range []string{"wwflowers", "wwbakery"} {
		wecom(corp, "<xml><ToUserName>"+corp+"</ToUserName><FromUserName>alice</FromUserName><MsgType>text</MsgType><MsgId>1</MsgId></xml>")
	}
	// Output:
	// store the ticket of wwsuite
	// alice of wwflowers writes to wwsuite
	// alice of wwbakery writes to wwsuite
}

package callback_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A handler for one app's callbacks, mounted like any other. The simulator
// stands for WeCom: it checks the URL and tells of a new customer.
func Example() {
	sim := wecomtest.NewServer()
	defer sim.Close()

	h, err := callback.NewHandler(callback.Keys(sim.Keys()))
	if err != nil {
		fmt.Println(err)
		return
	}
	callback.On(h, func(_ context.Context, e *callback.AddExternalContact) error {
		fmt.Println(e.UserID, "has a new customer, from", e.State)
		return nil
	})
	mux := http.NewServeMux()
	mux.Handle("/wecom/callback", h)
	srv := httptest.NewServer(mux)
	defer srv.Close()

	if err := sim.SetCallback(wecomtest.Callback{URL: srv.URL + "/wecom/callback"}); err != nil {
		fmt.Println(err)
		return
	}
	alice := sim.AddMember(wecomtest.Member{UserID: "alice"})
	sim.AddCustomer(alice, wecomtest.Customer{FollowUser: []wecomtest.Follow{{State: "spring-fair"}}})
	sim.WaitDeliveries(1)
	// Output: alice has a new customer, from spring-fair
}

// Persist, answer, then work: what a handler stores, Parse reads later.
func ExampleParse() {
	stored := `<xml><ToUserName>ww1</ToUserName><CreateTime>1763733600</CreateTime><MsgType>event</MsgType>
		<Event>change_external_chat</Event><ChangeType>update</ChangeType><ChatId>wr1</ChatId>
		<UpdateDetail>add_member</UpdateDetail><MemChangeList><Item>zoe</Item><Item>tom</Item></MemChangeList></xml>`

	e, err := callback.Parse([]byte(stored))
	if err != nil {
		fmt.Println(err)
		return
	}
	switch e := e.(type) {
	case *callback.UpdateExternalChat:
		fmt.Println(e.ChatID, e.UpdateDetail, e.MemChangeList)
	case *callback.Unknown:
		fmt.Println("not yet known:", e.Kind(), e.Raw)
	}
	// Output: wr1 add_member [zoe tom]
}

// Without net/http: a request's query and body go in, the event comes out.
func ExampleCodec() {
	codec, err := callback.NewCodec(callback.Keys{
		Token:          "QDG6eK",
		EncodingAESKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
		ReceiveID:      "wx5823bf96d3bd56c7",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	request := httptest.NewRequest(http.MethodPost, "/?"+pageQuery, http.NoBody)
	env, err := callback.ReadEnvelope(request.URL.Query(), []byte(pageBody))
	if err != nil {
		fmt.Println(err)
		return
	}
	msg, err := codec.Decrypt(env)
	if err != nil {
		fmt.Println(err) // for the log; the answer tells nobody why
		return
	}
	e, err := callback.Parse(msg.Body)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%T from %s\n", e, e.Head().FromUserName)
	// Output: *callback.TextMessage from mycreate
}

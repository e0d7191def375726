package wecomtest_test

import (
	"fmt"
	"io"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A program outside a test runs a simulator of its own. In a test, use New,
// which also fails the test for requests that WeCom would swallow.
func ExampleNewServer() {
	srv := wecomtest.NewServer()
	defer srv.Close()

	cred := srv.Credential()
	res, err := srv.HTTPClient().Get(srv.URL() + "/cgi-bin/gettoken?corpid=" + cred.CorpID + "&corpsecret=wrong")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()

	fmt.Println(res.Header.Get("Error-Code"))
	// Output: 40001
}

// People's actions send callbacks; a handler gets them as WeCom sends them:
// echo check first, then signed and encrypted.
func ExampleServer_SetCallback() {
	srv := wecomtest.NewServer()
	defer srv.Close()

	err := srv.SetCallback(wecomtest.Callback{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "not the echo")
	})})

	fmt.Println(err)
	// Output: wecomtest: callback: echo check: want 200 "5927782489442352469", got 200 "not the echo"
}

// Any event of the official pages can be sent by its name. It looks as on its
// page; what a test cares about is set by path, and a path that the event does
// not have is an error.
func ExampleServer_NewEvent() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	alice := srv.AddMember(wecomtest.Member{UserID: "alice"})

	e, err := srv.NewEvent("template_card_event",
		wecomtest.Set("EventKey", "approve"),
		wecomtest.SetText("SelectedItems.SelectedItem[0].OptionIds.OptionId", "red,blue"))
	fmt.Println(e.Event, e.FromUserName == alice, e.Get("EventKey"), err)

	_, err = srv.NewEvent("template_card_event", wecomtest.Set("EventKye", "approve"))
	fmt.Println(err)
	// Output:
	// template_card_event true approve <nil>
	// wecomtest: template_card_event has no "EventKye"; nearest: EventKey, AgentID, CreateTime
}

package cassette_test

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
	"github.com/wecomkit/wecom-go/wecom/wecomtest/cassette"
)

// A recorder goes between a client and WeCom, here the simulator. The recording
// can be kept beside the tests: the people in it have pseudonyms.
func ExampleNewRecorder() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	srv.Seed().Customer(wecomtest.Customer{
		ExternalUserID: "wmZoeZoeZoeZoeZoeZoeZoe",
		FollowUser:     []wecomtest.Follow{{UserID: srv.AddMember(wecomtest.Member{UserID: "alice"})}},
	})

	rec, err := cassette.NewRecorder(srv.URL(), cassette.WithTransport(srv.HTTPClient().Transport))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rec.Close()
	client, err := wecom.New(srv.Credential(), wecom.WithHTTPClient(&http.Client{Transport: rec}))
	if err != nil {
		fmt.Println(err)
		return
	}
	ids, err := contact.New(client).List(context.Background(), "alice")
	fmt.Println(ids, err)

	recording := rec.Cassette() // recording.Save("testdata/customers.json")
	for _, in := range recording.Interactions {
		fmt.Println(in.Request.Method, in.Request.Path, in.Response.Status)
	}
	fmt.Println(recording.Interactions[1].Request.Query["userid"] == rec.Pseudonym("alice"))
	fmt.Println(cassette.Check(recording))
	// Output:
	// [wmZoeZoeZoeZoeZoeZoeZoe] <nil>
	// GET /cgi-bin/gettoken 200
	// GET /cgi-bin/externalcontact/list 200
	// true
	// []
}

// In a test, cassette.New does this and fails the test for what it finds.
func ExampleNewPlayer() {
	recording, err := cassette.Load(os.DirFS("testdata"), "alice.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	player := cassette.NewPlayer(recording)
	contacts := contact.New(player.NewClient())

	ids, err := contacts.List(context.Background(), "ouzfp")
	fmt.Println(len(ids), err)
	_, err = contacts.List(context.Background(), "alice")
	fmt.Println(err != nil)
	fmt.Println(player.Problems()[0])
	fmt.Println(len(player.Unused()))
	// Output:
	// 2 <nil>
	// true
	// GET externalcontact/list is not in the recording; of interaction 1 (-) it differs (+) in
	//   - query.userid = "ouzfp"
	//   + query.userid = "alice"
	// 0
}

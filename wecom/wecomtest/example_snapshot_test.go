package wecomtest_test

import (
	"fmt"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A snapshot is bytes, to keep in a file and to go back to.
func ExampleServer_Snapshot() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	alice := srv.AddMember(wecomtest.Member{UserID: "alice"})
	data, err := srv.Snapshot()
	if err != nil {
		fmt.Println(err)
		return
	}

	srv.Act().Leave(alice)
	fmt.Println("left:", srv.Member(alice).Left)
	if err := srv.Restore(data); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("left:", srv.Member(alice).Left)
	// Output:
	// left: true
	// left: false
}

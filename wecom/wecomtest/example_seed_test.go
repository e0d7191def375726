package wecomtest_test

import (
	"fmt"
	"testing/fstest"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A test of real work needs a corp where people have been at work. A seed is
// such a corp, written down once: as a file beside the test, or one of those
// that come with the simulator.
func ExampleWithSeedFS() {
	testdata := fstest.MapFS{"tenant.json": {Data: []byte(`{
		"version": 1,
		"members": [
			{"userid": "alice", "name": "Alice"},
			{"userid": "bob", "name": "Bob", "left": true, "left_time": "-3d"}
		],
		"tag_groups": [{"group_name": "Level", "tag": [{"id": "etGold", "name": "Gold"}]}],
		"customers": [
			{"external_userid": "wmZoe", "name": "Zoe", "follow_user": [{"userid": "alice", "create_time": "-90d", "tag_id": ["etGold"]}]},
			{"external_userid": "wmYan", "name": "Yan", "follow_user": [{"userid": "bob", "create_time": "-30d"}]}
		]
	}`)}}
	srv := wecomtest.NewServer(wecomtest.WithSeedFS(testdata, "tenant.json")) // in a test: wecomtest.New(t, …)
	defer srv.Close()

	for _, c := range srv.Customers() {
		f := c.FollowUser[0]
		days := srv.Clock().Now().Sub(f.CreateTime) / (24 * time.Hour)
		fmt.Printf("%s is %s's for %d days, with the tags %v\n", c.Name, srv.Member(f.UserID).Name, days, f.TagID)
	}

	// Output:
	// Yan is Bob's for 30 days, with the tags []
	// Zoe is Alice's for 90 days, with the tags [etGold]
}

func ExampleParseSeed() {
	_, err := wecomtest.ParseSeed([]byte(`{
		"version": 1,
		"members": [{"userid": "alice", "nickname": "Alice"}],
		"customers": [{"name": "Zoe", "follow_user": [{"userid": "alice", "create_time": "yesterday"}]}]
	}`), time.Now())
	fmt.Println(err)

	_, err = wecomtest.ParseSeed([]byte(`{"version": 1, "customers": [{"follow_user": [{"userid": "bob"}]}]}`), time.Now())
	fmt.Println(err)

	// Output:
	// wecomtest: seed:
	// 	customers[0].follow_user[0].create_time: want a time such as "2026-03-01T10:00:00+08:00" or "-72h", not "yesterday"
	// 	members[0].nickname: is not known; nearest: name
	// wecomtest: seed: customers[0].follow_user[0].userid: no member "bob"
}

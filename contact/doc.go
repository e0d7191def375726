// Package contact is 客户联系: the customers of a corp's members, the contact
// ways by which they come, and their transfer between members.
//
//	client, err := wecom.New(wecom.Credential{CorpID: "ww…", Secret: "…"})
//	…
//	contacts := contact.New(client)
//	req := contact.BatchGetByUserRequest{UserIDList: []string{"alice", "bob"}}
//	for c, err := range contacts.AllByUser(ctx, req) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(c.ExternalContact.Name, "came by", c.FollowInfo.AddWay)
//	}
//
// # Who may call
//
// A corp's own app must be listed under 客户联系「可调用接口的应用」 in the
// console, and sees the members in its visible range. Since 2023-12-01 new
// corps cannot use the secret of the 客户联系 system app any more. An
// external_userid is different for each corp and for each service provider.
//
// # Concurrency
//
// A [Service] has no state of its own and is safe for concurrent use; make as
// many as you like of one client. Calls take turns where WeCom limits them.
//
// # Errors
//
// A refusal is a [*wecom.Error]. Branch on its class, such as
// errors.Is(err, wecom.ErrNotFound), or on its code, such as
// wecom.IsCode(err, wecom.CodeNotExternalContact). Success can be partial:
// look at FailInfo of [BatchGetByUserResult] and at ErrCode of each
// [TransferredCustomer].
//
// An iterator yields its error once, last, and can be ranged over again.
//
// # Testing
//
// Package wecomtest is a WeCom server for tests: wecomtest.New(t).NewClient()
// is a client whose customers, contact ways and transfers live in memory.
package contact

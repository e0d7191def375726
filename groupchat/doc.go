// Package groupchat is 客户群: the chats between members and customers.
//
//	client, err := wecom.New(wecom.Credential{CorpID: "ww…", Secret: "…"})
//	…
//	groups := groupchat.New(client)
//	req := groupchat.ListRequest{OwnerFilter: groupchat.OwnerFilter{UserIDList: []string{"alice"}}}
//	for g, err := range groups.All(ctx, req) {
//		if err != nil {
//			return err
//		}
//		group, err := groups.Get(ctx, groupchat.GetRequest{ChatID: g.ChatID, NeedName: true})
//		…
//	}
//
// Groups of a member who leaves or hands over go to a new owner with
// [Service.Transfer] and [Service.OnjobTransfer]. Customers come into groups
// through join ways, see [Service.AddJoinWay]. [Service.Statistic] and
// [Service.StatisticGroupByDay] count what happened.
//
// # Who may call
//
// A corp's own app must be listed under 客户联系「可调用接口的应用」 in the
// console, and a group's owner must be in the app's visible range. A chat_id
// is different for each corp and for each service provider. An app sees only
// the join ways that it made itself.
//
// # Concurrency
//
// A [Service] has no state of its own and is safe for concurrent use.
//
// # Errors
//
// A transfer can fail for some of its groups; its [TransferResult] names them
// and has a Partial method. A refusal is a [*wecom.Error]. Branch on its class,
// such as errors.Is(err, wecom.ErrNotFound), or on its code, such as
// wecom.IsCode(err, wecom.CodeGroupDismissed). An iterator yields its error
// once, last, and can be ranged over again.
//
// # Testing
//
// Package wecomtest is a WeCom server for tests: wecomtest.New(t).NewClient()
// is a client whose groups live in memory.
package groupchat

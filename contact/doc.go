// Package contact is 客户联系: the customers of a corp's members, the contact
// ways and acquisition links by which they come, their transfer between
// members, who may do what with them, what came of it in numbers, the rules on
// what members write to them, and the ids by which they are known.
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
// # Many at once
//
// [Service.AllByUserParallel] reads the customers of all members, eight calls
// at a time. [Service.HandOver] gives away what a member who left leaves
// behind, however much it is; it can be stopped and run again.
//
// # Who may call
//
// A corp's own app must be listed under 客户联系「可调用接口的应用」 in the
// console, and sees the members in its visible range. Since 2023-12-01 new
// corps cannot use the secret of the 客户联系 system app any more.
//
// # Ids
//
// Ids belong to who asks. One person has another external_userid (wm… from
// WeChat, wo… from WeCom) in each corp, and in one corp another one for the
// corp's own apps and for each service provider. A corp's own apps share
// theirs, and so do a provider's apps in that corp, except those developed on
// the corp's behalf (代开发应用) that were authorised before 2022-06-28 and not
// upgraded. The same goes for chat_id and for the ids of customer tags and
// 微信客服 accounts, and providers get userid and corpid encrypted. Store an id
// together with the app that got it, and never pass it to another one as it is:
//
//   - the corp's ids become the provider's by [Service.GetNewExternalUserID],
//     [Service.ConvertExternalTagID], [Service.ConvertOpenKFID] and
//     [Service.ConvertChatID], which the provider calls (chats only until
//     [Service.ApplyToUpgradeChatID] takes effect);
//   - a provider's external_userid becomes the corp's by
//     [Service.FromServiceExternalUserID], which the corp's own app calls;
//   - that of an app developed on the corp's behalf becomes that of the
//     provider's third-party app by [Service.ToServiceExternalUserID];
//   - temporary ids of meetings and forms become lasting ones by
//     [Service.ConvertTmpExternalUserID], which only the app may call that got them.
//
// A unionid is WeChat's and ties a customer to the corp's mini-programs. A
// corp's own app reads it from [Service.Get] and [Service.AllByUser], once the
// corp has bound its WeChat developer id, and keeps an index. A provider's app
// does not see it there: it asks with the unionid and openid of its
// mini-program's user, and gets the external_userid or, for who is no customer
// yet, a pending_id of 90 days ([Service.FindByUnionID]). When a customer comes,
// [Service.ConvertExternalUserIDToPendingID] tells which pending_id it was. An
// upstream corp (上下游) has calls of its own, pages 95818 and 97357, that this
// module leaves to [wecom.Do].
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
// a result that can leave something out has a method Partial.
//
// An iterator yields its error once, last, and can be ranged over again.
//
// # Testing
//
// Package wecomtest is a WeCom server for tests: wecomtest.New(t).NewClient()
// is a client whose customers, contact ways and transfers live in memory.
package contact

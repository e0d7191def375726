// Package tag is 客户标签: a corp's tags for customers, and which customers
// have them.
//
//	client, err := wecom.New(wecom.Credential{CorpID: "ww…", Secret: "…"})
//	…
//	tags := tag.New(client)
//	group, err := tags.AddCorpTag(ctx, tag.AddCorpTagRequest{
//		GroupName: "等级",
//		Tag:       []tag.AddCorpTag{{Name: "重要"}, {Name: "一般"}},
//	})
//	…
//	vip := group.Tag[0].ID
//	err = tags.Mark(ctx, tag.MarkRequest{UserID: "alice", ExternalUserID: customer, AddTag: []string{vip}})
//
// [Service.Set] gives a customer exactly the tags that another system says they
// should have.
//
// Corp tags are for all members. Tags of a rule group (规则组) are only for those
// whom it manages; their methods have Strategy in their names.
//
// # Who may call
//
// A corp's own app must be listed under 客户联系「可调用接口的应用」 in the
// console. It reads all corp tags, but changes and deletes only those it made
// itself. Tags made by API cause no callback.
//
// # Concurrency
//
// A [Service] has no state of its own and is safe for concurrent use. WeCom
// takes at most five [Service.Mark] calls of a corp at once; the client queues
// the others.
//
// # Errors
//
// A refusal is a [*wecom.Error]. Branch on its class, such as
// errors.Is(err, wecom.ErrNotFound), or on its code, such as
// wecom.IsCode(err, wecom.CodeInvalidTagID).
//
// # Testing
//
// Package wecomtest is a WeCom server for tests: wecomtest.New(t).NewClient()
// is a client whose tags live in memory.
package tag

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/moment"
	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
)

const (
	liveTime  = 2 * time.Minute
	liveItems = 20 // of each kind
)

// runLive reads a real corp. It prints counts, not people.
func runLive(ctx context.Context, out io.Writer) error {
	cred, err := wecom.CredentialFromEnv()
	if err != nil {
		return err
	}
	tell := newNarrator(out)
	opts := []wecom.Option{wecom.WithObserver(tell.observe)}
	if base := os.Getenv("WECOM_BASE_URL"); base != "" {
		opts = append(opts, wecom.WithBaseURL(base))
	}
	client, err := wecom.New(cred, opts...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, liveTime)
	defer cancel()
	return readCorp(ctx, client, tell)
}

func readCorp(ctx context.Context, client *wecom.Client, tell *narrator) error {
	tell.headlinef("The credential")
	if err := client.Check(ctx); err != nil {
		return err
	}
	tell.sayf("It is right, and this address may call.")

	contacts := contact.New(client)
	tell.headlinef("Members and customers")
	members, err := contacts.GetFollowUserList(ctx)
	if err != nil {
		return err
	}
	tell.sayf("%d members may have customers.", len(members))
	if len(members) > 0 {
		first := contact.BatchGetByUserRequest{UserIDList: members[:min(len(members), 100)], Limit: liveItems}
		page, err := contacts.BatchGetByUser(ctx, first)
		if err != nil && !wecom.IsCode(err, wecom.CodeNotExternalContact) {
			return err
		}
		if page != nil {
			tell.sayf("A page of their customers has %d; more follow: %t.", len(page.ExternalContactList), page.NextCursor != "")
		}
	}

	tell.headlinef("Tags")
	groups, err := tag.New(client).GetCorpTagList(ctx, tag.GetCorpTagListRequest{})
	if err != nil {
		return err
	}
	tags := 0
	for _, g := range groups {
		tags += len(g.Tag)
	}
	tell.sayf("%d tags in %d groups.", tags, len(groups))

	tell.headlinef("Customer groups")
	chats, err := groupchat.New(client).List(ctx, groupchat.ListRequest{Limit: liveItems})
	if err != nil {
		return err
	}
	tell.sayf("A page has %d; more follow: %t.", len(chats.GroupChatList), chats.NextCursor != "")

	month := wecom.NewUnixTime(client.Clock().Now().AddDate(0, 0, -28))
	now := wecom.NewUnixTime(client.Clock().Now())
	tell.headlinef("What was sent in the last four weeks")
	sent, err := message.New(client).GetGroupMsgList(ctx, message.GetGroupMsgListRequest{ChatType: message.ChatTypeSingle, StartTime: month, EndTime: now})
	if err != nil {
		return err
	}
	published, err := moment.New(client).List(ctx, moment.ListRequest{StartTime: month, EndTime: now})
	if err != nil {
		return err
	}
	tell.sayf("%d mass messages and %d moments on the first pages.", len(sent.GroupMsgList), len(published.MomentList))
	tell.sum()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("not everything could be read: %w", err)
	}
	return nil
}

package readme_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// README: use
func greetNewCustomers(client *wecom.Client, keys callback.Keys) (http.Handler, error) {
	contacts, messages := contact.New(client), message.New(client)
	h, err := callback.NewHandler(keys)
	if err != nil {
		return nil, err
	}
	callback.On(h, func(ctx context.Context, e *callback.AddExternalContact) error {
		if e.WelcomeCode == "" {
			return nil // the console greets, or they chat already
		}
		customer, err := contacts.Get(ctx, e.ExternalUserID)
		if err != nil {
			return err
		}
		return messages.SendWelcome(ctx, message.SendWelcomeRequest{
			WelcomeCode: e.WelcomeCode,
			ReceivedAt:  e.At(),
			Text:        message.Text{Content: "你好，" + customer.ExternalContact.Name + "！"},
		})
	})
	return h, nil
}

// README: end

// README: main
func run() error {
	cred, err := wecom.CredentialFromEnv() // WECOM_CORP_ID, WECOM_SECRET
	if err != nil {
		return err
	}
	client, err := wecom.New(cred)
	if err != nil {
		return err
	}
	if err := client.Check(context.Background()); err != nil {
		return err // a wrong secret or an untrusted address, in words
	}
	h, err := greetNewCustomers(client, callback.Keys{
		Token:          os.Getenv("WECOM_CALLBACK_TOKEN"),
		EncodingAESKey: os.Getenv("WECOM_CALLBACK_AES_KEY"),
		ReceiveID:      cred.CorpID,
	})
	if err != nil {
		return err
	}
	http.Handle("/wecom/callback", h)
	return http.ListenAndServe(":8080", nil)
}

// README: end

func Example_greet() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	h, err := greetNewCustomers(srv.NewClient(), callback.Keys(srv.Keys()))
	if err != nil {
		fmt.Println(err)
		return
	}
	srv.Callback(h)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	srv.WaitDeliveries(1)
	fmt.Println(srv.Calls().Op("externalcontact/send_welcome_msg").Last().Value("text.content"))
	// Output: 你好，Zoe！
}

// README: iterate
func printVIPs(ctx context.Context, contacts *contact.Service, userID, vipTag string) error {
	for c, err := range contacts.AllByUser(ctx, contact.BatchGetByUserRequest{UserIDList: []string{userID}}) {
		if err != nil {
			return err
		}
		for _, id := range c.FollowInfo.TagID {
			if id == vipTag {
				fmt.Println(c.ExternalContact.Name, c.FollowInfo.Remark)
			}
		}
	}
	return nil
}

// README: end

// README: raw
func countMembers(ctx context.Context, client *wecom.Client) (int, error) {
	type request struct {
		Limit int `json:"limit"`
	}
	type result struct {
		DeptUser []struct {
			UserID string `json:"userid"`
		} `json:"dept_user"`
	}
	op := wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/user/list_id", Doc: 96067, Read: true}
	res, err := wecom.Do[result](ctx, client, op, request{Limit: 10_000})
	if err != nil {
		return 0, err
	}
	return len(res.DeptUser), nil
}

// README: end

// README: isv
func serveManyCorps(suite *isv.Suite, keys callback.Keys, inbox callback.Inbox) (*callback.Handler, error) {
	h, err := callback.NewHandler(keys, callback.WithInbox(inbox)) // keys.SuiteID, no ReceiveID
	if err != nil {
		return nil, err
	}
	err = isv.Mount(h, isv.Route{ // takes tickets, authorisations, changes and cancellations
		Suite: suite,
		Authorized: func(ctx context.Context, client *wecom.Client, a *isv.Authorization) error {
			members, err := contact.New(client).GetFollowUserList(ctx)
			log.Printf("%s came, %d of its members have customers", a.AuthCorpInfo.CorpName, len(members))
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	callback.On(h, func(ctx context.Context, e *callback.AddExternalContact) error {
		client, err := isv.Suites{suite}.Client(ctx) // of the corp that the event is about
		if err != nil {
			return err
		}
		customer, err := contact.New(client).Get(ctx, e.ExternalUserID)
		if err != nil {
			return err
		}
		log.Printf("%s has a new customer: %s", client.CorpID(), customer.ExternalContact.Name)
		return nil
	})
	h.Resume(context.Background()) // with what the last process left unfinished
	return h, nil
}

// README: end

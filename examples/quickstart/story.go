package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/moment"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const (
	storyTime = 30 * time.Second
	channel   = "spring-fair"
)

// runStory plays the day. The simulator is WeCom and the people; the shop is
// the application.
func runStory(ctx context.Context, out io.Writer) (err error) {
	ctx, cancel := context.WithTimeout(ctx, storyTime)
	defer cancel()
	start := time.Now()
	tell := newNarrator(out)
	fmt.Fprintln(out, "A day in a tea shop on WeCom. → is a call to WeCom, ← a callback from it.")

	tell.headlinef("Start the simulator and the shop's callback server")
	sim := wecomtest.NewServer()
	defer sim.Close()
	if err := sim.Start("127.0.0.1:0"); err != nil {
		return err
	}
	client, err := wecom.New(sim.Credential(), append(sim.Options(), wecom.WithObserver(tell.observe))...)
	if err != nil {
		return err
	}
	s := newShop(client, tell)
	url, closeServer, err := s.listen(ctx, callback.Keys(sim.Keys()))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeServer()) }()
	if err := sim.SetCallback(wecomtest.Callback{URL: url}); err != nil {
		return err
	}
	tell.sayf("WeCom answers at %s; it has checked the callback URL %s.", sim.URL(), url)

	d := &day{sim: sim, shop: s, tell: tell}
	for _, part := range []func(context.Context) error{d.morning, d.rush, d.segment, d.evening, d.handover} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	tell.headlinef("The day in figures")
	tell.sum()
	fmt.Fprintf(out, "   %d callbacks delivered. All of it took %v.\n", len(sim.Deliveries()), time.Since(start).Round(time.Millisecond))
	return nil
}

// listen serves the shop's callbacks on a free port.
func (s *shop) listen(ctx context.Context, keys callback.Keys) (url string, stop func() error, err error) {
	h, err := s.callbacks(keys)
	if err != nil {
		return "", nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/wecom/callback", h)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(listener) }()
	return "http://" + listener.Addr().String() + "/wecom/callback", func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err := errors.Join(srv.Shutdown(ctx), h.Close(ctx)) // stop receiving, then finish what is in hand
		if served := <-done; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	}, nil
}

// A day is the story so far.
type day struct {
	sim  *wecomtest.Server
	shop *shop
	tell *narrator

	alice, bob string   // members
	qrCode     string   // config_id of Alice's contact way
	customers  []string // external_userids
}

func (d *day) morning(ctx context.Context) error {
	d.tell.headlinef("Alice gets a contact-way QR code for the channel %q", channel)
	d.alice = d.sim.AddMember(wecomtest.Member{UserID: "alice", Name: "Alice"})
	d.bob = d.sim.AddMember(wecomtest.Member{UserID: "bob", Name: "Bob"})
	if err := d.shop.open(ctx, channel); err != nil {
		return err
	}
	way, err := d.shop.contacts.AddContactWay(ctx, contact.AddContactWayRequest{
		Type:  contact.ContactWayTypeSingle,
		Scene: contact.ContactWaySceneQRCode,
		State: channel,
		User:  []string{d.alice},
	})
	if err != nil {
		return err
	}
	d.qrCode = way.ConfigID
	d.tell.sayf("%s", way.QRCode)

	d.tell.headlinef("Zoe scans it: WeCom calls back, the shop welcomes her in time")
	if err := d.visit(ctx, "Zoe"); err != nil {
		return err
	}
	zoe := d.customers[0]
	d.tell.sayf("Zoe's chat shows:")
	for _, m := range d.sim.Received(zoe) {
		d.tell.sayf("  %s: %s", m.UserID, m.Text)
		for _, a := range m.Attachments {
			d.tell.sayf("  %s: [%s] %s", m.UserID, a.MsgType, cmp.Or(a.Title, "media "+a.MediaID))
		}
	}

	d.tell.headlinef("Who is she? Read back what the shop knows")
	got, err := d.shop.contacts.Get(ctx, zoe)
	if err != nil {
		return err
	}
	for _, f := range got.FollowUser {
		d.tell.sayf("%s, customer of %s, remark %q, state %q, tag %q",
			got.ExternalContact.Name, f.UserID, f.Remark, f.State, f.Tags[0].TagName)
	}
	return nil
}

// visit lets a customer scan Alice's code, and waits until the shop is done
// with the welcome.
func (d *day) visit(ctx context.Context, names ...string) error {
	for _, name := range names {
		d.sim.Act().ScanContactWay(d.qrCode, wecomtest.Customer{Name: name})
	}
	return d.welcomed(ctx, len(names))
}

// welcomed waits until the shop is done with n callbacks, and remembers new
// customers.
func (d *day) welcomed(ctx context.Context, n int) error {
	for range n {
		select {
		case id := <-d.shop.customers:
			if !slices.Contains(d.customers, id) {
				d.customers = append(d.customers, id)
			}
		case <-ctx.Done():
			return fmt.Errorf("waiting for the welcome: %w", ctx.Err())
		}
	}
	return nil
}

func (d *day) rush(ctx context.Context) error {
	d.tell.headlinef("Three more customers come at once")
	return d.visit(ctx, "Yan", "Xia", "Wen")
}

func (d *day) segment(ctx context.Context) error {
	d.tell.headlinef("Everybody tagged %q gets a mass message", channel)
	sent, err := d.shop.sendToTag(ctx, d.shop.tagOf[channel], "今晚 8 点，新茶试饮，欢迎来坐坐。")
	if err != nil {
		return err
	}
	before, err := d.shop.outcomes(ctx, sent.MsgID)
	if err != nil {
		return err
	}
	d.tell.sayf("It is a task: %d unsent until Alice confirms. She does.", before[message.SendStatusUnsent])
	d.sim.Act().ConfirmSend(sent.MsgID, d.alice)
	after, err := d.shop.outcomes(ctx, sent.MsgID)
	if err != nil {
		return err
	}
	d.tell.sayf("%d of %d customers have it.", after[message.SendStatusSent], len(d.customers))
	return nil
}

func (d *day) evening(ctx context.Context) error {
	d.tell.headlinef("A moment for all customers")
	job, err := d.shop.publish(ctx, d.alice, "春茶上市，今日起全店九折。")
	if err != nil {
		return err
	}
	d.sim.Clock().Advance(time.Minute) // WeCom makes the task
	task, err := d.shop.moments.WaitTask(ctx, job)
	if err != nil {
		return err
	}
	d.sim.Act().PublishMoment(task.MomentID, d.alice)
	start := wecom.NewUnixTime(d.sim.Clock().Now().Add(-time.Hour))
	end := wecom.NewUnixTime(d.sim.Clock().Now())
	for m, err := range d.shop.moments.All(ctx, moment.ListRequest{StartTime: start, EndTime: end}) {
		if err != nil {
			return err
		}
		d.tell.sayf("Alice has published it: %s", m.Text.Content)
	}
	return nil
}

func (d *day) handover(ctx context.Context) error {
	d.tell.headlinef("Alice leaves: her customers go to Bob")
	moved, err := d.shop.contacts.TransferCustomer(ctx, contact.TransferCustomerRequest{
		HandoverUserID: d.alice, TakeoverUserID: d.bob, ExternalUserID: d.customers,
	})
	if err != nil {
		return err
	}
	if moved.Partial() {
		return errors.New("some transfers did not begin")
	}
	for _, id := range d.customers { // who does not refuse within a day has accepted, too
		d.sim.Act().AcceptTransfer(id)
	}
	if err := d.welcomed(ctx, len(d.customers)); err != nil {
		return err
	}
	done := 0
	transfers := contact.TransferResultRequest{HandoverUserID: d.alice, TakeoverUserID: d.bob}
	for t, err := range d.shop.contacts.AllTransferResults(ctx, transfers) {
		if err != nil {
			return err
		}
		if t.Status == contact.TransferStatusDone {
			done++
		}
	}
	d.sim.Act().Leave(d.alice)
	theirs, err := d.shop.contacts.List(ctx, d.bob)
	if err != nil {
		return err
	}
	d.tell.sayf("%d transfers are done; Bob has %d customers and Alice's account is closed.", done, len(theirs))
	return nil
}

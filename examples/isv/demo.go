package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// runDemo tells a provider's day: three corps install its app, two instances
// greet their customers, one instance stops, and one corp cancels.
func runDemo(ctx context.Context, where string, out io.Writer) error {
	s, err := newStage(ctx, where, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer s.tearDown()
	d := &demo{stage: s, out: out, greeted: map[*shop][]string{}}
	defer func() {
		for _, i := range []*instance{d.a, d.b} {
			if i != nil {
				_ = i.end() // if it has not ended yet
			}
		}
	}()
	fmt.Fprintf(out, "An app for many corps. Redis: %s.\n", s.redis.what)
	for _, step := range []func(context.Context) error{
		d.begin, d.installFromTheSite, d.installFromTheMarket, d.serveTogether, d.serveAlone, d.cancel, d.sum,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

type demo struct {
	*stage

	out     io.Writer
	step    int
	a, b    *instance
	shops   []*shop
	bakery  *shop // the one that comes from the market, and leaves
	greeted map[*shop][]string
}

func (d *demo) headlinef(format string, args ...any) {
	d.step++
	fmt.Fprintf(d.out, "\n%d. "+format+"\n", append([]any{d.step}, args...)...)
}

func (d *demo) sayf(format string, args ...any) { fmt.Fprintf(d.out, "   "+format+"\n", args...) }

func (d *demo) begin(ctx context.Context) error {
	d.headlinef("Instance A starts. WeCom checks the callback URL and pushes a suite_ticket")
	var err error
	if d.a, err = d.start(ctx); err != nil {
		return err
	}
	if err := d.callTheSuite(); err != nil {
		return err
	}
	if err := d.hasTicket(ctx, d.a); err != nil {
		return err
	}
	d.sayf("The ticket is in Redis, encrypted. Without it nothing works; the next comes in ten minutes.")
	return nil
}

func (d *demo) hasTicket(ctx context.Context, i *instance) error {
	return await(ctx, "a ticket", func() bool {
		t, err := i.tickets.Ticket(ctx, d.suite.SuiteID)
		return err == nil && t.Value != ""
	})
}

func (d *demo) installFromTheSite(ctx context.Context) error {
	for _, in := range []struct{ name, text string }{
		{"山岚茶舍", "你好，我是山岚茶舍的 Alice。到店报我的名字，请你喝一泡岩茶。"},
		{"晴天书店", "晴天书店欢迎你！想找什么书，直接发我书名。"},
	} {
		d.headlinef("The admin of %s installs the app from the provider's page, and writes a greeting", in.name)
		shop := d.addShop(in.name)
		p, err := shop.browser.post(ctx, "/install", url.Values{})
		if err != nil {
			return err
		}
		if p.Status != http.StatusOK {
			return fmt.Errorf("installing ended with %d: %s", p.Status, p.Body)
		}
		d.sayf("/install → %s", strings.Join(p.Via, " → "))
		for _, line := range p.lines() {
			d.sayf("  %s", line)
		}
		if err := d.write(ctx, shop, in.text); err != nil {
			return err
		}
		d.shops = append(d.shops, shop)
	}
	return nil
}

// write enters a greeting at the app's page.
func (d *demo) write(ctx context.Context, shop *shop, text string) error {
	p, err := shop.browser.post(ctx, "/greeting", url.Values{"text": {text}, "tag": {defaultTag}})
	if err != nil {
		return err
	}
	if !slices.Contains(p.lines(), "欢迎语 "+text) {
		return fmt.Errorf("the greeting is not on the page: %d %q", p.Status, p.lines())
	}
	d.sayf("/greeting: %s", text)
	return nil
}

func (d *demo) installFromTheMarket(ctx context.Context) error {
	d.headlinef("街角面包房 installs it from WeCom's app market: WeCom tells the suite by create_auth")
	d.bakery = d.addShop("街角面包房")
	d.bakery.Act().AuthorizeSuite(d.suite.SuiteID, wecomtest.Authorization{Admin: d.bakery.admin})
	if err := await(ctx, "the exchange of the auth code", func() bool {
		_, err := d.a.suite.Client(ctx, d.bakery.id())
		return err == nil
	}); err != nil {
		return err
	}
	var told wecomtest.Delivery
	if err := await(ctx, "the answer to create_auth", func() bool {
		all := d.sim.Deliveries()
		i := slices.IndexFunc(all, func(d wecomtest.Delivery) bool { return d.Event.Event == "create_auth" })
		told = all[i]
		return told.Done
	}); err != nil {
		return err
	}
	if !told.Delivered() || len(told.Attempts) != 1 {
		return fmt.Errorf("create_auth was not answered within a second: %+v", told.Attempts)
	}
	d.sayf("It was answered within the second that WeCom allows, and the code was exchanged afterwards.")
	p, err := d.bakery.browser.get(ctx, "/")
	if err != nil {
		return err
	}
	d.sayf("Its admin opens the app in WeCom, and is logged in: / → %s", strings.Join(p.Via, " → "))
	d.shops = append(d.shops, d.bakery)
	return d.write(ctx, d.bakery, "面包刚出炉！下午四点后全场八折。")
}

func (d *demo) serveTogether(ctx context.Context) error {
	d.headlinef("Instance B starts beside A, and customers come to all three")
	var err error
	if d.b, err = d.start(ctx); err != nil {
		return err
	}
	return d.customers(ctx, "Zoe", "Max")
}

func (d *demo) serveAlone(ctx context.Context) error {
	d.headlinef("Instance A stops. B goes on, for corps that came before it was there")
	if err := d.a.end(); err != nil {
		return err
	}
	return d.customers(ctx, "Ann")
}

// customers lets somebody come to each shop, and shows what they read.
func (d *demo) customers(ctx context.Context, names ...string) error {
	type customer struct {
		shop     *shop
		name, id string
	}
	var fresh []customer
	for _, shop := range d.shops {
		for _, name := range names {
			fresh = append(fresh, customer{shop, name, shop.AddCustomer(shop.admin, wecomtest.Customer{Name: name})})
		}
	}
	for _, c := range fresh {
		if err := await(ctx, "the greeting of "+c.name, func() bool { return c.shop.served(c.id) }); err != nil {
			return err
		}
		d.sayf("%s → %s: %s  [%s]", c.shop.name, c.name, c.shop.Received(c.id)[0].Text, c.shop.tagOf(c.id))
		d.greeted[c.shop] = append(d.greeted[c.shop], c.id)
	}
	return nil
}

func (d *demo) cancel(ctx context.Context) error {
	d.headlinef("街角面包房 cancels: its permanent code and its greeting are gone")
	d.bakery.Act().CancelAuthorization(d.suite.SuiteID)
	if err := await(ctx, "the bakery to be gone", func() bool {
		keys, err := d.b.rdb.Keys(ctx, d.cfg.Prefix+"*"+d.bakery.id()).Result()
		_, unknown := d.b.suite.Client(ctx, d.bakery.id())
		return err == nil && len(keys) == 0 && unknown != nil
	}); err != nil {
		return err
	}
	p, err := d.bakery.browser.get(ctx, "/")
	if err != nil {
		return err
	}
	d.sayf("Its admin opens the app: %s", p.lines()[0])

	list, err := d.list(ctx)
	if err != nil {
		return err
	}
	d.sayf("/tenants:")
	for _, t := range list {
		d.sayf("  %s  agent %d  since %s  %s", t.CorpName, t.AgentID, t.Authorized.Format(time.TimeOnly), t.CorpID)
	}
	if len(list) != 2 {
		return fmt.Errorf("%d tenants, want 2", len(list))
	}
	return nil
}

// list is what the provider's own people see.
func (s *stage) list(ctx context.Context) (out []tenant, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.site+"/tenants", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+adminToken)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, errors.New(res.Status)
	}
	return out, json.NewDecoder(res.Body).Decode(&out)
}

// sum counts what both instances did to WeCom, and stops B.
func (d *demo) sum(context.Context) error {
	d.headlinef("Instance B stops, too")
	if err := d.b.end(); err != nil {
		return err
	}
	calls := d.sim.Calls()
	suites, corps := calls.Op("service/get_suite_token").Len(), calls.Op("service/get_corp_token").Len()
	greetings := calls.Op("externalcontact/send_welcome_msg").Len()
	d.sayf("%d corps, 2 instances: suite tokens fetched %d, corp tokens %d, customers greeted %d, each once",
		len(d.shops), suites, corps, greetings)
	if suites != 1 || corps != len(d.shops) || greetings != 9 {
		return errors.New("want 1 suite token, one token for each corp and 9 greetings")
	}
	for shop, ids := range d.greeted {
		for _, id := range ids {
			if n := len(shop.Received(id)); n != 1 {
				return fmt.Errorf("a customer of %s was greeted %d times", shop.name, n)
			}
		}
	}
	for _, i := range []*instance{d.a, d.b} {
		if stats := i.callbacks.Stats(); stats.Failed > 0 || stats.Lost > 0 {
			return fmt.Errorf("events failed: %+v", stats)
		}
	}
	if problems := d.sim.Problems(); len(problems) > 0 {
		return errors.New(strings.Join(problems, "\n"))
	}
	return nil
}

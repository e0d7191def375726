package main

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

//go:embed rules.json poster.png
var sample embed.FS

// A demo plays everybody else: WeCom and its customers, and whoever kills the
// bot and starts it again.
type demo struct {
	out     io.Writer
	sim     *wecomtest.Server
	command func(args ...string) *exec.Cmd // runs this program
	dir     string                         // of rules and inbox
	bot     *process
	chapter int
	seen    int // calls that are printed

	rules      *rules
	fair, shop string            // contact ways
	tagNames   map[string]string // by id
	people     []person
}

// A person is a customer, and how many greetings they are to have.
type person struct {
	id, name, state string
	greetings       int
}

// runDemo lets customers come while the bot is killed again and again, and
// fails unless each is greeted once and tagged.
func runDemo(ctx context.Context, out io.Writer, command func(args ...string) *exec.Cmd) (err error) {
	d := &demo{out: out, sim: wecomtest.NewServer(), command: command, tagNames: map[string]string{}}
	defer d.sim.Close()
	if err := d.sim.Start("127.0.0.1:0"); err != nil {
		return err
	}
	if d.dir, err = os.MkdirTemp("", "welcome-bot"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(d.dir)) }()
	if err := os.CopyFS(d.dir, sample); err != nil {
		return err
	}
	if d.rules, err = readRules(filepath.Join(d.dir, "rules.json")); err != nil {
		return err
	}
	defer func() {
		if d.bot != nil {
			d.bot.kill()
		}
	}()

	fmt.Fprintln(out, "Customers come, and the bot that greets them dies again and again. → is a call to WeCom.")
	for _, chapter := range []func(context.Context) error{d.open, d.visit, d.dieAfterGreeting, d.dieWithoutReply, d.late, d.sum} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) headline(text string) {
	d.chapter++
	fmt.Fprintf(d.out, "\n%d. %s\n", d.chapter, text)
}

func (d *demo) sayf(format string, args ...any) {
	fmt.Fprintf(d.out, "   %s\n", fmt.Sprintf(format, args...))
}

// open is the morning: the bot starts, and two codes are printed.
func (d *demo) open(ctx context.Context) error {
	d.headline("The bot starts, makes the tags of its rules and uploads their picture")
	if err := d.start(ctx); err != nil {
		return err
	}
	if err := d.sim.SetCallback(wecomtest.Callback{URL: "http://" + d.bot.addr + "/wecom/callback"}); err != nil {
		return err
	}
	d.calls()
	d.sim.AddMember(wecomtest.Member{UserID: "alice", Name: "Alice"})
	client := d.sim.NewClient()
	for state, way := range map[string]*string{"spring-fair": &d.fair, "store-shanghai": &d.shop} {
		made, err := contact.New(client).AddContactWay(ctx, contact.AddContactWayRequest{
			Type: contact.ContactWayTypeSingle, Scene: contact.ContactWaySceneQRCode, State: state, SkipVerify: new(true), User: []string{"alice"},
		})
		if err != nil {
			return err
		}
		*way = made.ConfigID
	}
	groups, err := tag.New(client).GetCorpTagList(ctx, tag.GetCorpTagListRequest{})
	if err != nil {
		return err
	}
	for _, g := range groups {
		for _, t := range g.Tag {
			d.tagNames[t.ID] = t.Name
		}
	}
	d.seen = d.sim.Calls().Len() // these are not the bot's
	return nil
}

// visit is how it should be.
func (d *demo) visit(ctx context.Context) error {
	d.headline("Zoe and Ming scan the code of the spring fair, Lei that of the store, Eve has only heard of Alice")
	d.scan(d.fair, "Zoe")
	d.scan(d.fair, "Ming")
	d.scan(d.shop, "Lei")
	d.expect(person{id: d.sim.AddCustomer("alice", wecomtest.Customer{ExternalUserID: "eve", Name: "Eve"}), name: "Eve", greetings: 1})
	if err := d.settle(ctx); err != nil {
		return err
	}
	for _, p := range d.people {
		d.show(p.id)
		d.chat(p.id)
	}
	return nil
}

// dieAfterGreeting kills the bot between the greeting and the tag.
func (d *demo) dieAfterGreeting(ctx context.Context) error {
	d.headline("Max is greeted, and before he is tagged the bot is killed (kill -9)")
	tagging := d.sim.Fault("externalcontact/mark_tag").Times(1).Hang()
	guest := d.scan(d.fair, "Max")
	if err := await(ctx, "the bot to tag Max", func() bool { return tagging.Hits() == 1 }); err != nil {
		return err
	}
	d.bot.kill()
	if err := await(ctx, "WeCom to hang up", func() bool { return d.sim.Calls().Last().Op == "externalcontact/mark_tag" }); err != nil {
		return err
	}
	d.calls()
	d.show(guest)
	d.sayf("The next bot finds Max in the inbox and does it all again. WeCom takes a welcome code once:")
	if err := d.start(ctx); err != nil {
		return err
	}
	if err := d.settle(ctx); err != nil {
		return err
	}
	d.show(guest)
	return nil
}

// dieWithoutReply kills the bot when WeCom has carried out a call and the
// reply is lost.
func (d *demo) dieWithoutReply(ctx context.Context) error {
	d.headline("WeCom greets Ann, its reply is lost, and the bot is killed while it waits to ask again")
	d.sim.Fault("externalcontact/send_welcome_msg").Times(1).Lost()
	ann := d.scan(d.shop, "Ann")
	if err := await(ctx, "WeCom to greet Ann", func() bool { return len(d.sim.Received(ann)) == 1 }); err != nil {
		return err
	}
	d.bot.kill()
	d.calls()
	d.sayf("The next bot asks:")
	if err := d.start(ctx); err != nil {
		return err
	}
	refused := func() int {
		return d.sim.Calls().Op("externalcontact/send_welcome_msg").Code(int(wecom.CodeChatAlreadyStarted)).Len()
	}
	if err := await(ctx, "WeCom to say that Ann is greeted", func() bool { return refused() == 2 }); err != nil {
		return err
	}
	if err := d.settle(ctx); err != nil {
		return err
	}
	d.show(ann)
	return nil
}

// late brings an event whose twenty seconds are over.
func (d *demo) late(ctx context.Context) error {
	d.headline("Bob came half a minute ago, and WeCom's event arrives only now: he is tagged, and not greeted")
	bob := d.sim.Seed().Customer(wecomtest.Customer{
		ExternalUserID: "bob", Name: "Bob", FollowUser: []wecomtest.Follow{{UserID: "alice", State: "store-shanghai"}},
	})
	d.expect(person{id: bob, name: "Bob", state: "store-shanghai"})
	event, err := d.sim.NewEvent("change_external_contact/add_external_contact",
		wecomtest.Set("UserID", "alice"), wecomtest.Set("ExternalUserID", bob), wecomtest.Set("State", "store-shanghai"),
		wecomtest.Set("CreateTime", d.sim.Clock().Now().Add(-30*time.Second)))
	if err != nil {
		return err
	}
	d.sim.Emit(event)
	if err := d.settle(ctx); err != nil {
		return err
	}
	d.show(bob)
	return nil
}

// sum stops the bot in good order, and counts.
func (d *demo) sum(context.Context) error {
	d.headline("The bot stops, and its last line says what it did")
	if err := d.bot.stop(); err != nil {
		return err
	}
	for _, line := range d.bot.log() { // none where it could only be killed
		if line.Msg == "metrics" {
			d.sayf("%s", line.Text)
		}
	}
	for _, p := range d.people {
		if got := len(d.sim.Received(p.id)); got != p.greetings {
			return fmt.Errorf("%s was greeted %d times, not %d", p.name, got, p.greetings)
		}
	}
	d.sayf("%d customers, each greeted once, but for Bob, who came too late; each tagged as the rules say.", len(d.people))
	if problems := d.sim.Problems(); len(problems) > 0 {
		return errors.New(strings.Join(problems, "\n"))
	}
	return nil
}

// start runs a bot, at the address of the one before.
func (d *demo) start(ctx context.Context) error {
	addr := ""
	if d.bot != nil {
		addr = d.bot.addr
	}
	cmd := d.command("-rules", filepath.Join(d.dir, "rules.json"), "-inbox", filepath.Join(d.dir, "inbox"))
	cmd.Env = append(cmd.Env, environ(d.sim, addr)...)
	bot, err := startProcess(ctx, cmd)
	if err != nil {
		return err
	}
	d.bot = bot
	return nil
}

func (d *demo) scan(way, name string) string {
	_, id := d.sim.Act().ScanContactWay(way, wecomtest.Customer{ExternalUserID: strings.ToLower(name), Name: name})
	d.expect(person{id, name, d.sim.ContactWay(way).State, 1})
	return id
}

func (d *demo) expect(p person) { d.people = append(d.people, p) }

// settle waits until everybody has what the rules say, and prints the calls.
func (d *demo) settle(ctx context.Context) error {
	err := await(ctx, "everybody to be greeted and tagged", func() bool {
		return !slices.ContainsFunc(d.people, func(p person) bool {
			rule := d.rules.find(p.state)
			follow := d.sim.Customer(p.id).FollowUser[0]
			return len(d.sim.Received(p.id)) < p.greetings || len(follow.TagID) < len(rule.labels()) || follow.Remark != rule.remark(p.name)
		})
	})
	d.calls()
	return err
}

// await asks again and again, as only a demo and a test may.
func await(ctx context.Context, what string, done func() bool) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, ctx.Err())
		}
	}
	return nil
}

// show prints what came of a customer.
func (d *demo) show(id string) {
	customer := d.sim.Customer(id)
	d.sayf("%s: greetings %d, tags %q, remark %q", customer.Name, len(d.sim.Received(id)), d.tags(id), customer.FollowUser[0].Remark)
}

// chat prints what a customer sees.
func (d *demo) chat(id string) {
	for _, r := range d.sim.Received(id) {
		d.sayf("  %s: %s", r.UserID, r.Text)
		for _, a := range r.Attachments {
			d.sayf("  %s: [%s] %s", r.UserID, a.MsgType, cmp.Or(a.Title, a.MediaID))
		}
	}
}

// tags returns the names of a customer's tags.
func (d *demo) tags(id string) []string {
	var names []string
	for _, tagID := range d.sim.Customer(id).FollowUser[0].TagID {
		names = append(names, d.tagNames[tagID])
	}
	return names
}

// calls prints the calls that the bot has made since the last time.
func (d *demo) calls() {
	all := d.sim.Calls()
	for ; d.seen < all.Len(); d.seen++ {
		c, result := all.N(d.seen), "ok"
		switch {
		case c.HTTPStatus == 0:
			result = "no reply"
		case c.Code != 0:
			result = fmt.Sprintf("%d %s", c.Code, wecom.Code(c.Code))
		}
		fmt.Fprintf(d.out, "     → %-4s %-36s %s\n", c.Method, c.Op, result)
	}
}

package soak_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A run is one flow under way. It is a require.TestingT for its own goroutine,
// and an assert.TestingT for any.
type run struct {
	*stage

	name  string
	rnd   *rand.Rand
	ctx   context.Context //nolint:containedctx // it is the flow's argument
	hasty bool            // ctx ends soon
}

func (r *run) Errorf(format string, args ...any) {
	r.t.Helper()
	r.t.Errorf("%s\n%s", r.how(r.name), fmt.Sprintf(format, args...))
}

func (r *run) FailNow() {
	r.t.Fail()
	runtime.Goexit()
}

func (r *run) Helper() { r.t.Helper() }

// mark makes a text that no other flow of the stage has.
func (r *run) mark(what string, n ...any) string {
	return fmt.Sprint(append([]any{r.name, " ", what}, n...)...)
}

func (r *run) member(name string) string {
	return r.srv.AddMember(wecomtest.Member{Name: r.mark(name)})
}

// customer makes a customer of members, of whom nobody is told.
func (r *run) customer(name string, userIDs ...string) string {
	c := wecomtest.Customer{Name: r.mark(name)}
	for _, id := range userIDs {
		c.FollowUser = append(c.FollowUser, wecomtest.Follow{UserID: id})
	}
	return r.srv.Seed().Customer(c)
}

// pause lets up to d pass for everybody on the stage.
func (r *run) pause(d time.Duration) {
	_ = r.srv.Clock().Sleep(r.ctx, time.Duration(r.rnd.Int64N(int64(d))))
}

// read judges what a call that changes nothing came to.
func (r *run) read(err error) error {
	r.t.Helper()
	if errors.Is(err, wecom.ErrOutcomeUnknown) {
		r.Errorf("a read has no unknown outcome: %v", err)
	}
	r.judge(err)
	return err
}

// wrote judges what a call that changes something came to. happened is how
// often the simulator has the change.
func (r *run) wrote(err error, happened func() int) error {
	r.t.Helper()
	r.judge(err)
	n := happened()
	switch {
	case err == nil && n != 1:
		r.Errorf("success, and it happened %d times", n)
	case errors.Is(err, wecom.ErrOutcomeUnknown) && n > 1:
		r.Errorf("it happened %d times: %v", n, err)
	case err != nil && !errors.Is(err, wecom.ErrOutcomeUnknown) && n > 0:
		r.Errorf("it happened %d times, and the error does not know: %v", n, err)
	}
	r.atEnd(func() {
		if n := happened(); n > 1 {
			r.Errorf("in the end it had happened %d times; the caller was told: %v", n, err)
		}
	})
	return err
}

// if1 is 1 if a change is to be seen.
func if1(seen bool) int {
	if seen {
		return 1
	}
	return 0
}

// judge fails the test for an error that the profile cannot have caused, or
// that the SDK gave up for too early. Each case says why it is allowed.
func (r *run) judge(err error, also ...wecom.Code) {
	r.t.Helper()
	if err == nil {
		return
	}
	r.tap.show(err)
	if why := r.unfit(err, also); why != "" {
		r.Errorf("%s: %T %v", why, err, err)
	}
}

// tries is how often the SDK tries before it gives up.
const tries = 3

func (r *run) unfit(err error, also []wecom.Code) string {
	nat, rush, storm := r.has(wecomtest.FlakyNAT), r.has(wecomtest.RushHour), r.has(wecomtest.TokenStorm)
	e, refused := errors.AsType[*wecom.Error](err)
	lost, transport := errors.AsType[*wecom.TransportError](err)
	switch {
	case refused && slices.Contains(also, e.Code):
		return "" // the flow knows why
	case r.profile.calm():
		return "there is no chaos, and an error"

	// The caller's own doing: ctx ended the call.
	case r.hasty && r.ctx.Err() != nil && errors.Is(err, r.ctx.Err()):
		return ""
	// The limiter knows that ctx ends before there is room.
	case r.hasty && refused && e.Client && errors.Is(err, wecom.ErrRateLimited):
		return ""

	// A reply that the network swallowed, or a proxy: nobody can know, and to
	// try again would be to guess.
	case errors.Is(err, wecom.ErrOutcomeUnknown) && transport:
		return unless(nat || r.profile.proxy || r.hasty, "nothing loses replies")
	// A token or a ticket that hung: its fetch ends after 45 seconds, and an
	// attempt after 30.
	case transport && lost.Timeout() && fetch(lost.Op):
		return unless(r.profile.proxy, "nothing hangs")
	// The same, seen by a fetch that waits for the other: tickets want a token.
	case !refused && !transport && errors.Is(err, context.DeadlineExceeded):
		return unless(r.profile.proxy, "nothing hangs")
	// A page that is not WeCom's, and no sign of passing trouble: a wrong base
	// URL looks the same.
	case transport && lost.HTTPStatus == http.StatusOK:
		return unless(r.profile.proxy, "nothing answers with pages")
	// A call that can be repeated, and did not get through each time; of
	// gettoken also under TokenStorm, which breaks its connections.
	case transport:
		if nat || r.profile.proxy || storm && lost.Op.Path == "/cgi-bin/gettoken" {
			return unless(lost.Attempts >= tries || r.hasty, "given up too early")
		}
		return "nothing breaks connections"

	// WeCom was busy each time. TokenStorm has gettoken say so.
	case refused && e.Code == wecom.CodeSystemBusy:
		if rush || storm && e.Op.Path == "/cgi-bin/gettoken" {
			return unless(e.Attempts >= tries || r.hasty, "given up too early")
		}
		return "nobody was busy"
	case refused && slices.Contains([]wecom.Code{6000, wecom.CodeAPIConcurrencyLimit}, e.Code):
		return unless(rush && (e.Attempts >= tries || r.hasty), "nobody was busy, or given up too early")
	// The API is closed for a minute or more, and nobody waits for that: the
	// fetch of a ticket, which ends after 45 seconds, never does.
	case refused && e.Code == wecom.CodeAPIFreqLimit:
		return unless(rush && !e.RetryAt.IsZero() && (!r.waits || fetch(e.Op)), "no limit was reached, or it should be waited for, or nobody says until when")
	// The new token was ended before it was used, too.
	case refused && (e.Code == wecom.CodeInvalidAccessToken || e.Code == wecom.CodeAccessTokenExpired):
		return unless(storm && e.Attempts >= 2, "no token ended, or the call was not replayed")
	}
	return "no chaos does that"
}

// fetch reports whether the SDK makes such a call by itself, for all who wait.
func fetch(op wecom.Operation) bool {
	return strings.HasSuffix(op.Path, "token") || strings.HasSuffix(op.Path, "ticket") || strings.HasSuffix(op.Path, "ticket/get")
}

func unless(ok bool, why string) string {
	if ok {
		return ""
	}
	return why
}

func (r *run) has(c wecomtest.ChaosProfile) bool { return slices.Contains(r.profile.chaos, c) }

// kindOf sorts errors for the tally.
func kindOf(err error) string {
	e, refused := errors.AsType[*wecom.Error](err)
	switch {
	case errors.Is(err, wecom.ErrOutcomeUnknown):
		return "outcome unknown"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "out of patience"
	case errors.Is(err, isv.ErrNotAuthorized):
		return "permanent code lost"
	case refused && e.Client:
		return fmt.Sprintf("not sent: %d", e.Code)
	case refused:
		return fmt.Sprintf("%d", e.Code)
	}
	if _, ok := errors.AsType[*wecom.TransportError](err); ok {
		return "transport"
	}
	return fmt.Sprintf("%T %v", err, err)
}

package isv

import (
	"context"
	"errors"
	"fmt"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
)

// A Route says what follows when corps come, change and leave. Suite is
// required; a nil function does nothing.
//
// A notice may come twice, and not in order: write the functions so that a
// second call does no harm. What they return fails the event, as an error of
// any handler does; one that wraps [callback.ErrRedeliver] has it come again.
type Route struct {
	Suite *Suite

	// Authorized runs when a corp has authorised the suite, with its client:
	// the place for onboarding. It does not run for a corp that comes by the
	// provider's own install page, which has its auth code by a redirect: call
	// it after [Suite.Authorize] there. It can have the event come again for ten
	// minutes, in the process that has exchanged the code: where processes share
	// an inbox the event may go to another, for which it ends with the auth code.
	// Work that takes more patience is better noted here and done elsewhere.
	Authorized func(ctx context.Context, client *wecom.Client, a *Authorization) error

	// Changed runs when a corp has changed what it grants.
	Changed func(ctx context.Context, client *wecom.Client, c *AuthChange) error

	// Cancelled runs when a corp has cancelled. Its client is gone, and its data
	// must be deleted.
	Cancelled func(ctx context.Context, corpID string) error
}

// Mount registers the notices of suites on a handler that has the keys of each:
// tickets, authorisations, changes, cancellations and new permanent codes. The
// other events stay yours to register with [callback.On]; [Suites] finds the
// client for them.
//
//	h, err := callback.NewHandler(keys, callback.WithInbox(inbox))
//	…
//	err = isv.Mount(h, isv.Route{Suite: suite, Authorized: welcome, Cancelled: forget})
//
// WeCom wants the notices answered within a second, and an exchange of codes
// may take longer: with [callback.WithInbox] or [callback.WithWorkers] the answer
// comes first. Without them it comes last, and a slow one costs the admin an
// error page.
//
// What fails for the time being, because a store or WeCom does not answer or no
// ticket has come yet, wraps [callback.ErrRedeliver]: with an inbox it is tried
// again, with workers alone it is not. An inbox holds tickets and auth codes, in
// plain text.
//
// Like [callback.On], Mount panics if h has a handler for one of the events
// already.
func Mount(h *callback.Handler, routes ...Route) error {
	if h == nil || len(routes) == 0 {
		return errors.New("isv: Mount: want a handler and at least one Route")
	}
	m := mounted{}
	for _, r := range routes {
		if r.Suite == nil {
			return errors.New("isv: Mount: a Route without a Suite")
		}
		if _, ok := m[r.Suite.id]; ok {
			return fmt.Errorf("isv: Mount: suite %s has two Routes", r.Suite.id)
		}
		m[r.Suite.id] = r
	}
	callback.On(h, m.ticket)
	callback.On(h, m.authorized)
	callback.On(h, m.reset)
	callback.On(h, m.changed)
	callback.On(h, m.cancelled)
	return nil
}

// mounted are routes by their suite.
type mounted map[string]Route

func (m mounted) route(h *callback.Header) (Route, error) {
	r, ok := m[h.SuiteID]
	if !ok {
		return Route{}, fmt.Errorf("isv: an event of suite %.64q came, which is not mounted", h.SuiteID)
	}
	return r, nil
}

func (m mounted) ticket(ctx context.Context, e *callback.SuiteTicket) error {
	r, err := m.route(e.Head())
	if err != nil {
		return err
	}
	return again(r.Suite.TakeTicket(ctx, e))
}

func (m mounted) authorized(ctx context.Context, e *callback.CreateAuth) error {
	r, err := m.route(e.Head())
	if err != nil {
		return err
	}
	auth, err := r.Suite.TakeAuth(ctx, e)
	if err != nil || r.Authorized == nil {
		return again(err)
	}
	client, err := r.Suite.Client(ctx, auth.AuthCorpInfo.CorpID)
	if err != nil {
		return again(err)
	}
	return r.Authorized(ctx, client, auth)
}

func (m mounted) reset(ctx context.Context, e *callback.ResetPermanentCode) error {
	r, err := m.route(e.Head())
	if err != nil {
		return err
	}
	_, err = r.Suite.TakeReset(ctx, e)
	return again(err)
}

// changed lets go what concerns no tenant: a change that a cancellation has
// overtaken.
func (m mounted) changed(ctx context.Context, e *callback.ChangeAuth) error {
	r, err := m.route(e.Head())
	if err != nil {
		return err
	}
	change, err := r.Suite.TakeChange(ctx, e)
	if errors.Is(err, ErrNotAuthorized) {
		r.Suite.cfg.logger.WarnContext(ctx, "isv: change of a corp that is no tenant", "suite", r.Suite.id, "corp", e.AuthCorpID)
		return nil
	}
	if err != nil || r.Changed == nil {
		return again(err)
	}
	client, err := r.Suite.Client(ctx, e.AuthCorpID)
	if err != nil {
		return again(err)
	}
	return r.Changed(ctx, client, change)
}

func (m mounted) cancelled(ctx context.Context, e *callback.CancelAuth) error {
	r, err := m.route(e.Head())
	if err != nil {
		return err
	}
	cancelled, err := r.Suite.TakeCancel(ctx, e)
	if err != nil || !cancelled || r.Cancelled == nil {
		return again(err)
	}
	return r.Cancelled(ctx, e.AuthCorpID)
}

// again has the event come again for which a step failed, unless that is final:
// the corp has left in the meantime, or the auth code is used up or too old.
func again(err error) error {
	var refused *wecom.Error
	switch {
	case err == nil, errors.Is(err, ErrNotAuthorized), errors.As(err, &refused) && refused.Code == wecom.CodeInvalidAuthCode:
		return err
	}
	return fmt.Errorf("%w: %w", err, callback.ErrRedeliver)
}

// Suites are those whose events one handler receives.
type Suites []*Suite

// Client returns the client for an event: of the suite and the corp that
// [callback.TenantFrom] names.
//
//	callback.On(h, func(ctx context.Context, e *callback.AddExternalContact) error {
//		client, err := suites.Client(ctx)
//		…
//	})
func (ss Suites) Client(ctx context.Context) (*wecom.Client, error) {
	t, ok := callback.TenantFrom(ctx)
	if !ok {
		return nil, errors.New("isv: the context is not of an event: see callback.ContextWithTenant")
	}
	for _, s := range ss {
		if s.id == t.SuiteID {
			return s.Client(ctx, t.CorpID)
		}
	}
	return nil, fmt.Errorf("isv: an event of suite %.64q, which is none of these", t.SuiteID)
}

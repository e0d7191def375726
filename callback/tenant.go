package callback

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// A Tenant is whom an event is for: which third-party app, and which of the
// corps that use it. Of an app of the corp there is always the same one.
type Tenant struct {
	SuiteID string // the third-party app; empty for an app of the corp
	CorpID  string // the corp that the event is about; empty for what concerns no corp, as a suite ticket
}

// TenantFrom returns the tenant of the event that is being handled. It reports
// false outside of a [Handler]'s functions.
func TenantFrom(ctx context.Context) (Tenant, bool) {
	t, ok := ctx.Value(tenantKey{}).(Tenant)
	return t, ok
}

// ContextWithTenant makes a context with that tenant: in tests, and for who
// works on stored events.
func ContextWithTenant(ctx context.Context, t Tenant) context.Context {
	return context.WithValue(ctx, tenantKey{}, t)
}

type tenantKey struct{}

// Tenant says whom a decrypted event is for. For an app of the corp that is the
// corp it was encrypted for, except for what a provider is told about others.
// With the keys of a suite Tenant also checks that e speaks of the corp and the
// suite it was encrypted for, and fails with [ErrReceiveID] if it does not.
//
// Who knows the keys of a corp's own app, as its administrators do, can sign
// what looks like a provider's notice about any other corp. Where customers
// bring such keys, trust no event of theirs that has an InfoType.
func (c *Codec) Tenant(msg Message, e Event) (Tenant, error) {
	set, h := msg.keys, e.Head()
	if !slices.Contains(c.sets, set) {
		return Tenant{}, errForeignMessage
	}
	t := Tenant{SuiteID: set.suiteID, CorpID: corpOf(e)}
	if set.suiteID == "" {
		if h.InfoType == "" { // not a provider's notice, which is about others
			t.CorpID = cmp.Or(msg.ReceiveID, t.CorpID)
		}
		if h.SuiteID != "" && h.SuiteID == msg.ReceiveID {
			t.SuiteID = h.SuiteID
		}
		return t, nil
	}
	if t.CorpID == set.suiteID {
		t.CorpID = ""
	}
	if err := agrees("SuiteId", h.SuiteID, set.suiteID); err != nil {
		return Tenant{}, err
	}
	switch {
	case msg.ReceiveID == set.suiteID, msg.ReceiveID == "": // a notice of the suite, about any corp
		return t, nil
	case h.ServiceCorpID == msg.ReceiveID, h.ServiceCorpID == "" && slices.Contains(set.receiveIDs, msg.ReceiveID): // of its provider
		return t, nil
	}
	t.CorpID = msg.ReceiveID
	for _, says := range [...]struct{ element, id string }{
		{"ToUserName", h.ToUserName}, {"AuthCorpId", h.AuthCorpID}, {"PaidCorpId", h.PaidCorpID}, {"ServiceCorpId", h.ServiceCorpID},
	} {
		if err := agrees(says.element, says.id, msg.ReceiveID); err != nil {
			return Tenant{}, err
		}
	}
	return t, nil
}

// corpOf is the corp that an event is about. A third-party app hears of shared
// apps in an element that only those events have.
func corpOf(e Event) string {
	corp := e.Head().Corp()
	switch e := e.(type) {
	case *ShareAgentChange:
		return cmp.Or(corp, e.CorpID)
	case *ShareChainChange:
		return cmp.Or(corp, e.CorpID)
	default:
		return corp
	}
}

func agrees(element, says, want string) error {
	if says == "" || says == want {
		return nil
	}
	return fmt.Errorf("%w: %s is %.64q, the callback is for %q", ErrReceiveID, element, says, want)
}

package isv

import (
	"errors"
	"fmt"
)

var (
	// ErrNotAuthorized: the corp has not authorised the suite, or cancelled.
	ErrNotAuthorized = errors.New("isv: the corp has not authorised the suite")
	// ErrNoTicket: WeCom has pushed no suite_ticket yet, or none lately. It
	// pushes one every ten minutes to the suite's command callback; the
	// provider's console can push one at once.
	ErrNoTicket = errors.New("isv: no suite_ticket: let the suite's callback pass it to TakeTicket, and push one from the provider's console")
)

// NotAuthorized is the error of a [TenantStore] that does not have a tenant.
func NotAuthorized(suiteID, corpID string) error {
	return fmt.Errorf("%w: suite %s, corp %s", ErrNotAuthorized, suiteID, corpID)
}

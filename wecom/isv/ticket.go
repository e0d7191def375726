package isv

import (
	"context"
	"errors"
	"fmt"

	"github.com/wecomkit/wecom-go/callback"
)

// TakeTicket keeps the suite_ticket that a callback brought. [Mount] calls it;
// without that register it with
//
//	callback.On(h, suite.TakeTicket)
//
// An older ticket that comes late does not replace a newer one, and no refused
// token makes the suite forget its ticket.
//
// 「推送suite_ticket」 https://developer.work.weixin.qq.com/document/path/90628
func (s *Suite) TakeTicket(ctx context.Context, e *callback.SuiteTicket) error {
	if err := s.mine(e.Head()); err != nil {
		return err
	}
	if e.SuiteTicket == "" {
		return errors.New("isv: the event has no SuiteTicket")
	}
	if err := s.cfg.tickets.PutTicket(ctx, s.id, Ticket{Value: e.SuiteTicket, Pushed: e.At()}); err != nil {
		return fmt.Errorf("isv: keeping the ticket of suite %s: %w", s.id, withhold(err, e.SuiteTicket))
	}
	return nil
}

// mine refuses what was sent to another suite.
func (s *Suite) mine(h *callback.Header) error {
	if h.SuiteID != s.id {
		return fmt.Errorf("isv: an event of suite %.64q came to suite %s", h.SuiteID, s.id)
	}
	return nil
}

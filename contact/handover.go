package contact

import (
	"context"
	"iter"
	"slices"

	"github.com/wecomkit/wecom-go/wecom"
)

// HandOverRequest says whose customers go to whom.
type HandOverRequest struct {
	HandoverUserID string // the member who left
	TakeoverUserID string
}

// A HandOverOutcome is what became of one customer in a hand-over.
type HandOverOutcome struct {
	ExternalUserID string
	ErrCode        wecom.Code     // why the transfer did not begin; 0 if it did
	Status         TransferStatus // how the transfer stands; 0 if it did not begin
	Earlier        bool           // an earlier hand-over had begun it; this one left it alone
}

// HandOver begins to hand everything that a member who has left leaves behind
// to another, a hundred customers a call, and yields what became of each
// customer. Nothing happens until the result is ranged over.
//
// It can be stopped at any point, by a break, an error or a crash, and run
// again. Each run first asks WeCom for all transfers between the two members:
// those under way, those done and those that the customer refused are yielded
// as Earlier, and only customers without one, or whom the other member had no
// room for, are sent. So nobody is transferred or asked twice, also when the
// reply to a call was lost ([wecom.ErrOutcomeUnknown]).
//
// A customer who cannot be transferred has an ErrCode, such as
// [wecom.CodeCustomerTransferInProgress] if a third member is taking them over,
// and is tried again by the next run; it does not end the loop. What is wrong
// for all of them does: [wecom.CodeMemberStillEmployed] if the member has not
// left. A transfer that began happens by itself after 24 hours;
// [Service.AllResignedTransferResults] tells how it ends.
//
// It takes two reads, [Service.AllUnassigned] over all members who have left
// and [Service.AllResignedTransferResults], and then one
// [Service.ResignedTransferCustomer] per hundred customers. Customer groups are
// not part of it.
func (s *Service) HandOver(ctx context.Context, req HandOverRequest) iter.Seq2[HandOverOutcome, error] {
	return func(yield func(HandOverOutcome, error) bool) {
		var customers []string
		// All of it before the first transfer, which may change the list.
		for c, err := range s.AllUnassigned(ctx, GetUnassignedListRequest{}) {
			if err != nil {
				yield(HandOverOutcome{}, err)
				return
			}
			if c.HandoverUserID == req.HandoverUserID {
				customers = append(customers, c.ExternalUserID)
			}
		}
		h := handOver{s: s, from: req.HandoverUserID, to: req.TakeoverUserID, everything: true}
		h.run(ctx, customers, yield)
	}
}

// HandOverCustomers is [Service.HandOver] for these customers only, of whom
// there can be any number: to share out what a member leaves behind among
// several others.
func (s *Service) HandOverCustomers(ctx context.Context, req ResignedTransferCustomerRequest) iter.Seq2[HandOverOutcome, error] {
	return func(yield func(HandOverOutcome, error) bool) {
		h := handOver{s: s, from: req.HandoverUserID, to: req.TakeoverUserID}
		h.run(ctx, req.ExternalUserID, yield)
	}
}

type handOver struct {
	s          *Service
	from, to   string
	everything bool // tell of all earlier transfers, not only of those that are asked for
}

const maxTransferred = 100 // customers a call

func (h handOver) run(ctx context.Context, customers []string, yield func(HandOverOutcome, error) bool) {
	todo := make(map[string]bool, len(customers))
	for _, id := range customers {
		todo[id] = true
	}
	req := TransferResultRequest{HandoverUserID: h.from, TakeoverUserID: h.to}
	for t, err := range h.s.AllResignedTransferResults(ctx, req) {
		if err != nil {
			yield(HandOverOutcome{}, err)
			return
		}
		asked := todo[t.ExternalUserID]
		if asked && t.Status == TransferStatusFull || !asked && !h.everything {
			continue
		}
		delete(todo, t.ExternalUserID)
		if !yield(HandOverOutcome{ExternalUserID: t.ExternalUserID, Status: t.Status, Earlier: true}, nil) {
			return
		}
	}
	var send []string // in the order of customers, each once
	for _, id := range customers {
		if todo[id] {
			send = append(send, id)
			delete(todo, id)
		}
	}
	for some := range slices.Chunk(send, maxTransferred) {
		if !h.transfer(ctx, some, yield) {
			return
		}
	}
}

// transfer makes one call and reports whether to go on.
func (h handOver) transfer(ctx context.Context, some []string, yield func(HandOverOutcome, error) bool) bool {
	res, err := h.s.ResignedTransferCustomer(ctx, ResignedTransferCustomerRequest{
		HandoverUserID: h.from, TakeoverUserID: h.to, ExternalUserID: some,
	})
	if err != nil {
		yield(HandOverOutcome{}, err)
		return false
	}
	for _, c := range res.Customer {
		outcome := HandOverOutcome{ExternalUserID: c.ExternalUserID, ErrCode: c.ErrCode}
		if c.ErrCode == wecom.CodeOK {
			outcome.Status = TransferStatusWaiting
		}
		if !yield(outcome, nil) {
			return false
		}
	}
	return true
}

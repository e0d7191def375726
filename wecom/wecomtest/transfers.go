package wecomtest

import (
	"slices"
	"time"
)

// A Transfer is a customer on the way from one member to another.
type Transfer struct {
	ExternalUserID     string    `json:"external_userid"`
	HandoverUserID     string    `json:"handover_userid,omitzero"`
	TakeoverUserID     string    `json:"takeover_userid,omitzero"`
	TransferSuccessMsg string    `json:"transfer_success_msg,omitzero"`
	Status             int       `json:"status"`                 // 1 done, 2 waiting, 3 refused, 4 the new member's limit is reached
	TakeoverTime       time.Time `json:"takeover_time,omitzero"` // of a waiting one: when it happens by itself; zero if it failed
	Resigned           bool      `json:"resigned,omitzero"`      // the old member has left the corp
}

const (
	transferDone = iota + 1
	transferWaiting
	transferRefused
	transferLimited
)

const (
	transferWait      = 24 * time.Hour
	maxTransfers      = 2 // of one customer
	maxTransfersRange = 90 * 24 * time.Hour
)

type transferStore struct {
	byCustomer map[string][]*transfer // as they came
	byMembers  map[transferPair][]*transfer
}

// transferPair is what the result of transfers is asked for by.
type transferPair struct {
	handover, takeover string
	resigned           bool
}

type transfer struct {
	Transfer
	cust    *Customer
	started time.Time
}

func newTransferStore() transferStore {
	return transferStore{byCustomer: make(map[string][]*transfer), byMembers: make(map[transferPair][]*transfer)}
}

func (s *transferStore) add(t *transfer) {
	s.byCustomer[t.ExternalUserID] = append(s.byCustomer[t.ExternalUserID], t)
	pair := transferPair{t.HandoverUserID, t.TakeoverUserID, t.Resigned}
	// The pair's page shows a customer once.
	s.byMembers[pair] = append(slices.DeleteFunc(s.byMembers[pair], func(old *transfer) bool { return old.cust == t.cust }), t)
}

// waiting returns the customer's transfer that is under way, or nil.
func (s *transferStore) waiting(externalUserID string) *transfer {
	list := s.byCustomer[externalUserID]
	if n := len(list); n > 0 && list[n-1].Status == transferWaiting {
		return list[n-1]
	}
	return nil
}

func transferHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/transfer_customer": handle(transferCustomer),
		"/cgi-bin/externalcontact/transfer_result":   handle(transferResult),
	}
}

type transferCustomerRequest struct {
	HandoverUserID     string   `json:"handover_userid"`
	TakeoverUserID     string   `json:"takeover_userid"`
	ExternalUserID     []string `json:"external_userid"`
	TransferSuccessMsg string   `json:"transfer_success_msg"`
}

type transferCustomerReply struct {
	Customer []transferredCustomer `json:"customer"`
}

type transferredCustomer struct {
	ExternalUserID string `json:"external_userid"`
	ErrCode        int    `json:"errcode"`
}

func transferCustomer(x *exchange, req transferCustomerRequest) (any, error) {
	if err := x.transferPair(req.HandoverUserID, req.TakeoverUserID); err != nil {
		return nil, err
	}
	return x.startTransfers(req, false), nil
}

// startTransfers starts those that can be, and says why the others cannot.
func (x *exchange) startTransfers(req transferCustomerRequest, resigned bool) transferCustomerReply {
	reply := transferCustomerReply{Customer: make([]transferredCustomer, 0, len(req.ExternalUserID))}
	var started []*transfer
	for _, id := range req.ExternalUserID {
		code := x.transferable(req.HandoverUserID, id, resigned)
		reply.Customer = append(reply.Customer, transferredCustomer{id, code})
		if code != 0 {
			continue
		}
		cust := x.corp.customers.byID[id]
		t := &transfer{cust: cust, started: x.now, Transfer: Transfer{
			ExternalUserID:     cust.ExternalUserID,
			HandoverUserID:     req.HandoverUserID,
			TakeoverUserID:     req.TakeoverUserID,
			TransferSuccessMsg: req.TransferSuccessMsg,
			Status:             transferWaiting,
			TakeoverTime:       x.now.Add(transferWait),
			Resigned:           resigned,
		}}
		x.corp.transfers.add(t)
		started = append(started, t)
	}
	if len(started) > 0 {
		x.s.later(transferWait, transferEnd{started})
	}
	return reply
}

// transferPair checks the two members of a transfer.
func (x *exchange) transferPair(handover, takeover string) error {
	if handover == takeover {
		return Refuse(40130, "wecomtest: both members are the same")
	}
	if m := x.corp.members.byID[handover]; m == nil || m.Left {
		return Refuse(60111, "userid not found")
	}
	m, err := x.corp.follower(x, takeover)
	if err != nil {
		return err
	}
	return m.fit()
}

// transferable returns 0, or why the customer cannot be transferred.
func (x *exchange) transferable(handover, externalUserID string, resigned bool) int {
	cust := x.corp.customers.byID[externalUserID]
	switch {
	case cust == nil:
		return 40096
	case cust.follow(handover) == nil:
		return 40131
	case x.corp.transfers.waiting(externalUserID) != nil:
		return 40129
	case resigned:
		return 0
	}
	n := 0
	for _, t := range x.corp.transfers.byCustomer[externalUserID] {
		if t.Status == transferDone && x.now.Sub(t.started) < maxTransfersRange {
			n++
		}
	}
	if n >= maxTransfers {
		return 40128
	}
	return 0
}

type transferResultRequest struct {
	HandoverUserID string `json:"handover_userid"`
	TakeoverUserID string `json:"takeover_userid"`
	Cursor         string `json:"cursor"`
}

type transferResultReply struct {
	Customer   []transferStatus `json:"customer"`
	NextCursor string           `json:"next_cursor"`
}

type transferStatus struct {
	ExternalUserID string `json:"external_userid"`
	Status         int    `json:"status"`
	TakeoverTime   int64  `json:"takeover_time"`
}

func transferResult(x *exchange, req transferResultRequest) (any, error) {
	if m := x.corp.members.byID[req.HandoverUserID]; m == nil {
		return nil, Refuse(60111, "userid not found")
	}
	if _, err := x.corp.follower(x, req.TakeoverUserID); err != nil {
		return nil, err
	}
	return x.transferResults(req, false)
}

func (x *exchange) transferResults(req transferResultRequest, resigned bool) (any, error) {
	rows := x.corp.transfers.byMembers[transferPair{req.HandoverUserID, req.TakeoverUserID, resigned}]
	from, to, next, err := x.page(len(rows), req.Cursor, 0)
	if err != nil {
		return nil, err
	}
	reply := transferResultReply{Customer: make([]transferStatus, 0, to-from), NextCursor: next}
	for _, t := range rows[from:to] {
		row := transferStatus{ExternalUserID: t.ExternalUserID, Status: t.Status}
		if !t.TakeoverTime.IsZero() {
			row.TakeoverTime = t.TakeoverTime.Unix()
		}
		reply.Customer = append(reply.Customer, row)
	}
	return reply, nil
}

// Transfer returns a copy of a customer's latest transfer, or the zero
// Transfer.
func (s *Server) Transfer(externalUserID string) Transfer {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.corp.transfers.byCustomer[externalUserID]
	if len(list) == 0 {
		return Transfer{}
	}
	return list[len(list)-1].Transfer
}

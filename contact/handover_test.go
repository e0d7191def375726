package contact_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestHandOverOfEverything(t *testing.T) {
	t.Parallel()
	e := newEstate(t, 250)

	got, err := e.collect(e.handOver(t.Context()))

	require.NoError(t, err)
	require.Len(t, got, 250)
	for i, c := range got {
		assert.Equal(t, contact.HandOverOutcome{ExternalUserID: e.customers[i], Status: contact.TransferStatusWaiting}, c)
	}
	assert.Equal(t, []int{100, 100, 50}, e.batches)
	assert.NotContains(t, e.sent, "wmOfCarol", "a customer of somebody else")
}

func TestHandOverTellsWhyATransferDidNotBegin(t *testing.T) {
	t.Parallel()
	e := newEstate(t, 3)
	e.refuse[e.customers[1]] = wecom.CodeCustomerTransferInProgress

	got, err := e.collect(e.handOver(t.Context()))

	require.NoError(t, err, "the others are handed over")
	assert.Equal(t, []contact.HandOverOutcome{
		{ExternalUserID: e.customers[0], Status: contact.TransferStatusWaiting},
		{ExternalUserID: e.customers[1], ErrCode: wecom.CodeCustomerTransferInProgress},
		{ExternalUserID: e.customers[2], Status: contact.TransferStatusWaiting},
	}, got)
}

func TestHandOverGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fault func(*wecomtest.Fault)
		begun int // by the first run
	}{
		{"refused for a while", func(f *wecomtest.Fault) { f.After(1).Times(1).Code(int(wecom.CodeAPIFreqLimit)) }, 100},
		{"reply lost", func(f *wecomtest.Fault) { f.After(1).Times(1).Lost() }, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t, 250)
			tt.fault(e.srv.Fault(opTransfer))

			first, err := e.collect(e.handOver(t.Context()))
			require.Error(t, err)
			assert.Len(t, first, 100, "the first hundred is told of")
			second, err := e.collect(contact.New(e.srv.NewClient()).HandOver(t.Context(), e.req))

			require.NoError(t, err)
			assert.ElementsMatch(t, e.customers, ids(second), "the second run tells of everybody")
			for i, c := range second {
				assert.Equal(t, i < tt.begun, c.Earlier, "%d: %+v", i, c)
			}
			assert.ElementsMatch(t, e.customers, e.sent, "each customer is sent once")
		})
	}
}

func TestHandOverStopsAtABreak(t *testing.T) {
	t.Parallel()
	e := newEstate(t, 250)
	seq := e.handOver(t.Context())
	assert.Zero(t, e.srv.Calls().Len(), "nothing happens before the loop")

	for _, err := range seq {
		require.NoError(t, err)
		break
	}
	assert.Equal(t, []int{100}, e.batches)

	got, err := e.collect(seq)
	require.NoError(t, err)
	assert.ElementsMatch(t, e.customers, ids(got))
	assert.ElementsMatch(t, e.customers, e.sent, "each customer is sent once")
}

func TestHandOverObeysItsContext(t *testing.T) {
	t.Parallel()
	e := newEstate(t, 250)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	var last error
	for _, err := range e.handOver(ctx) {
		require.NoError(t, last, "the loop went on after an error")
		last = err
		cancel()
	}

	require.ErrorIs(t, last, context.Canceled)
	assert.Equal(t, []int{100}, e.batches)
}

func TestHandOverReadsBeforeItWrites(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"externalcontact/get_unassigned_list", "externalcontact/resigned/transfer_result"} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t, 3)
			e.srv.Fault(op).Code(int(wecom.CodeUserIDNotFound))

			got, err := e.collect(e.handOver(t.Context()))

			assert.True(t, wecom.IsCode(err, wecom.CodeUserIDNotFound), "%v", err)
			assert.Empty(t, got)
			assert.Empty(t, e.sent)
		})
	}
}

func TestHandOverAsksAgainOnlyWhereThereWasNoRoom(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status contact.TransferStatus
		again  bool
	}{
		{contact.TransferStatusDone, false},
		{contact.TransferStatusWaiting, false},
		{contact.TransferStatusRefused, false},
		{contact.TransferStatusFull, true},
		{contact.TransferStatus(99), false},
	}
	for _, tt := range tests {
		t.Run(tt.status.String(), func(t *testing.T) {
			t.Parallel()
			e := newEstate(t, 1)
			e.results = append(e.results, result{e.customers[0], int(tt.status)})

			got, err := e.collect(e.handOver(t.Context()))

			require.NoError(t, err)
			require.Len(t, got, 1)
			assert.Equal(t, tt.again, len(e.sent) == 1)
			assert.Equal(t, !tt.again, got[0].Earlier)
			if !tt.again {
				assert.Equal(t, tt.status, got[0].Status)
			}
		})
	}
}

func TestHandOverOfSomeCustomers(t *testing.T) {
	t.Parallel()
	e := newEstate(t, 250)
	e.results = append(e.results, result{e.customers[0], 2}, result{e.customers[1], 1})
	some := append(slices.Clone(e.customers[1:120]), e.customers[7]) // one of them twice

	got, err := e.collect(contact.New(e.srv.NewClient()).HandOverCustomers(t.Context(), contact.ResignedTransferCustomerRequest{
		HandoverUserID: "alice", TakeoverUserID: "bob", ExternalUserID: some,
	}))

	require.NoError(t, err)
	assert.Equal(t, e.customers[1:120], ids(got))
	assert.Equal(t, contact.HandOverOutcome{ExternalUserID: e.customers[1], Status: contact.TransferStatusDone, Earlier: true}, got[0])
	assert.Equal(t, e.customers[2:120], e.sent)
	assert.Equal(t, []int{100, 18}, e.batches)
}

func TestHandOverOfNobody(t *testing.T) {
	t.Parallel()
	e := newEstate(t, 3)

	got, err := e.collect(contact.New(e.srv.NewClient()).HandOverCustomers(t.Context(), contact.ResignedTransferCustomerRequest{
		HandoverUserID: "alice", TakeoverUserID: "bob",
	}))

	require.NoError(t, err)
	assert.Empty(t, got, "no customers are not all customers")
	assert.Empty(t, e.sent)
}

const opTransfer = "externalcontact/resigned/transfer_customer"

// An estate is what Alice, who left, leaves to Bob. It answers the three
// endpoints with two rows a page. A customer who is sent is off the list.
type estate struct {
	srv       *wecomtest.Server
	req       contact.HandOverRequest
	customers []string

	unassigned []map[string]any
	results    []result
	refuse     map[string]wecom.Code
	sent       []string
	batches    []int
}

type result struct {
	ExternalUserID string `json:"external_userid"`
	Status         int    `json:"status"`
}

func newEstate(t *testing.T, n int) *estate {
	t.Helper()
	e := &estate{
		srv: wecomtest.New(t), refuse: map[string]wecom.Code{},
		req: contact.HandOverRequest{HandoverUserID: "alice", TakeoverUserID: "bob"},
	}
	for i := range n {
		e.customers = append(e.customers, fmt.Sprintf("wm%04d", i))
		e.unassigned = append(e.unassigned, map[string]any{"handover_userid": "alice", "external_userid": e.customers[i]})
	}
	e.unassigned = slices.Insert(e.unassigned, n/2, map[string]any{"handover_userid": "carol", "external_userid": "wmOfCarol"})
	e.srv.Handle("externalcontact/get_unassigned_list", func(c wecomtest.Call) (any, error) {
		rows, next := rowsOf(e.unassigned, c)
		return map[string]any{"info": rows, "is_last": next == "", "next_cursor": next}, nil
	})
	e.srv.Handle("externalcontact/resigned/transfer_result", func(c wecomtest.Call) (any, error) {
		assert.Equal(t, []any{"alice", "bob"}, []any{c.Value("handover_userid"), c.Value("takeover_userid")})
		rows, next := rowsOf(e.results, c)
		return map[string]any{"customer": rows, "next_cursor": next}, nil
	})
	e.srv.Handle(opTransfer, func(c wecomtest.Call) (any, error) {
		assert.Equal(t, []any{"alice", "bob"}, []any{c.Value("handover_userid"), c.Value("takeover_userid")})
		return map[string]any{"customer": e.transfer(c)}, nil
	})
	return e
}

func (e *estate) transfer(c wecomtest.Call) []map[string]any {
	var rows []map[string]any
	for i := 0; c.Value(fmt.Sprintf("external_userid[%d]", i)) != nil; i++ {
		id, _ := c.Value(fmt.Sprintf("external_userid[%d]", i)).(string)
		rows = append(rows, map[string]any{"external_userid": id, "errcode": int(e.refuse[id])})
		e.sent = append(e.sent, id)
		if e.refuse[id] == 0 {
			e.results = append(slices.DeleteFunc(e.results, func(r result) bool { return r.ExternalUserID == id }), result{id, 2})
			e.unassigned = slices.DeleteFunc(e.unassigned, func(row map[string]any) bool { return row["external_userid"] == id })
		}
	}
	e.batches = append(e.batches, len(rows))
	return rows
}

// rowsOf returns the page that a call asks for, of two rows.
func rowsOf[T any](rows []T, c wecomtest.Call) (page []T, next string) {
	from := 0
	if cursor, ok := c.Value("cursor").(string); ok {
		_, _ = fmt.Sscanf(cursor, "from %d", &from)
	}
	to := min(from+2, len(rows))
	if to < len(rows) {
		next = fmt.Sprintf("from %d", to)
	}
	return append([]T{}, rows[from:to]...), next
}

func (e *estate) handOver(ctx context.Context) iter.Seq2[contact.HandOverOutcome, error] {
	return contact.New(e.srv.NewClient()).HandOver(ctx, e.req)
}

// collect walks to the end or the error, with which nothing else may come.
func (*estate) collect(seq iter.Seq2[contact.HandOverOutcome, error]) (got []contact.HandOverOutcome, last error) {
	for c, err := range seq {
		if last != nil {
			return nil, fmt.Errorf("the loop went on after: %w", last)
		}
		if last = err; err == nil {
			got = append(got, c)
		} else if c != (contact.HandOverOutcome{}) {
			return nil, fmt.Errorf("%+v comes with: %w", c, err)
		}
	}
	return got, last
}

func ids(outcomes []contact.HandOverOutcome) []string {
	var out []string
	for _, c := range outcomes {
		out = append(out, c.ExternalUserID)
	}
	return out
}

package contact_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestTransferTellsOfEachCustomer(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	zoe := p.srv.AddCustomer(p.alice, wecomtest.Customer{Name: "Zoe"})
	stranger := p.srv.Seed().Customer(wecomtest.Customer{Name: "Yan"})

	got, err := p.contacts.TransferCustomer(t.Context(), p.transfer(zoe, stranger, "wmNobody"))

	require.NoError(t, err, "a partial failure is no error")
	assert.True(t, got.Partial())
	assert.Equal(t, []contact.TransferredCustomer{
		{ExternalUserID: zoe, ErrCode: wecom.CodeOK},
		{ExternalUserID: stranger, ErrCode: wecom.CodeHandoverNotFollower},
		{ExternalUserID: "wmNobody", ErrCode: wecom.CodeInvalidExternalUserID},
	}, got.Customer)
}

func TestTransferHappensByItselfAfterADay(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	zoe := p.srv.AddCustomer(p.alice, wecomtest.Customer{Name: "Zoe"})
	p.begin(t, zoe)

	waiting := p.status(t, zoe)
	p.srv.Clock().Advance(25 * time.Hour)
	done := p.status(t, zoe)

	assert.Equal(t, contact.TransferStatusWaiting, waiting.Status)
	assert.Equal(t, contact.TransferStatusDone, done.Status)
	assert.True(t, waiting.TakeoverTime.Before(p.srv.Clock().Now()))
	follow := followOf(t, p.contacts, zoe)
	assert.Equal(t, p.bob, follow.UserID)
	assert.Equal(t, contact.AddWayAssigned, follow.AddWay)
}

func TestCustomerRefusesTheTransfer(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	zoe := p.srv.AddCustomer(p.alice, wecomtest.Customer{Name: "Zoe"})
	p.begin(t, zoe)
	p.srv.Act().RefuseTransfer(zoe)

	got := p.status(t, zoe)

	assert.Equal(t, contact.TransferStatusRefused, got.Status)
	assert.True(t, got.TakeoverTime.IsZero())
	assert.Equal(t, p.alice, followOf(t, p.contacts, zoe).UserID)
}

func TestThirdTransferInNinetyDays(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	zoe := p.srv.AddCustomer(p.alice, wecomtest.Customer{Name: "Zoe"})
	for range 2 {
		p.begin(t, zoe)
		p.srv.Act().AcceptTransfer(zoe)
		p.alice, p.bob = p.bob, p.alice
	}

	got, err := p.contacts.TransferCustomer(t.Context(), p.transfer(zoe))

	require.NoError(t, err)
	assert.Equal(t, []contact.TransferredCustomer{{ExternalUserID: zoe, ErrCode: wecom.CodeCustomerTransferTooOften}}, got.Customer)
}

func TestTransferToOneself(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	zoe := p.srv.AddCustomer(p.alice, wecomtest.Customer{Name: "Zoe"})
	p.bob = p.alice

	_, err := p.contacts.TransferCustomer(t.Context(), p.transfer(zoe))

	assert.True(t, wecom.IsCode(err, wecom.CodeSameHandoverAndTakeover), "%v", err)
}

func TestAllTransferResultsWalksPages(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.srv.PageSize("externalcontact/transfer_result", 2)
	var want []string
	for range 3 {
		want = append(want, p.srv.AddCustomer(p.alice, wecomtest.Customer{}))
	}
	p.begin(t, want...)

	var got []string
	for c, err := range p.contacts.AllTransferResults(t.Context(), contact.TransferResultRequest{HandoverUserID: p.alice, TakeoverUserID: p.bob}) {
		require.NoError(t, err)
		got = append(got, c.ExternalUserID)
	}

	assert.Equal(t, want, got)
	assert.Equal(t, 2, p.srv.Calls().Op("externalcontact/transfer_result").Len())
}

// A pair is two members between whom customers move.
type pair struct {
	srv        *wecomtest.Server
	contacts   *contact.Service
	alice, bob string
}

func newPair(t *testing.T) *pair {
	t.Helper()
	srv := wecomtest.New(t)
	return &pair{
		srv:      srv,
		contacts: contact.New(srv.NewClient()),
		alice:    srv.AddMember(wecomtest.Member{Name: "Alice"}),
		bob:      srv.AddMember(wecomtest.Member{Name: "Bob"}),
	}
}

func (p *pair) transfer(customers ...string) contact.TransferCustomerRequest {
	return contact.TransferCustomerRequest{HandoverUserID: p.alice, TakeoverUserID: p.bob, ExternalUserID: customers}
}

// begin starts transfers that must start.
func (p *pair) begin(t *testing.T, customers ...string) {
	t.Helper()
	got, err := p.contacts.TransferCustomer(t.Context(), p.transfer(customers...))
	require.NoError(t, err)
	require.False(t, got.Partial(), "%+v", got.Customer)
}

// status reads how the only transfer stands.
func (p *pair) status(t *testing.T, customer string) contact.CustomerTransfer {
	t.Helper()
	got, err := p.contacts.TransferResult(t.Context(), contact.TransferResultRequest{HandoverUserID: p.alice, TakeoverUserID: p.bob})
	require.NoError(t, err)
	require.Len(t, got.Customer, 1)
	require.Equal(t, customer, got.Customer[0].ExternalUserID)
	return got.Customer[0]
}

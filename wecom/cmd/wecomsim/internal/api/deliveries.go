package api

import (
	"context"
	"slices"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func deliveryRoutes() []Route {
	return []Route{
		answers(get, "deliveries", "List the callbacks, the latest first", (*API).Deliveries),
		answers(post, "deliveries/{n}/replay", "Send what a callback brought once more", (*API).Replay),
		answers(get, "deliveries/{n}", "Show a callback, and wait for its answer if asked to", (*API).Delivery),
	}
}

// A Delivery is one event on its way to one app.
type Delivery struct {
	N        int       `json:"n"`
	CorpID   string    `json:"corpid"`
	AgentID  int64     `json:"agentid,omitzero"`
	SuiteID  string    `json:"suite_id,omitzero"`
	AIBotID  string    `json:"aibotid,omitzero"`
	Event    string    `json:"event"               about:"its name, as POST /_sim/trigger takes it"`
	Body     string    `json:"body"                about:"the event, not encrypted"`
	Attempts []Attempt `json:"attempts"            about:"how often it was sent"`
	Done     bool      `json:"done"                about:"answered, or given up"`
	OK       bool      `json:"ok"                  about:"answered"`
	Mishap   string    `json:"mishap,omitzero"     about:"what befell it on its way"`
}

// An Attempt is one request of a delivery.
type Attempt struct {
	wecomtest.Attempt
	Elapsed Duration `json:"elapsed"`
}

func deliveryOf(d *wecomtest.Delivery) Delivery {
	out := Delivery{
		N: d.N, CorpID: d.CorpID, AgentID: d.AgentID, SuiteID: d.SuiteID, AIBotID: d.AIBotID,
		Event: d.Event.Name(), Body: d.Body, Attempts: []Attempt{}, Done: d.Done, OK: d.Delivered(), Mishap: d.Mishap,
	}
	for _, at := range d.Attempts {
		out.Attempts = append(out.Attempts, Attempt{at, Duration(at.Elapsed)})
	}
	return out
}

// DeliveriesIn says which deliveries to list.
type DeliveriesIn struct {
	Page
	Event string `about:"only this event"                       query:"event"`
	Corp  string `about:"only what happened in this corp"       query:"corp"`
}

// Deliveries lists deliveries.
func (a *API) Deliveries(_ context.Context, in DeliveriesIn) (List[Delivery], error) {
	list := []Delivery{}
	for _, d := range slices.Backward(a.srv.Deliveries()) {
		out := deliveryOf(&d)
		if (in.Event == "" || in.Event == out.Event) && (in.Corp == "" || in.Corp == out.CorpID) {
			list = append(list, out)
		}
	}
	return page(list, in.Page)
}

// DeliveryIn names a delivery.
type DeliveryIn struct {
	InNumber
	Wait Duration `about:"how long to wait until it is done, at most a minute" query:"wait"`
}

// maxWait bounds how long a request waits.
const maxWait = time.Minute

// Delivery shows a delivery.
func (a *API) Delivery(ctx context.Context, in DeliveryIn) (Delivery, error) {
	ctx, cancel := context.WithTimeout(ctx, min(time.Duration(in.Wait), maxWait))
	defer cancel()
	for {
		changed := a.srv.Changed()
		d := a.srv.Delivery(in.N)
		switch {
		case d.N != 0:
		case in.N > 0 && in.N <= a.srv.DeliveryCount():
			return Delivery{}, notFound("the log no longer holds delivery %d", in.N)
		default:
			return Delivery{}, notFound("no delivery %d", in.N)
		}
		if d.Done {
			return deliveryOf(&d), nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return deliveryOf(&d), nil
		case <-a.done.Done():
			return deliveryOf(&d), nil
		}
	}
}

// Replay sends a delivery again, and shows the new one.
func (a *API) Replay(_ context.Context, in InNumber) (Delivery, error) {
	n, err := a.srv.Redeliver(in.N)
	if err != nil {
		return Delivery{}, notFound("%s", plain(err.Error()))
	}
	a.changed("replay", "")
	d := a.srv.Delivery(n)
	return deliveryOf(&d), nil
}

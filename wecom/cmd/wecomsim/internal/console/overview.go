package console

import (
	"net/url"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// overview is the first page: how to begin, what there is, what happened last.
type overview struct {
	App        wecomtest.App
	TokenURL   string
	Counts     []number
	Members    []wecomtest.Member
	Seeds      []api.Seed
	Callbacks  []api.Callback
	Calls      []callRow
	Deliveries []deliveryRow
}

// A number is how many of something there are.
type number struct {
	Label, Link string
	N           int
}

func (v *visit) overview() (string, any, error) {
	p := overview{App: v.Corp.Apps[0], Seeds: api.Seeds()}
	q := url.Values{"corpid": {v.Corp.CorpID}, "corpsecret": {p.App.Secret}}
	p.TokenURL = v.BaseURL + "/cgi-bin/gettoken?" + q.Encode()
	n := v.Corp.Counts
	for _, c := range []number{
		{"Members", "members", n["members"]},
		{"Customers", "customers", n["customers"]},
		{"Tag groups", "tags", n["tags"]},
		{"Group chats", "groupchats", n["groupchats"]},
		{"Moments", "moments", n["moments"]},
		{"Mass messages", "masssends", n["masssends"]},
		{"Ways in", "ways", n["contactways"] + n["joinways"] + n["links"]},
	} {
		c.Link = v.Link(c.Link, "")
		p.Counts = append(p.Counts, c)
	}
	var err error
	if p.Members, err = v.present(); err != nil {
		return "", nil, err
	}
	callbacks, err := v.api.Callbacks(v.ctx, api.None{})
	if err != nil {
		return "", nil, err
	}
	for _, cb := range callbacks.Items {
		if cb.CorpID == v.Corp.CorpID {
			p.Callbacks = append(p.Callbacks, cb)
		}
	}
	calls, err := v.api.Calls(v.ctx, api.CallsIn{Page: api.Page{Limit: 8}})
	if err != nil {
		return "", nil, err
	}
	for i := range calls.Items {
		p.Calls = append(p.Calls, v.callRow(&calls.Items[i]))
	}
	deliveries, err := v.api.Deliveries(v.ctx, api.DeliveriesIn{Page: api.Page{Limit: 8}})
	for _, d := range deliveries.Items {
		p.Deliveries = append(p.Deliveries, v.deliveryRow(d))
	}
	return v.Corp.Name, p, err
}

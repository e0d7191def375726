package console

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

// A deliveryRow is a callback in the list.
type deliveryRow struct {
	api.Delivery
	To    string // whose callback it is
	Begun time.Time
	Link  string // opens or closes it
	Soft  bool   // on the page where one is
	Open  bool
}

// Outcome says how it stands.
func (d *deliveryRow) Outcome() string {
	last := d.last()
	switch {
	case d.OK && last.Status != 200:
		return "HTTP " + strconv.Itoa(last.Status)
	case d.OK:
		return "answered"
	case d.Done && len(d.Attempts) == 0:
		return "lost"
	case d.Done:
		return "given up"
	case len(d.Attempts) > 0:
		return "tries again"
	default:
		return "on its way"
	}
}

// Class is how the outcome looks.
func (d *deliveryRow) Class() string {
	switch {
	case d.OK && d.last().Status == 200:
		return "good"
	case d.Done:
		return "bad"
	default:
		return ""
	}
}

func (d *deliveryRow) last() api.Attempt {
	if len(d.Attempts) == 0 {
		return api.Attempt{}
	}
	return d.Attempts[len(d.Attempts)-1]
}

func (v *visit) deliveryRow(d api.Delivery) deliveryRow {
	row := deliveryRow{Delivery: d, Link: v.Link("deliveries", "", "open", strconv.Itoa(d.N)) + "#delivery-" + strconv.Itoa(d.N)}
	if len(d.Attempts) > 0 {
		row.Begun = d.Attempts[0].Time
	}
	switch {
	case d.AIBotID != "":
		row.To = "robot " + d.AIBotID
	case d.SuiteID != "":
		row.To = "suite " + d.SuiteID
	default:
		row.To = v.appName(d.CorpID, d.AgentID)
	}
	return row
}

// appName names an app of a corp, and the corp if there are several.
func (v *visit) appName(corpID string, agentID int64) string {
	for _, corp := range v.Corps {
		for _, a := range corp.Apps {
			if corp.CorpID != corpID || a.AgentID != agentID {
				continue
			}
			if len(v.Corps) > 1 {
				return corp.Name + " · " + a.Name
			}
			return a.Name
		}
	}
	return ""
}

// A deliveriesPage lists callbacks.
type deliveriesPage struct {
	Rows      []deliveryRow
	Pager     pager
	Events    []string // that there are in the list
	Event     string
	Callbacks int
}

func (v *visit) deliveries() (string, any, error) {
	p := deliveriesPage{Event: v.query("event")}
	part := v.part()
	list, err := v.api.Deliveries(v.ctx, api.DeliveriesIn{Page: part, Event: p.Event, Corp: v.in.Corp})
	if err != nil {
		return "", nil, err
	}
	open := v.query("open")
	for _, d := range list.Items {
		row := v.deliveryRow(d)
		n := strconv.Itoa(d.N)
		row.Soft, row.Open = true, n == open
		to := n
		if row.Open {
			to = ""
		}
		row.Link = v.With("open", to) + "#delivery-" + n
		p.Rows = append(p.Rows, row)
	}
	p.Pager = v.pager(part, len(list.Items), list.Total)
	whole, err := v.api.Deliveries(v.ctx, api.DeliveriesIn{Page: api.Page{Limit: all}})
	if err != nil {
		return "", nil, err
	}
	for _, d := range whole.Items {
		p.Events = append(p.Events, d.Event)
	}
	slices.Sort(p.Events)
	p.Events = slices.Compact(p.Events)
	callbacks, err := v.api.Callbacks(v.ctx, api.None{})
	p.Callbacks = callbacks.Total
	return "Callbacks", p, err
}

// A triggerPage is the form that sends any event.
type triggerPage struct {
	Names  []string
	Event  string
	Values []api.EventValue
	Wrong  string
}

func (v *visit) trigger() (string, any, error) {
	names, err := v.api.EventNames(v.ctx, api.None{})
	if err != nil {
		return "", nil, err
	}
	p := triggerPage{Names: names.Items, Event: strings.TrimSpace(v.query("event"))}
	if p.Event != "" {
		sample, err := v.api.EventSample(v.ctx, api.InEvent{InCorp: v.in, Event: p.Event})
		if err != nil {
			p.Wrong = err.Error()
		}
		p.Values = sample.Values
	}
	return "Trigger an event", p, nil
}

// prettyBody lays out an event for a reader: XML or JSON.
func prettyBody(body string) string {
	if !strings.HasPrefix(strings.TrimSpace(body), "<") {
		return pretty(body)
	}
	var b strings.Builder
	depth := 0
	for _, part := range regexp.MustCompile(`(?s)<!\[CDATA\[.*?\]\]>|</?[^>]+>|[^<]+`).FindAllString(body, -1) {
		closing, tag := strings.HasPrefix(part, "</"), strings.HasPrefix(part, "<") && !strings.HasPrefix(part, "<!")
		if closing {
			depth--
		}
		text := b.String()
		after := strings.HasSuffix(text, ">") && !strings.HasSuffix(text, "]]>") // another tag
		if tag && after && (!closing || !opened(text, part)) {
			b.WriteString("\n" + strings.Repeat("  ", max(depth, 0)))
		}
		b.WriteString(strings.TrimRight(part, "\n"))
		if tag && !closing {
			depth++
		}
	}
	return b.String()
}

// opened reports whether a text ends with the tag that another one closes.
func opened(text, closing string) bool {
	return strings.HasSuffix(text, fmt.Sprintf("<%s>", strings.Trim(closing, "</>")))
}

package console

import (
	"cmp"
	"context"
	"strconv"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// An option is something of the tenant to choose in a form.
type option struct {
	Value, Label string
	On           bool
}

// maxOptions is how many a form offers; of more one types the id, or a part of
// the name where the script looks it up.
const maxOptions = 200

// options lists what there is of a kind that an argument names.
func (v *visit) options(kind, name string) ([]option, error) {
	switch kind {
	case "member":
		return v.memberOptions()
	case "customer":
		return v.customerOptions()
	case "person":
		members, err := v.memberOptions()
		if err != nil {
			return nil, err
		}
		customers, err := v.customerOptions()
		return append(members, customers...), err
	case "tag", "taggroup":
		return v.tagOptions(kind == "tag", kind == "taggroup" || name == "id")
	case "app":
		return v.appOptions(), nil
	case "corp":
		return v.corpOptions(), nil
	default:
		return v.namedOptions(kind, name)
	}
}

// namedOptions are those that are listed with an id and some words.
func (v *visit) namedOptions(kind, name string) ([]option, error) {
	switch kind {
	case "chat":
		return optionsOf(v, (*api.API).GroupChats, func(g wecomtest.GroupChat) option { return option{g.ChatID, g.Name, false} })
	case "contactway":
		return optionsOf(v, (*api.API).ContactWays, func(w api.ContactWay) option { return option{w.ConfigID, cmp.Or(w.Remark, w.State), false} })
	case "joinway":
		return optionsOf(v, (*api.API).JoinWays, func(w wecomtest.JoinWay) option { return option{w.ConfigID, cmp.Or(w.Remark, w.State), false} })
	case "link":
		return optionsOf(v, (*api.API).AcquisitionLinks, func(l wecomtest.AcquisitionLink) option {
			if name == "link_id" {
				return option{l.LinkID, l.LinkName, false}
			}
			return option{l.URL, l.LinkName, false}
		})
	case "groupwelcome":
		return optionsOf(v, (*api.API).GroupWelcomes, func(g wecomtest.GroupWelcome) option { return option{g.TemplateID, clip(maxLabel, g.Text), false} })
	case "moment":
		return optionsOf(v, (*api.API).Moments, func(m wecomtest.Moment) option { return option{m.MomentID, clip(maxLabel, m.Text), false} })
	case "masssend":
		return optionsOf(v, (*api.API).MassSends, func(m wecomtest.MassSend) option { return option{m.MsgID, clip(maxLabel, m.Text), false} })
	case "appchat":
		return optionsOf(v, (*api.API).AppChats, func(c api.AppChatLog) option { return option{c.ChatID, c.Name, false} })
	case "robot":
		return optionsOf(v, (*api.API).Robots, func(r api.RobotLog) option { return option{r.Key, r.Name, false} })
	case "aibot":
		return optionsOf(v, (*api.API).AIBots, func(b api.AIBotSetup) option { return option{b.AIBotID, b.Name, false} })
	case "suite":
		return optionsOf(v, (*api.API).Suites, func(s api.SuiteSetup) option { return option{s.SuiteID, s.Name, false} })
	default:
		return nil, nil
	}
}

// maxLabel is how much of a text stands for it.
const maxLabel = 40

// optionsOf lists what a route of the API does.
func optionsOf[T any](v *visit, list func(*api.API, context.Context, api.InList) (api.List[T], error), f func(T) option) ([]option, error) {
	all, err := list(v.api, v.ctx, v.some())
	var out []option
	for _, one := range all.Items {
		out = append(out, f(one))
	}
	return out, err
}

// some asks for as much of a list as a form offers.
func (v *visit) some() api.InList { return api.InList{InCorp: v.in, Page: api.Page{Limit: maxOptions}} }

func (v *visit) memberOptions() ([]option, error) {
	return optionsOf(v, (*api.API).Members, func(m wecomtest.Member) option {
		label := m.Name
		if m.Left {
			label += " (left)"
		}
		return option{m.UserID, label, false}
	})
}

func (v *visit) customerOptions() ([]option, error) {
	list, err := v.api.Customers(v.ctx, api.CustomersIn{InList: v.some()})
	var out []option
	for _, c := range list.Items {
		out = append(out, option{c.ExternalUserID, c.Name, false})
	}
	return out, err
}

func (v *visit) tagOptions(tags, groups bool) ([]option, error) {
	list, err := v.api.TagGroups(v.ctx, v.whole())
	var out []option
	for _, g := range living(list.Items) {
		if groups {
			out = append(out, option{g.GroupID, g.GroupName + " (group)", false})
		}
		for _, t := range g.Tag {
			if tags && len(out) < maxOptions {
				out = append(out, option{t.ID, g.GroupName + ": " + t.Name, false})
			}
		}
	}
	return out, err
}

func (v *visit) appOptions() []option {
	var out []option
	for _, a := range v.Corp.Apps {
		out = append(out, option{strconv.FormatInt(a.AgentID, 10), a.Name, false})
	}
	return out
}

func (v *visit) corpOptions() []option {
	var out []option
	for _, c := range v.Corps {
		if c.CorpID != v.Corp.CorpID {
			out = append(out, option{c.CorpID, c.Name, false})
		}
	}
	return out
}

package console

import (
	"strconv"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// faultsPage is what goes wrong on purpose.
type faultsPage struct {
	Faults  []api.Fault
	Mishaps []wecomtest.MishapState
	Limits  []limitRow
	Chaos   []wecomtest.ChaosState
	Bad     []api.ChaosProfile // days that one can have
	Op      string
	Codes   []option // that calls often meet
	Events  []string
}

// A limitRow is how far calls have come.
type limitRow struct {
	api.Limit
	Of string // whose calls
}

func (v *visit) faults() (string, any, error) {
	p := faultsPage{Op: v.query("op")}
	faults, err := v.api.Faults(v.ctx, api.None{})
	if err != nil {
		return "", nil, err
	}
	mishaps, err := v.api.Mishaps(v.ctx, api.None{})
	if err != nil {
		return "", nil, err
	}
	limits, err := v.api.Limits(v.ctx, api.None{})
	if err != nil {
		return "", nil, err
	}
	p.Faults, p.Mishaps = faults.Items, mishaps.Items
	for _, l := range limits.Items {
		if len(l.Windows) == 0 && l.BlockedUntil.IsZero() {
			continue // counted, but not limited
		}
		row := limitRow{Limit: l}
		switch {
		case l.IP != "":
			row.Of = l.IP
		case l.AgentID != 0:
			row.Of = v.appName(l.CallerID, l.AgentID)
		default:
			row.Of = l.CallerID
		}
		p.Limits = append(p.Limits, row)
	}
	for _, code := range []wecom.Code{-1, 40001, 40014, 42001, 45009, 45033, 45035, 48002, 60011, 60020, 60111, 84061, 40096} {
		p.Codes = append(p.Codes, option{strconv.Itoa(int(code)), codeName(int(code)), false})
	}
	names, err := v.api.EventNames(v.ctx, api.None{})
	if err != nil {
		return "", nil, err
	}
	p.Events = names.Items
	chaos, err := v.api.Chaos(v.ctx, api.None{})
	if err != nil {
		return "", nil, err
	}
	p.Chaos = newest(chaos.Items)
	profiles, err := v.api.ChaosProfiles(v.ctx, api.None{})
	p.Bad = profiles.Items
	return "Faults and limits", p, err
}

func (*visit) clock() (string, any, error) { return "Clock", nil, nil }

// serverPage is how to reach the simulator, and it to reach programs.
type serverPage struct {
	Callbacks []callbackRow
	Seeds     []api.Seed
	Routes    int
}

type callbackRow struct {
	api.Callback
	Of string
}

func (v *visit) server() (string, any, error) {
	p := serverPage{Routes: len(api.Routes()), Seeds: api.Seeds()}
	list, err := v.api.Callbacks(v.ctx, api.None{})
	for _, cb := range list.Items {
		row := callbackRow{Callback: cb}
		switch {
		case cb.AIBotID != "":
			row.Of = "robot " + cb.AIBotID
		case cb.SuiteID != "":
			row.Of = "suite " + cb.SuiteID
		case cb.ServiceCorpID != "":
			row.Of = "provider " + cb.ServiceCorpID
		default:
			row.Of = v.appName(cb.CorpID, cb.AgentID)
		}
		p.Callbacks = append(p.Callbacks, row)
	}
	return "Server", p, err
}

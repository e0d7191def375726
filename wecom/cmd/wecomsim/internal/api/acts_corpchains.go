package api

import "github.com/wecomkit/wecom-go/wecom/wecomtest"

// otherCorp names a corp that an act is about beside its own.
type otherCorp struct {
	OtherCorpID string `json:"other_corpid" about:"of another corp of the simulator" kind:"corp"`
}

// with runs f with the other corp, and returns what it does.
func (o *otherCorp) with(s *wecomtest.Server, f func(other *wecomtest.Server) any) any {
	for _, other := range s.Corps() {
		if other.CorpID() == o.OtherCorpID {
			return f(other)
		}
	}
	return notFound("no corp %q", o.OtherCorpID)
}

func corpChainActs() []Act {
	return []Act{
		act("CreateChain", "Let the corp begin a chain of corps (上下游)", func(s *wecomtest.Server, in struct {
			Name string `json:"name"`
		},
		) any {
			return results{"chain_id": s.Act().CreateChain(in.Name)}
		}),
		act("JoinChain", "Let another corp join a chain of this one", func(s *wecomtest.Server, in struct {
			otherCorp
			ChainID string `json:"chain_id"`
		},
		) any {
			return in.with(s, func(other *wecomtest.Server) any {
				s.Act().JoinChain(in.ChainID, other)
				return nil
			})
		}),
		act("LinkCorp", "Link another corp below this one (企业互联)", func(s *wecomtest.Server, in otherCorp) any {
			return in.with(s, func(other *wecomtest.Server) any {
				s.Act().LinkCorp(other)
				return nil
			})
		}),
		act("ShareApp", "Share an app with a corp that is linked or in a chain", func(s *wecomtest.Server, in struct {
			otherCorp
			AgentID      int64 `json:"agentid"                kind:"app"`
			BusinessType int   `json:"business_type,omitzero" about:"0 linked corps, 1 a chain"`
		},
		) any {
			return in.with(s, func(other *wecomtest.Server) any {
				return results{"app": s.Act().ShareApp(in.AgentID, other, in.BusinessType)}
			})
		}),
	}
}

package api

import (
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// visit is somebody at an acquisition link.
type visit struct {
	Link string `json:"link" about:"its URL as it was published, with customer_channel and the like" kind:"link"`
	person
}

func linkActs() []Act {
	return []Act{
		act("OpenAcquisitionLink", "Let somebody open an acquisition link", func(s *wecomtest.Server, in visit) any {
			return externalUserID(s.Act().OpenAcquisitionLink(in.Link, in.customer()))
		}),
		act("AddByAcquisitionLink", "Let somebody open an acquisition link and ask to be a friend", func(s *wecomtest.Server, in visit) any {
			userID, id := s.Act().AddByAcquisitionLink(in.Link, in.customer())
			return results{"userid": userID, "external_userid": id}
		}),
		act("DeleteAcquisitionLink", "Let an administrator delete an acquisition link", func(s *wecomtest.Server, in struct {
			LinkID string `json:"link_id" kind:"link"`
		},
		) any {
			s.Act().DeleteAcquisitionLink(in.LinkID)
			return nil
		}),
		act("BuyAcquisitionQuota", "Let an administrator buy customers by acquisition links", func(s *wecomtest.Server, in struct {
			Count   int       `json:"count"`
			Expires time.Time `json:"expires"`
		},
		) any {
			s.Act().BuyAcquisitionQuota(in.Count, in.Expires)
			return nil
		}),
		act("GrantComponent", "Let an administrator grant acquisition links to a component", func(s *wecomtest.Server, in struct {
			AgentID int64 `json:"agentid" kind:"app"`
			wecomtest.AcquisitionComponent
		},
		) any {
			s.Act().GrantComponent(in.AgentID, in.AcquisitionComponent)
			return nil
		}),
		act("SetAcquisitionPermit", "Let an administrator choose whom an app may bring customers to", func(s *wecomtest.Server, in struct {
			AgentID int64 `json:"agentid" kind:"app"`
			wecomtest.AcquisitionPermit
		},
		) any {
			s.Act().SetAcquisitionPermit(in.AgentID, in.AcquisitionPermit)
			return nil
		}),
	}
}

package api

import "github.com/wecomkit/wecom-go/wecom/wecomtest"

// relation names a member and a customer of theirs.
type relation struct {
	UserID         string `json:"userid"          kind:"member"`
	ExternalUserID string `json:"external_userid" kind:"customer"`
}

// person is somebody outside the corp.
type person struct {
	ExternalUserID string `json:"external_userid,omitzero" about:"of somebody whom the corp knows; a new person if not given" kind:"customer"`
	Name           string `json:"name,omitzero"`
	Type           int    `json:"type,omitzero"            about:"1 uses WeChat (if not given), 2 WeCom"`
	Gender         int    `json:"gender,omitzero"          about:"0 unknown, 1 male, 2 female"`
	Avatar         string `json:"avatar,omitzero"          about:"a URL"`
	UnionID        string `json:"unionid,omitzero"`
	Position       string `json:"position,omitzero"        about:"WeCom users only"`
	CorpName       string `json:"corp_name,omitzero"       about:"WeCom users only"`
	CorpFullName   string `json:"corp_full_name,omitzero"  about:"WeCom users only"`
}

func (p *person) customer() wecomtest.Customer {
	return wecomtest.Customer{
		ExternalUserID: p.ExternalUserID, Name: p.Name, Type: p.Type, Gender: p.Gender, Avatar: p.Avatar, UnionID: p.UnionID,
		Position: p.Position, CorpName: p.CorpName, CorpFullName: p.CorpFullName,
	}
}

// newCustomer is somebody who becomes a member's customer.
type newCustomer struct {
	UserID string `json:"userid" kind:"member"`
	person
	State       string `json:"state,omitzero"       about:"of the contact way or link that they came by"`
	AddWay      *int   `json:"add_way,omitzero"     about:"how they came, as WeCom numbers it; 1 is a QR code"`
	Remark      string `json:"remark,omitzero"      about:"what the member calls them"`
	Description string `json:"description,omitzero" about:"what the member notes about them"`
}

func (n *newCustomer) customer(addWay int) wecomtest.Customer {
	c := n.person.customer()
	if n.AddWay != nil {
		addWay = *n.AddWay
	}
	c.FollowUser = []wecomtest.Follow{{UserID: n.UserID, State: n.State, AddWay: addWay, Remark: n.Remark, Description: n.Description}}
	return c
}

func externalUserID(id string) results { return results{"external_userid": id} }

func customerActs() []Act {
	return []Act{
		act("AddCustomer", "Let a stranger become a customer of a member", func(s *wecomtest.Server, in newCustomer) any {
			return externalUserID(s.Act().AddCustomer(in.UserID, in.customer(1)))
		}),
		act("AddHalfCustomer", "Let a stranger add a member who has not confirmed yet", func(s *wecomtest.Server, in newCustomer) any {
			return externalUserID(s.Act().AddHalfCustomer(in.UserID, in.customer(1)))
		}),
		act("AcceptCustomer", "Let a member accept the friend request of a stranger", func(s *wecomtest.Server, in relation) any {
			s.Act().AcceptCustomer(in.UserID, in.ExternalUserID)
			return nil
		}),
		act("InviteCustomer", "Let a member ask a stranger to be a friend", func(s *wecomtest.Server, in newCustomer) any {
			return externalUserID(s.Act().InviteCustomer(in.UserID, in.customer(2)))
		}),
		act("AcceptMember", "Let a stranger accept the friend request of a member", func(s *wecomtest.Server, in relation) any {
			s.Act().AcceptMember(in.ExternalUserID, in.UserID)
			return nil
		}),
		act("ScanContactWay", "Let somebody scan the code of a contact way", func(s *wecomtest.Server, in struct {
			ConfigID string `json:"config_id" kind:"contactway"`
			person
		},
		) any {
			userID, id := s.Act().ScanContactWay(in.ConfigID, in.customer())
			return results{"userid": userID, "external_userid": id}
		}),
		act("EditCustomer", "Let a member change what they note about a customer", editCustomer),
		act("DeleteCustomer", "Let a member delete a customer", func(s *wecomtest.Server, in relation) any {
			s.Act().DeleteCustomer(in.UserID, in.ExternalUserID)
			return nil
		}),
		act("DeleteMember", "Let a customer delete a member", func(s *wecomtest.Server, in relation) any {
			s.Act().DeleteMember(in.ExternalUserID, in.UserID)
			return nil
		}),
		act("AcceptTransfer", "Let a customer accept the member who takes over", func(s *wecomtest.Server, in inTransfer) any {
			s.Act().AcceptTransfer(in.ExternalUserID)
			return nil
		}),
		act("RefuseTransfer", "Let a customer stay with the member they have", func(s *wecomtest.Server, in inTransfer) any {
			s.Act().RefuseTransfer(in.ExternalUserID)
			return nil
		}),
	}
}

type inTransfer struct {
	ExternalUserID string `json:"external_userid" kind:"customer"`
}

// notes are what a member changes about a customer.
type notes struct {
	relation
	Remark         *string  `json:"remark,omitzero"`
	Description    *string  `json:"description,omitzero"`
	RemarkCorpName *string  `json:"remark_corp_name,omitzero" about:"WeChat users only"`
	RemarkMobiles  []string `json:"remark_mobiles,omitzero"   about:"in place of those that there are"`
	TagID          []string `json:"tag_id,omitzero"           about:"corp tags, in place of those that there are" kind:"tag"`
}

func editCustomer(s *wecomtest.Server, in notes) any {
	s.Act().EditCustomer(in.UserID, in.ExternalUserID, func(f *wecomtest.Follow) {
		put(&f.Remark, in.Remark)
		put(&f.Description, in.Description)
		put(&f.RemarkCorpName, in.RemarkCorpName)
		if in.RemarkMobiles != nil {
			f.RemarkMobiles = in.RemarkMobiles
		}
		if in.TagID != nil {
			f.TagID = in.TagID
		}
	})
	return nil
}

// put writes a value that was given.
func put[T any](to, given *T) {
	if given != nil {
		*to = *given
	}
}

package api

import "github.com/wecomkit/wecom-go/wecom/wecomtest"

type inSuite struct {
	SuiteID string `json:"suite_id" kind:"suite"`
}

func loginActs() []Act {
	return []Act{
		act("Authorize", "Let a person open the link of a login and consent: where WeCom sends them", func(s *wecomtest.Server, in struct {
			Person string `json:"person" about:"a userid, an external_userid, or a stranger's name" kind:"person"`
			Link   string `json:"link"   about:"of 网页授权 or of the web login"`
		},
		) any {
			return results{"location": s.Act().Authorize(in.Person, in.Link)}
		}),
		act("VerifyAgain", "Let WeCom ask a member who they are a second time", func(s *wecomtest.Server, in struct {
			UserID string `json:"userid" kind:"member"`
			Link   string `json:"link"`
		},
		) any {
			return results{"location": s.Act().VerifyAgain(in.UserID, in.Link)}
		}),
		act("LoginToMiniProgram", "Let a member log in to a suite's mini program", func(s *wecomtest.Server, in struct {
			inSuite
			UserID string `json:"userid" kind:"member"`
		},
		) any {
			return results{"js_code": s.Act().LoginToMiniProgram(in.SuiteID, in.UserID)}
		}),
	}
}

func suiteActs() []Act {
	return []Act{
		act("Server.AddSuite", "Let a provider make a third-party app or a template", func(s *wecomtest.Server, in wecomtest.Suite) any {
			su := s.AddSuite(in)
			return results{"suite": su, "keys": s.SuiteKeys(su.SuiteID)}
		}),
		act("AuthorizeSuite", "Let an administrator install a suite", func(s *wecomtest.Server, in struct {
			inSuite
			wecomtest.Authorization
		},
		) any {
			return results{"app": s.Act().AuthorizeSuite(in.SuiteID, in.Authorization)}
		}),
		act("AuthorizeByLink", "Let an administrator follow a link to the install page", func(s *wecomtest.Server, in struct {
			Link string `json:"link"`
			wecomtest.Authorization
		},
		) any {
			location, err := s.Act().AuthorizeByLink(in.Link, in.Authorization)
			if err != nil {
				return err
			}
			return results{"location": location}
		}),
		act("AuthorizeByQRCode", "Let an administrator scan the QR code of a template", func(s *wecomtest.Server, in struct {
			QRCode string `json:"qr_code" about:"its URL"`
			wecomtest.Authorization
		},
		) any {
			return s.Act().AuthorizeByQRCode(in.QRCode, in.Authorization)
		}),
		act("ChangeAuthorization", "Let an administrator change what a suite's app may see and do", changeAuthorization),
		act("CancelAuthorization", "Let an administrator remove a suite's app", func(s *wecomtest.Server, in inSuite) any {
			s.Act().CancelAuthorization(in.SuiteID)
			return nil
		}),
		act("ResetPermanentCode", "Let the provider fetch a new secret for the corp's app of a template", func(s *wecomtest.Server, in inSuite) any {
			s.Act().ResetPermanentCode(in.SuiteID)
			return nil
		}),
		act("Server.PushTicket", "Send a suite a new suite_ticket", func(s *wecomtest.Server, in inSuite) any {
			return results{"suite_ticket": s.PushTicket(in.SuiteID)}
		}),
		act("UseSuite", "Let a member open a suite's app", func(s *wecomtest.Server, in struct {
			inSuite
			UserID string `json:"userid" kind:"member"`
		},
		) any {
			s.Act().UseSuite(in.SuiteID, in.UserID)
			return nil
		}),
		act("PayLicenseOrder", "Let the provider pay an order of licenses", func(s *wecomtest.Server, in inOrder) any {
			s.Act().PayLicenseOrder(in.OrderID)
			return nil
		}),
		act("RefundLicenseOrder", "Let the provider have its money back for licenses", func(s *wecomtest.Server, in inOrder) any {
			s.Act().RefundLicenseOrder(in.OrderID)
			return nil
		}),
		act("OrderSuite", "Let the corp order a third-party app", func(s *wecomtest.Server, in struct {
			inSuite
			wecomtest.SuiteOrder
		},
		) any {
			return results{"order_id": s.Act().OrderSuite(in.SuiteID, in.SuiteOrder)}
		}),
		act("PaySuiteOrder", "Let the corp pay an order", func(s *wecomtest.Server, in inOrder) any {
			s.Act().PaySuiteOrder(in.OrderID)
			return nil
		}),
		act("RefundSuiteOrder", "Let the corp have its money back", func(s *wecomtest.Server, in inOrder) any {
			s.Act().RefundSuiteOrder(in.OrderID)
			return nil
		}),
		act("Server.AddProvider", "Add a service provider", func(s *wecomtest.Server, in wecomtest.Provider) any {
			p := s.AddProvider(in)
			return results{"provider": p, "keys": s.ProviderKeys(p.CorpID)}
		}),
		act("Server.AddRegisterTemplate", "Let a provider make a package of suites for new corps", func(s *wecomtest.Server, in wecomtest.RegisterTemplate) any {
			return results{"template": s.AddRegisterTemplate(in)}
		}),
		act("RegisterCorp", "Let somebody register a new corp by a provider's code", func(s *wecomtest.Server, in struct {
			RegisterCode string `json:"register_code"`
			Admin        string `json:"admin" about:"the name of who does it, and becomes the administrator"`
		},
		) any {
			corp, err := s.Act().RegisterCorp(in.RegisterCode, in.Admin)
			if err != nil {
				return err
			}
			return results{"corpid": corp.CorpID()}
		}),
		act("Server.RevokeProviderTokens", "Let WeCom end every token of providers and suites", func(s *wecomtest.Server, _ None) any {
			s.RevokeProviderTokens()
			return nil
		}),
	}
}

type inOrder struct {
	OrderID string `json:"order_id"`
}

// grant is what changes in an authorization.
type grant struct {
	inSuite
	Visible  []string          `json:"visible,omitzero"   about:"userids; all if empty" kind:"member"`
	Scopes   []wecomtest.Scope `json:"scopes,omitzero"    about:"contact, directory, …"`
	ByMember *bool             `json:"by_member,omitzero" about:"whether members authorise for themselves"`
}

func changeAuthorization(s *wecomtest.Server, in grant) any {
	s.Act().ChangeAuthorization(in.SuiteID, func(auth *wecomtest.Authorization) {
		if in.Visible != nil {
			auth.Visible = in.Visible
		}
		if in.Scopes != nil {
			auth.Scopes = in.Scopes
		}
		put(&auth.ByMember, in.ByMember)
	})
	return nil
}

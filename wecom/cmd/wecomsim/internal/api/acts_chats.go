package api

import "github.com/wecomkit/wecom-go/wecom/wecomtest"

// words are what somebody writes in a chat of two.
type words struct {
	relation
	Text string `json:"text,omitzero" about:"something that nobody notes if not given"`
}

// texts are the words for those methods that take any number.
func texts(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func chatActs() []Act {
	return []Act{
		act("WriteToMember", "Let a customer write to a member", func(s *wecomtest.Server, in words) any {
			s.Act().WriteToMember(in.ExternalUserID, in.UserID, texts(in.Text)...)
			return nil
		}),
		act("WriteToCustomer", "Let a member write to a customer", func(s *wecomtest.Server, in words) any {
			s.Act().WriteToCustomer(in.UserID, in.ExternalUserID, texts(in.Text)...)
			return nil
		}),
		act("Chat", "Let a customer write to a member, who answers at once", func(s *wecomtest.Server, in relation) any {
			s.Act().Chat(in.UserID, in.ExternalUserID)
			return nil
		}),
	}
}

type inChat struct {
	ChatID string `json:"chat_id" kind:"chat"`
}

// somebodyInChat names a member or a customer in a group chat.
type somebodyInChat struct {
	inChat
	UserID string `json:"userid" about:"a userid or an external_userid" kind:"person"`
}

// peopleInChat name some of those in a group chat.
type peopleInChat struct {
	inChat
	UserIDs []string `json:"userids" about:"userids and external_userids" kind:"person"`
}

func groupChatActs() []Act {
	return []Act{
		act("CreateGroupChat", "Let a member create a group chat", func(s *wecomtest.Server, in struct {
			Owner       string   `json:"owner" kind:"member"`
			Name        string   `json:"name,omitzero"`
			Notice      string   `json:"notice,omitzero"`
			UserIDs     []string `json:"userids,omitzero"      about:"who else is in it: userids and external_userids" kind:"person"`
			AdminList   []string `json:"admin_list,omitzero"   kind:"member"`
			MemberLimit int      `json:"member_limit,omitzero" about:"how many there may be in it"`
		},
		) any {
			g := wecomtest.GroupChat{Owner: in.Owner, Name: in.Name, Notice: in.Notice, AdminList: in.AdminList, MemberLimit: in.MemberLimit}
			for _, id := range in.UserIDs {
				g.MemberList = append(g.MemberList, wecomtest.GroupMember{UserID: id})
			}
			return results{"chat_id": s.Act().CreateGroupChat(g)}
		}),
		act("JoinGroupChat", "Let people join a group chat together", func(s *wecomtest.Server, in struct {
			peopleInChat
			JoinScene int    `json:"join_scene,omitzero" about:"1 invited, 2 by an invitation's link, 3 by QR code"`
			Invitor   string `json:"invitor,omitzero"    kind:"member"`
			State     string `json:"state,omitzero"      about:"of the QR code"`
		},
		) any {
			var list []wecomtest.GroupMember
			for _, id := range in.UserIDs {
				list = append(list, wecomtest.GroupMember{UserID: id, JoinScene: in.JoinScene, Invitor: in.Invitor, State: in.State})
			}
			s.Act().JoinGroupChat(in.ChatID, list...)
			return nil
		}),
		act("ScanJoinWay", "Let somebody scan the code of a way into group chats", func(s *wecomtest.Server, in struct {
			ConfigID string `json:"config_id" kind:"joinway"`
			person
		},
		) any {
			chatID, id := s.Act().ScanJoinWay(in.ConfigID, in.customer())
			return results{"chat_id": chatID, "external_userid": id}
		}),
		act("LeaveGroupChat", "Let people leave a group chat", func(s *wecomtest.Server, in peopleInChat) any {
			s.Act().LeaveGroupChat(in.ChatID, in.UserIDs...)
			return nil
		}),
		act("RemoveFromGroupChat", "Let the owner put people out of a group chat", func(s *wecomtest.Server, in peopleInChat) any {
			s.Act().RemoveFromGroupChat(in.ChatID, in.UserIDs...)
			return nil
		}),
		act("ChatInGroup", "Let somebody in a group chat say something", func(s *wecomtest.Server, in struct {
			somebodyInChat
			Text string `json:"text,omitzero"`
		},
		) any {
			s.Act().ChatInGroup(in.ChatID, in.UserID, texts(in.Text)...)
			return nil
		}),
		act("RenameGroupChat", "Let somebody rename a group chat", func(s *wecomtest.Server, in struct {
			inChat
			Name string `json:"name"`
		},
		) any {
			s.Act().RenameGroupChat(in.ChatID, in.Name)
			return nil
		}),
		act("ChangeGroupNotice", "Let the owner put up another notice", func(s *wecomtest.Server, in struct {
			inChat
			Notice string `json:"notice"`
		},
		) any {
			s.Act().ChangeGroupNotice(in.ChatID, in.Notice)
			return nil
		}),
		act("ChangeGroupOwner", "Let the owner hand a group chat to a member in it", func(s *wecomtest.Server, in struct {
			inChat
			UserID string `json:"userid" kind:"member"`
		},
		) any {
			s.Act().ChangeGroupOwner(in.ChatID, in.UserID)
			return nil
		}),
		act("UseGroupWelcome", "Let the owner choose how customers who join are greeted", func(s *wecomtest.Server, in struct {
			inChat
			TemplateID string `json:"template_id" about:"empty ends it" kind:"groupwelcome"`
		},
		) any {
			s.Act().UseGroupWelcome(in.ChatID, in.TemplateID)
			return nil
		}),
		act("DismissGroupChat", "Let the owner dissolve a group chat", func(s *wecomtest.Server, in inChat) any {
			s.Act().DismissGroupChat(in.ChatID)
			return nil
		}),
		act("LeaveAppChat", "Let a member leave a chat that an app made", func(s *wecomtest.Server, in struct {
			ChatID string `json:"chat_id" kind:"appchat"`
			UserID string `json:"userid"  kind:"member"`
		},
		) any {
			s.Act().LeaveAppChat(in.ChatID, in.UserID)
			return nil
		}),
	}
}

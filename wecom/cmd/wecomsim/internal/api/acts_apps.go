package api

import "github.com/wecomkit/wecom-go/wecom/wecomtest"

// click is a member at a card.
type click struct {
	UserID string `json:"userid" kind:"member"`
	MsgID  string `json:"msgid"  about:"of the message with the card"`
	Key    string `json:"key"    about:"of the button or the item of the menu"`
}

func appActs() []Act {
	return []Act{
		act("ClickCard", "Let a member click a button of a card, or submit it", func(s *wecomtest.Server, in struct {
			click
			Selected []wecomtest.Selection `json:"selected,omitzero"`
		},
		) any {
			return results{"response_code": s.Act().ClickCard(in.UserID, in.MsgID, in.Key, in.Selected...)}
		}),
		act("ClickCardMenu", "Let a member choose from the menu of a card", func(s *wecomtest.Server, in click) any {
			return results{"response_code": s.Act().ClickCardMenu(in.UserID, in.MsgID, in.Key)}
		}),
		act("Server.AddApp", "Let an administrator add an app", func(s *wecomtest.Server, in wecomtest.App) any {
			return results{"app": s.AddApp(in)}
		}),
		act("Server.AddRobot", "Let somebody add a robot to a group", func(s *wecomtest.Server, in wecomtest.Robot) any {
			return results{"key": s.AddRobot(in)}
		}),
		act("RemoveRobot", "Let somebody take a robot out of its group", func(s *wecomtest.Server, in struct {
			Key string `json:"key" kind:"robot"`
		},
		) any {
			s.Act().RemoveRobot(in.Key)
			return nil
		}),
		act("Server.RevokeTokens", "Let WeCom end every token of the corp's apps", func(s *wecomtest.Server, _ None) any {
			s.RevokeTokens()
			return nil
		}),
		act("Server.RevokePageTickets", "Let WeCom end every ticket that pages are signed with", func(s *wecomtest.Server, _ None) any {
			s.RevokePageTickets()
			return nil
		}),
	}
}

// toAIBot is a member at an intelligent robot.
type toAIBot struct {
	UserID  string `json:"userid"  kind:"member"`
	AIBotID string `json:"aibotid" kind:"aibot"`
}

// aboutAIBotMessage is a member at what an intelligent robot said.
type aboutAIBotMessage struct {
	UserID    string `json:"userid"     kind:"member"`
	MessageID string `json:"message_id" about:"of the robot's message"`
}

func msgID(id string) results { return results{"msgid": id} }

func aiBotActs() []Act {
	return []Act{
		act("Server.AddAIBot", "Let an administrator add an intelligent robot", func(s *wecomtest.Server, in wecomtest.AIBot) any {
			id := s.AddAIBot(in)
			return results{"aibotid": id, "keys": s.AIBotKeys(id)}
		}),
		act("EnterAIBotChat", "Let a member open their chat with an intelligent robot", func(s *wecomtest.Server, in toAIBot) any {
			return msgID(s.Act().EnterAIBotChat(in.UserID, in.AIBotID))
		}),
		act("WriteToAIBot", "Let a member write to an intelligent robot", func(s *wecomtest.Server, in struct {
			toAIBot
			wecomtest.AIBotContent
		},
		) any {
			return msgID(s.Act().WriteToAIBot(in.UserID, in.AIBotID, in.AIBotContent))
		}),
		act("MentionAIBot", "Let a member mention an intelligent robot in a group", func(s *wecomtest.Server, in struct {
			toAIBot
			ChatID string `json:"chat_id" about:"any text"`
			wecomtest.AIBotContent
		},
		) any {
			return msgID(s.Act().MentionAIBot(in.UserID, in.AIBotID, in.ChatID, in.AIBotContent))
		}),
		act("ClickAIBotCard", "Let a member click a button of a robot's card, or submit it", func(s *wecomtest.Server, in struct {
			aboutAIBotMessage
			Key      string                `json:"key"`
			Selected []wecomtest.Selection `json:"selected,omitzero"`
		},
		) any {
			return msgID(s.Act().ClickAIBotCard(in.UserID, in.MessageID, in.Key, in.Selected...))
		}),
		act("ClickAIBotCardMenu", "Let a member choose from the menu of a robot's card", func(s *wecomtest.Server, in struct {
			aboutAIBotMessage
			Key string `json:"key"`
		},
		) any {
			return msgID(s.Act().ClickAIBotCardMenu(in.UserID, in.MessageID, in.Key))
		}),
		act("RateAIBot", "Let a member rate a message of an intelligent robot", func(s *wecomtest.Server, in struct {
			aboutAIBotMessage
			wecomtest.AIBotFeedback
		},
		) any {
			return msgID(s.Act().RateAIBot(in.UserID, in.MessageID, in.AIBotFeedback))
		}),
	}
}

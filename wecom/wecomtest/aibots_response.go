package wecomtest

import "net/url"

func aiBotHandlers() map[string]handler {
	return map[string]handler{"/cgi-bin/aibot/response": handle(respondAsAIBot)}
}

// responseURL makes a URL by which a robot may answer later. The caller holds
// s.mu.
func (s *Server) responseURL(b *aiBot, chat aiBotChat, about string) string {
	codes := s.corp.aiBots.codes
	code := s.corp.opaque("aibot response", s.corp.count("aibot response"), 64)
	codes[code] = &aiBotCode{bot: b, chat: chat, about: about, issued: s.clock.Now()}
	return s.URL() + "/cgi-bin/aibot/response?response_code=" + url.QueryEscape(code)
}

type aiBotResponse struct {
	MsgType  string `json:"msgtype"`
	Markdown *struct {
		Content  string `json:"content"`
		Feedback struct {
			ID string `json:"id"`
		} `json:"feedback"`
	} `json:"markdown"`
}

// respondAsAIBot lets a robot answer after its callback.
func respondAsAIBot(x *exchange, req aiBotResponse) (any, error) {
	code := x.corp.aiBots.codes[x.query.Get("response_code")]
	if code == nil || code.used || x.now.Sub(code.issued) >= aiBotURLLife {
		return nil, Refuse(60140, "invalid response_code")
	}
	quoteID := ""
	if code.chat.chatID != "" {
		quoteID = code.about // it may be long ago
	}
	if err := code.bot.respond(x, req, code.chat, quoteID); err != nil {
		return nil, err
	}
	code.used = true
	return nil, nil
}

func (b *aiBot) respond(x *exchange, req aiBotResponse, chat aiBotChat, quoteID string) error {
	if req.MsgType == "markdown" {
		if req.Markdown == nil {
			return Refuse(40063, "wecomtest: markdown is missing")
		}
		b.add(x.s, chat, AIBotMessage{
			MsgType: "markdown", Text: req.Markdown.Content, FeedbackID: req.Markdown.Feedback.ID, QuoteID: quoteID, Finished: true,
		})
		return nil
	}
	card := object(x.args, "template_card")
	if card == nil {
		return Refuse(40063, "wecomtest: template_card is missing")
	}
	v := &validator{}
	v.aiBotCard(card, false)
	for _, odd := range v.odd {
		x.s.problemf("aibot/response: %s", odd)
	}
	if v.refusal != nil {
		return v.refusal
	}
	return b.sendCard(x.s, chat, card, quoteID)
}

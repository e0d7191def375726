package wecomtest

import "time"

// welcomeCode is the right to greet one new customer, once, within 20 seconds.
type welcomeCode struct {
	n                      int // 1 is the corp's first
	userID, externalUserID string
	issued                 time.Time
	used                   bool
	arrives                time.Time // of a used one: when the customer has the greeting
}

// welcomeLife is how long a welcome code may be used.
const welcomeLife = 20 * time.Second

// welcome gives the elements that an add event has beyond its two ids. People
// of other corps on WeCom get no welcome code.
func (c *corp) welcome(cust *Customer, f Follow, now time.Time) []Element {
	var more []Element
	if f.State != "" {
		more = append(more, Element{"State", f.State})
	}
	if cust.Type == 2 {
		return more
	}
	return append(more, Element{"WelcomeCode", c.issueWelcome(f.UserID, cust, now)})
}

// issueWelcome makes a member's next welcome code for a customer.
func (c *corp) issueWelcome(userID string, cust *Customer, now time.Time) string {
	n := c.count("welcome")
	code := c.opaque("welcome", n, 43)
	c.welcomes[code] = &welcomeCode{n: n, userID: userID, externalUserID: cust.ExternalUserID, issued: now}
	return code
}

// WelcomeCode returns the latest welcome code that a member has for a
// customer, or "". Callbacks carry it; this is for tests without one.
func (s *Server) WelcomeCode(userID, externalUserID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var latest string
	n := 0
	for code, w := range s.corp.welcomes {
		if w.userID == userID && w.externalUserID == externalUserID && w.n > n {
			latest, n = code, w.n
		}
	}
	return latest
}

func welcomeHandlers() map[string]handler {
	return map[string]handler{"/cgi-bin/externalcontact/send_welcome_msg": handle(sendWelcomeMsg)}
}

type sendWelcomeMsgRequest struct {
	WelcomeCode string `json:"welcome_code"`
	contentWire
}

// sendWelcomeMsg leaves the code as it is if it refuses the content.
func sendWelcomeMsg(x *exchange, req sendWelcomeMsgRequest) (any, error) {
	code := x.corp.welcomes[req.WelcomeCode]
	switch {
	case code == nil:
		return nil, Refuse(41050, "invalid welcome code")
	case !x.app.sees(code.userID):
		return nil, Refuse(60011, "no privilege to access/modify contact/party/agent")
	case code.used && x.now.Before(code.arrives):
		return nil, Refuse(41096, "welcome msg is being distributed")
	case code.used, x.corp.talked(code.userID, code.externalUserID).After(code.issued):
		return nil, Refuse(41051, "externaluser has started chatting")
	case x.now.Sub(code.issued) >= welcomeLife:
		return nil, Refuse(41050, "invalid welcome code")
	}
	content, err := x.content(req.contentWire, 0)
	if err != nil {
		return nil, err
	}
	code.used, code.arrives = true, x.now.Add(x.s.set.welcomeDelay)
	content.Kind, content.Time, content.UserID = KindWelcome, code.arrives, code.userID
	x.corp.received.add(code.externalUserID, content)
	return nil, nil
}

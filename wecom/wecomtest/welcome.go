package wecomtest

import "time"

// welcomeCode is the right to greet one new customer, once, within 20 seconds.
type welcomeCode struct {
	userID, externalUserID string
	issued                 time.Time
	used                   bool
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
	code := c.opaque("welcome", len(c.welcomes)+1, 43)
	c.welcomes[code] = &welcomeCode{userID: f.UserID, externalUserID: cust.ExternalUserID, issued: now}
	return append(more, Element{"WelcomeCode", code})
}

package wecom

import (
	"encoding/json"
	"strings"
)

// A secretText is a text that cannot be printed: it is held by a function, and
// no verb of package fmt, %#v on a struct around it included, looks into one.
type secretText func() string

func secret(s string) secretText { return func() string { return s } }

// is reports whether t holds s. A nil t holds nothing.
func (t secretText) is(s string) bool { return t != nil && t() == s }

// secretName reports whether a parameter of that name lets whoever reads it act
// for somebody: an access_token, a corpsecret, a user_ticket, the code of a
// login, a permanent_code.
func secretName(name string) bool {
	for _, end := range [...]string{"token", "secret", "ticket", "code"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// shortestSecret keeps redactBody from tearing words apart over a value that
// cannot be a secret.
const shortestSecret = 8

// redactBody removes the secrets of a JSON request from a text that came from
// outside and may repeat it.
func redactBody(text string, body []byte) string {
	var request any
	if len(body) == 0 || json.Unmarshal(body, &request) != nil {
		return text
	}
	var walk func(v any, secret bool)
	walk = func(v any, secret bool) {
		switch v := v.(type) {
		case map[string]any:
			for name, value := range v {
				walk(value, secretName(name))
			}
		case []any:
			for _, value := range v {
				walk(value, secret)
			}
		case string:
			if secret && len(v) >= shortestSecret {
				text = strings.ReplaceAll(text, v, "[redacted]")
			}
		}
	}
	walk(request, false)
	return text
}

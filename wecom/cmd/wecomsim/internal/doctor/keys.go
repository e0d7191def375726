package doctor

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
)

// checkKeys looks at what was typed in before anybody is asked. It returns
// nothing if all is well.
func (d *Doctor) checkKeys() []Finding {
	var list []Finding
	add := func(check, advice, format string, args ...any) {
		list = append(list, Finding{check, Fail, fmt.Sprintf(format, args...), advice})
	}
	if u, err := url.Parse(d.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		add("url", "give the whole address, such as https://crm.example.com/wecom/callback", "%q is no http or https URL", d.URL)
	}
	if !regexp.MustCompile(`^[A-Za-z0-9]{1,32}$`).MatchString(d.Keys.Token) {
		add("token", "copy it from the console, where the URL is set up", "the Token has %d characters: it is 1 to 32 letters and digits", len(d.Keys.Token))
	}
	key := d.Keys.EncodingAESKey
	if !regexp.MustCompile(`^[A-Za-z0-9]{43}$`).MatchString(key) {
		advice := "copy it from the console, where the URL is set up"
		if len(key) == 44 && key[43] == '=' {
			advice = "leave out the = at the end: programs add it when they decode the key"
		}
		add("aes-key", advice, "the EncodingAESKey has %d characters: it is 43 letters and digits", len(key))
	} else if data, err := base64.StdEncoding.DecodeString(key + "="); err != nil || len(data) != 32 {
		add("aes-key", "copy it from the console, where the URL is set up", "the EncodingAESKey does not decode to 32 bytes")
	}
	return list
}

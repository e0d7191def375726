package doctor_test

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// keys are those of the console.
var keys = wecomtest.Keys{Token: "QDG6eK", EncodingAESKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", ReceiveID: "wx5823bf96d3bd56c7"}

// An app is an application written by somebody who has read the pages with
// care. A test breaks one thing of it.
type app struct {
	keys   wecomtest.Keys
	checks func(kind string) bool                                // whether it looks at signature, receive id, timestamp, xml
	echo   func(w http.ResponseWriter, text, encrypted string)   // answers the check of the URL
	event  func(w http.ResponseWriter, r *http.Request, e event) // answers an event
	refuse func(w http.ResponseWriter, why string)               // answers all else
}

// event is what an application reads of one.
type event struct {
	Event, InfoType string
}

func newApp() *app {
	return &app{
		keys:   keys,
		checks: func(string) bool { return true },
		echo:   func(w http.ResponseWriter, text, _ string) { _, _ = io.WriteString(w, text) },
		event:  func(http.ResponseWriter, *http.Request, event) {},
		refuse: func(w http.ResponseWriter, why string) { http.Error(w, why, http.StatusForbidden) },
	}
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	encrypted := q.Get("echostr")
	if r.Method == http.MethodPost {
		var ok bool
		if encrypted, ok = a.encrypted(r); !ok {
			a.refuse(w, "body")
			return
		}
	}
	if a.checks("signature") && a.keys.Sign(q.Get("timestamp"), q.Get("nonce"), encrypted) != q.Get("msg_signature") {
		a.refuse(w, "signature")
		return
	}
	at, _ := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	if a.checks("timestamp") && time.Since(time.Unix(at, 0)).Abs() > 5*time.Minute {
		a.refuse(w, "timestamp")
		return
	}
	text, err := a.open(encrypted)
	switch {
	case err != nil:
		a.refuse(w, "encryption")
	case r.Method == http.MethodGet:
		a.echo(w, text, encrypted)
	default:
		var e event
		if xml.Unmarshal([]byte(text), &e) != nil {
			_ = json.Unmarshal([]byte(text), &e)
		}
		a.event(w, r, e)
	}
}

func (a *app) encrypted(r *http.Request) (string, bool) {
	data, _ := io.ReadAll(r.Body)
	var body struct {
		Encrypt string `json:"encrypt"`
	}
	if strings.HasPrefix(string(data), "{") {
		return body.Encrypt, json.Unmarshal(data, &body) == nil && body.Encrypt != ""
	}
	if !a.checks("xml") { // as a parser does that replaces entities
		if _, rest, ok := strings.Cut(string(data), `<!ENTITY e "`); ok {
			value, _, _ := strings.Cut(rest, `"`)
			return value, true
		}
	}
	err := xml.Unmarshal(data, &body)
	return body.Encrypt, err == nil && body.Encrypt != ""
}

func (a *app) open(encrypted string) (string, error) {
	text, err := a.keys.Decrypt(encrypted)
	if err != nil && !a.checks("receive id") {
		other := a.keys
		other.ReceiveID = "wwSomebodyElse0001"
		if text, again := other.Decrypt(encrypted); again == nil {
			return text, nil
		}
	}
	return text, err
}

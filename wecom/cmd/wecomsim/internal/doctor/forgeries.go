package doctor

import (
	"context"
	"net/http"
	"time"
)

// checkForgeries sees whether the application believes what WeCom never said.
func (d *Doctor) checkForgeries(ctx context.Context) []Finding {
	var list []Finding
	good, err := d.echo(true)
	if err != nil {
		return []Finding{{"signature", Fail, err.Error(), "look at the keys"}}
	}
	if a := d.ask(ctx, good.forged()); believed(&a) {
		list = append(list, Finding{
			"signature", Fail, "a request with a wrong signature is answered as if it were WeCom's",
			"compute msg_signature from Token, timestamp, nonce and echostr or Encrypt, and compare it before anything is decrypted",
		})
	} else {
		list = append(list, Finding{"signature", OK, "a wrong signature is refused", ""})
	}
	other := d.Keys
	other.ReceiveID = "wwSomebodyElse0001"
	if s, err := d.seal(other, echoText, d.Now()); err == nil {
		if a := d.ask(ctx, s); believed(&a) {
			list = append(list, Finding{
				"receive-id", Warn, "what is encrypted for another corp is accepted",
				"compare the text after the message with the corp id: suites share keys, and so do corps whose administrator copies them",
			})
		} else {
			list = append(list, Finding{"receive-id", OK, "what is for another corp is refused", ""})
		}
	}
	if s, err := d.seal(d.Keys, echoText, d.Now().Add(-time.Hour)); err == nil {
		if a := d.ask(ctx, s); believed(&a) {
			list = append(list, Finding{
				"timestamp", Warn, "what was signed an hour ago is accepted: who records a callback can send it again",
				"refuse timestamps that are more than a few minutes away from your clock, and handle each event once",
			})
		} else {
			list = append(list, Finding{"timestamp", OK, "what was signed an hour ago is refused", ""})
		}
	}
	return list
}

// believed reports whether a check was answered as if all were well.
func believed(a *answer) bool { return a.err == nil && a.status == http.StatusOK && a.body == echoText }

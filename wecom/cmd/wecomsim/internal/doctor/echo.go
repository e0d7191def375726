package doctor

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"strings"
)

// echoText is what the check asks back: a number, as WeCom sends one.
const echoText = "5927782489442352469"

// checkEcho makes the check that the console makes before it saves a URL.
func (d *Doctor) checkEcho(ctx context.Context) []Finding {
	s, err := d.echo(true)
	if err != nil {
		return []Finding{{"echo", Fail, err.Error(), "look at the keys"}}
	}
	a := d.ask(ctx, s)
	if ctx.Err() != nil {
		return nil
	}
	if f := d.judgeEcho(ctx, &a, s); f.Level == Fail {
		return []Finding{f}
	}
	list := []Finding{{"echo", OK, "the check of the URL is answered with the decrypted text", ""}}
	if a.elapsed > echoLimit {
		return append(list, Finding{
			"echo-speed", Fail, fmt.Sprintf("the answer took %v: the console waits one second", a.elapsed.Round(10e6)),
			"answer the check before anything else; fetch no token for it",
		})
	}
	return append(list, Finding{"echo-speed", OK, fmt.Sprintf("it took %v of the second that the console waits", a.elapsed.Round(1e6)), ""})
}

// echo makes the check's request. Base64 has + and / in it sooner or later,
// which programs trip over: with plus it has a +, otherwise none.
func (d *Doctor) echo(plus bool) (sealed, error) {
	for {
		s, err := d.seal(d.Keys, echoText, d.Now())
		if err != nil || strings.Contains(s.encrypted, "+") == plus {
			return s, err
		}
	}
}

// judgeEcho tells what is wrong with the answer to the check.
func (d *Doctor) judgeEcho(ctx context.Context, a *answer, s sealed) Finding {
	wrong := func(advice, format string, args ...any) Finding {
		return Finding{"echo", Fail, fmt.Sprintf(format, args...), advice}
	}
	switch {
	case a.err != nil:
		message, advice := a.failure()
		return wrong(advice, "%s", message)
	case a.status/100 == 3:
		return wrong("give the console the address that it redirects to", "it redirects to %s: WeCom follows no redirect", a.header.Get("Location"))
	case a.status == http.StatusNotFound:
		return wrong("look at the path in the URL, and at what a proxy before the application makes of it", "nothing is at that path: 404")
	case a.status == http.StatusMethodNotAllowed:
		return wrong("the check of the URL is a GET with echostr, events are a POST: both come to the same path", "GET is not allowed there: 405")
	case a.status != http.StatusOK:
		return d.whyRefused(ctx, a)
	case a.body == echoText:
		return Finding{Level: OK}
	}
	if message, advice := misread(a.body, s.encrypted, d.Keys.ReceiveID); message != "" {
		return wrong(advice, "%s", message)
	}
	return wrong("answer with the decrypted echostr and nothing else", "the answer is %s, not the decrypted text", quoted(a.body))
}

// misread knows the usual ways to answer the check wrongly.
func misread(body, encrypted, receiveID string) (message, advice string) {
	const bare = "answer with the decrypted text and nothing else, as text/plain"
	trimmed := strings.TrimSpace(body)
	switch {
	case strings.HasPrefix(body, "\ufeff"):
		return "the answer begins with a byte order mark (BOM)", "save the program's files without a BOM: " + bare
	case body == `"`+echoText+`"`:
		return "the answer is in quotation marks", "it was written as JSON: " + bare
	case trimmed == echoText && strings.HasSuffix(body, "\n"):
		return "the answer ends with a line break", "print it without one: " + bare
	case trimmed == echoText:
		return "there are spaces around the answer", bare
	case body == "":
		return "the answer is empty", "answer with the decrypted echostr"
	case trimmed == encrypted:
		return "the answer is echostr as it came, encrypted", "decrypt it first: GET carries the same kind of text as an event"
	case trimmed == "success" || trimmed == "ok":
		return fmt.Sprintf("the answer is %q, as if to an event", trimmed), "answer a GET with the decrypted echostr"
	case strings.HasSuffix(trimmed, echoText+receiveID) && receiveID != "":
		return "the answer ends with the receive id", "after the 16 random bytes come four with the length of the text: cut it there"
	case strings.HasSuffix(trimmed, echoText):
		return "something stands before the decrypted text", "cut off the 16 random bytes and the four of the length"
	case strings.Contains(html.UnescapeString(trimmed), echoText):
		return "the decrypted text is wrapped in something else: " + quoted(body), bare
	case strings.HasPrefix(strings.ToLower(trimmed), "<!doctype") || strings.HasPrefix(strings.ToLower(trimmed), "<html"):
		return "the answer is a page of HTML", "something else answers at this path: a login page, a proxy, the application's front page"
	}
	return "", ""
}

// whyRefused finds out what the application does not like, by asking in ways of
// which each has one more thing wrong.
func (d *Doctor) whyRefused(ctx context.Context, first *answer) Finding {
	said := fmt.Sprintf("the application refuses the check with %d %s", first.status, quoted(first.body))
	f := Finding{"echo", Fail, said, ""}
	if first.status == http.StatusBadRequest && strings.Contains(first.body, "HTTPS") {
		f.Advice = "the port is one of TLS: write https in the URL"
		return f
	}
	if plain, err := d.echo(false); err == nil {
		if a := d.ask(ctx, plain); a.status == http.StatusOK && a.body == echoText {
			f.Message = said + ", but only if echostr has a + in it"
			f.Advice = "decode the query once, no more and no less: %2B is a +, and a + that was decoded twice becomes a space"
			return f
		}
	}
	var sameAs []string
	for _, try := range d.wrongs() {
		if a := d.ask(ctx, try.sealed); a.same(first) {
			sameAs = append(sameAs, try.name)
		}
	}
	switch {
	case first.status/100 == 5:
		f.Advice = "look for the error in the application's log"
	case len(sameAs) == 3:
		f.Advice = "it answers a wrong Token, EncodingAESKey and receive id alike: compare all three with the console's, and see whether a proxy changes the query"
	case len(sameAs) > 0:
		f.Advice = "it answers just so to a wrong " + strings.Join(sameAs, " and to a wrong ") + ": compare that with the console's first"
	default:
		f.Advice = "compare Token, EncodingAESKey and receive id with the console's"
	}
	return f
}

// A wrong is a request with one thing wrong.
type wrong struct {
	name   string
	sealed sealed
}

// wrongs are requests with another token, another key, and for another corp.
func (d *Doctor) wrongs() []wrong {
	var list []wrong
	token, key, id := d.Keys, d.Keys, d.Keys
	token.Token += "x"
	key.EncodingAESKey = strings.Map(func(r rune) rune {
		if r == 'A' {
			return 'Q'
		}
		return 'A'
	}, key.EncodingAESKey[:42]) + "A"
	id.ReceiveID = "wwSomebodyElse0001"
	for _, w := range []struct {
		name string
		of   func() (sealed, error)
	}{
		{"Token", func() (sealed, error) { return d.seal(token, echoText, d.Now()) }},
		{"EncodingAESKey", func() (sealed, error) { return d.seal(key, echoText, d.Now()) }},
		{"receive id", func() (sealed, error) { return d.seal(id, echoText, d.Now()) }},
	} {
		if s, err := w.of(); err == nil {
			list = append(list, wrong{w.name, s})
		}
	}
	return list
}

// quoted is the beginning of an answer.
func quoted(s string) string {
	runes := []rune(s)
	if len(runes) > 60 {
		return fmt.Sprintf("%q…", string(runes[:60]))
	}
	return fmt.Sprintf("%q", s)
}

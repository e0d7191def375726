package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// An event that WeCom does not have: the application must not act on it, and
// must answer, as it must to what WeCom adds next year.
const eventName = "wecomsim_doctor"

// checkEvents sends events, good ones and bad ones.
func (d *Doctor) checkEvents(ctx context.Context) []Finding {
	s, err := d.seal(d.Keys, d.event(), d.Now())
	if err != nil {
		return []Finding{{"event", Fail, err.Error(), "look at the keys"}}
	}
	a := d.tell(ctx, s)
	if ctx.Err() != nil {
		return nil
	}
	list := []Finding{d.judgeEvent(&a)}
	if list[0].Level == Fail {
		return list
	}
	list = append(list, judgeSpeed(&a), d.checkForgedEvent(ctx, s), d.checkGarbage(ctx, s))
	if !d.Robot {
		list = append(list, d.checkEntities(ctx, s))
	}
	return list
}

func (d *Doctor) checkForgedEvent(ctx context.Context, s sealed) Finding {
	if a := d.tell(ctx, s.forged()); a.err == nil && a.status/100 == 2 {
		return Finding{
			"forged-event", Warn, fmt.Sprintf("an event with a wrong signature is answered with %d", a.status),
			"make sure that it is not handled; 4xx shows it",
		}
	}
	return Finding{"forged-event", OK, "an event with a wrong signature is refused", ""}
}

// checkGarbage sends what anybody may send.
func (d *Doctor) checkGarbage(ctx context.Context, s sealed) Finding {
	for _, try := range []struct {
		name, method, body string
		query              url.Values
	}{
		{"a body that is no event", http.MethodPost, "<xml><Encrypt>", s.query},
		{"a POST without a query", http.MethodPost, d.body(s.encrypted), nil},
		{"a GET without a query", http.MethodGet, "", nil},
		{"an echostr that is not encrypted", http.MethodGet, "", d.sign(d.Keys, "AAAA", d.Now()).with("echostr", "AAAA")},
	} {
		if a := d.send(ctx, try.method, try.query, try.body); a.err != nil || a.status/100 == 5 {
			return Finding{"garbage", Warn, try.name + " makes the application fail", "refuse it with 400: anybody can send it"}
		}
	}
	return Finding{"garbage", OK, "what is no callback does no harm", ""}
}

// checkEntities sends a body that is the event once its entity is replaced. The
// body is read before the signature can be checked, so that anybody may send
// entities that grow, or that name files.
func (d *Doctor) checkEntities(ctx context.Context, s sealed) Finding {
	body := fmt.Sprintf("<!DOCTYPE xml [<!ENTITY e %q>]><xml><ToUserName>%s</ToUserName><Encrypt>&e;</Encrypt></xml>", s.encrypted, d.Keys.ReceiveID)
	if a := d.send(ctx, http.MethodPost, s.query, body); a.err == nil && a.status/100 == 2 {
		return Finding{
			"xml-entities", Warn, "the parser replaces entities that the body itself declares (XXE), or the body is not looked at",
			"turn off DOCTYPE and entities in the XML parser: anybody can send them",
		}
	}
	return Finding{"xml-entities", OK, "entities in the body are not replaced", ""}
}

// checkTwice sees whether an event that comes again is handled again, as WeCom
// sends it again when an answer was late or got lost.
func (d *Doctor) checkTwice(ctx context.Context) Finding {
	did, twice, err := d.Twice(ctx)
	switch {
	case err != nil:
		return Finding{"twice", Fail, "an event cannot be sent twice: " + err.Error(), "the simulator must send the application its events: wecomsim callback set"}
	case len(twice) > 0:
		return Finding{
			"twice", Fail, "an event that came twice made the application do something twice: " + strings.Join(twice, ", "),
			"handle each event once: keep messages by MsgId and events by all that they say, for a minute at least",
		}
	case len(did) == 0:
		return Finding{"twice", OK, "an event that came twice made the application call nothing", ""}
	}
	return Finding{"twice", OK, "an event that came twice was handled once: " + strings.Join(did, ", "), ""}
}

func (d *Doctor) event() string {
	if d.Robot {
		return fmt.Sprintf(`{"msgid":"wecomsim-doctor-%d","aibotid":"wecomsim","chattype":"single","from":{"userid":"wecomsim"},"msgtype":"event","event":{"eventtype":%q}}`,
			d.Now().UnixNano(), eventName)
	}
	if d.ThirdApp {
		return fmt.Sprintf("<xml><SuiteId><![CDATA[%s]]></SuiteId><InfoType><![CDATA[%s]]></InfoType><TimeStamp>%d</TimeStamp></xml>",
			d.Keys.ReceiveID, eventName, d.Now().Unix())
	}
	return fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName><CreateTime>%d</CreateTime>"+
		"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[%s]]></Event></xml>", d.Keys.ReceiveID, d.Now().Unix(), eventName)
}

// reply is how an encrypted reply begins.
func (d *Doctor) reply() string {
	if d.Robot {
		return "{"
	}
	return "<xml"
}

// judgeEvent tells what is wrong with the answer to an event.
func (d *Doctor) judgeEvent(a *answer) Finding {
	body := strings.TrimSpace(a.body)
	switch {
	case a.err != nil:
		message, advice := a.failure()
		return Finding{"event", Fail, "an event: " + message, advice}
	case a.status/100 == 3:
		return Finding{"event", Fail, fmt.Sprintf("an event is redirected to %s: WeCom follows no redirect", a.header.Get("Location")), "answer it in place"}
	case a.status == http.StatusMethodNotAllowed || a.status == http.StatusNotFound:
		return Finding{"event", Fail, fmt.Sprintf("POST is answered with %d", a.status), "events are POSTs to the same path as the check of the URL"}
	case a.status/100 == 5:
		return Finding{
			"event", Fail, fmt.Sprintf("an event that the application does not know is answered with %d %s", a.status, quoted(a.body)),
			"answer 200 to what you do not know: WeCom adds events. And do not count on 5xx to have one sent again",
		}
	case a.status != http.StatusOK:
		return Finding{
			"event", Fail, fmt.Sprintf("an event that is signed well is answered with %d %s", a.status, quoted(a.body)),
			"events are signed over Encrypt in the body, the check of the URL over echostr in the query; answer 200 to events that you do not know",
		}
	case d.ThirdApp && body != "success":
		return Finding{"event", Fail, "a third-party app must answer with success, and the answer is " + quoted(a.body), "answer every event of the suite with the text success"}
	case body != "" && body != "success" && !strings.HasPrefix(body, d.reply()):
		return Finding{
			"event", Warn, "the answer to an event is " + quoted(a.body),
			"answer with nothing, or with an encrypted reply",
		}
	}
	return Finding{"event", OK, "an event that the application does not know is acknowledged", ""}
}

func judgeSpeed(a *answer) Finding {
	took := a.elapsed.Round(time.Millisecond)
	if a.elapsed > slowEvent {
		return Finding{
			"event-speed", Warn, fmt.Sprintf("an event took %v: after five seconds WeCom hangs up and sends it again", took),
			"store the event, answer, and work afterwards",
		}
	}
	return Finding{"event-speed", OK, fmt.Sprintf("it took %v of the five seconds that WeCom waits", took), ""}
}

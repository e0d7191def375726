package doctor

import (
	"context"
	"fmt"
	"net/http"
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
		return []Finding{{"event", Fail, err.Error(), ""}}
	}
	a := d.tell(ctx, s)
	if ctx.Err() != nil {
		return nil
	}
	list := []Finding{d.judgeEvent(&a)}
	if list[0].Level == Fail {
		return list
	}
	list = append(list, judgeSpeed(&a))
	if forged := d.tell(ctx, s.forged()); forged.err == nil && forged.status/100 == 2 {
		list = append(list, Finding{
			"forged-event", Warn, fmt.Sprintf("an event with a wrong signature is answered with %d", forged.status),
			"make sure that it is not handled; 4xx shows it",
		})
	} else {
		list = append(list, Finding{"forged-event", OK, "an event with a wrong signature is refused", ""})
	}
	garbage := d.send(ctx, http.MethodPost, s.query, "<xml><Encrypt>")
	if garbage.err != nil || garbage.status/100 == 5 {
		list = append(list, Finding{
			"garbage", Warn, "a body that is no event makes the application fail", "refuse it with 400: anybody can send one",
		})
	} else {
		list = append(list, Finding{"garbage", OK, "a body that is no event does no harm", ""})
	}
	return list
}

func (d *Doctor) event() string {
	if d.ThirdApp {
		return fmt.Sprintf("<xml><SuiteId><![CDATA[%s]]></SuiteId><InfoType><![CDATA[%s]]></InfoType><TimeStamp>%d</TimeStamp></xml>",
			d.Keys.ReceiveID, eventName, d.Now().Unix())
	}
	return fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName><CreateTime>%d</CreateTime>"+
		"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[%s]]></Event></xml>", d.Keys.ReceiveID, d.Now().Unix(), eventName)
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
		return Finding{"event", Fail, "a third-party app must answer with success, and the answer is " + quoted(a.body), ""}
	case body != "" && body != "success" && !strings.HasPrefix(body, "<xml"):
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

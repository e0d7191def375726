package callback_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

func parseRobot[E callback.Event](t *testing.T, body string) E {
	t.Helper()
	e, err := callback.Parse([]byte(body))
	require.NoError(t, err)
	require.IsType(t, *new(E), e)
	return e.(E)
}

func TestRobotHeader(t *testing.T) {
	t.Parallel()
	message := parseRobot[*callback.RobotTextMessage](t, said("m1"))
	assert.Equal(t, callback.Header{FromUserName: "alice", MsgType: "text", Raw: said("m1")}, message.Header)
	assert.Equal(t, "text", message.Kind())
	assert.Nil(t, message.Quote)

	enter := parseRobot[*callback.RobotEnterChat](t, happened("enter_chat"))
	assert.Equal(t, "enter_chat", enter.Kind())
	assert.Equal(t, time.Unix(1700000000, 0), enter.At())

	future := parseRobot[*callback.Unknown](t, happened("brand_new"))
	assert.Equal(t, "brand_new", future.Kind())
	assert.Equal(t, "alice", future.FromUserName)
}

// The table of the page and its sample spell the same things differently.
func TestRobotCardEventAsInTheTable(t *testing.T) {
	t.Parallel()
	e := parseRobot[*callback.RobotTemplateCardEvent](t, `{"aibotid":"b","msgtype":"event","event":{"eventtype":"template_card_event","template_card_event":{
		"cardtype":"vote_interaction","eventkey":"k","task_id":"t","selected_items":{"selected_item":{"question_key":"q","option_ids":{"option_id":"a,b"}}}}}}`)
	assert.Equal(t, callback.RobotCardVoteInteraction, e.CardType)
	assert.Equal(t, "k", e.EventKey)
	assert.Equal(t, []callback.RobotSelectedItem{{QuestionKey: "q", OptionIDs: []string{"a,b"}}}, e.SelectedItems)
}

func TestRobotEventsOfOddShape(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"aibotid":null,"msgtype":"text"}`,
		`{"aibotid":"b","msgtype":"text","text":"plain","from":"alice","quote":[],"chattype":7}`,
		`{"aibotid":"b","msgtype":"text","text":[[{"content":["a","b"]}]],"quote":{"msgtype":""}}`,
		"\ufeff {\"aibotid\":{},\"msgtype\":\"text\"}",
	} {
		e := parseRobot[*callback.RobotTextMessage](t, body)
		assert.Nil(t, e.Quote, body)
	}
	e := parseRobot[*callback.RobotFeedbackEvent](t, `{"aibotid":"b","msgtype":"event","event":{"eventtype":"feedback_event","feedback_event":{"type":"2","inaccurate_reason_list":["4","x",null,9]}}}`)
	assert.Equal(t, callback.RobotFeedbackInaccurate, e.Type)
	assert.Equal(t, []callback.RobotInaccurateReason{callback.RobotInaccurateAnalysis, 9}, e.InaccurateReasonList)
	assert.Equal(t, "Inaccurate [Analysis RobotInaccurateReason(9)]", fmt.Sprint(e.Type, e.InaccurateReasonList))
	parseRobot[*callback.TextMessage](t, `{"msgtype":"text"}`)
	parseRobot[*callback.TextMessage](t, `<xml><aibotid>b</aibotid><MsgType>text</MsgType></xml>`)
}

func TestResponseURLIsNotShown(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	show := func(v any) {
		fmt.Fprintf(&out, "%v %+v %#v %s %q %x %d", v, v, v, v, v, v, v)
		for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(handler).Info("got", "it", v)
		}
	}
	holders := 0
	for _, file := range fixtureFiles(t) {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		body = bytes.ReplaceAll(body, []byte("RESPONSE_CODE"), []byte("hush"))
		e, err := callback.Parse(body)
		require.NoError(t, err)
		field := reflect.ValueOf(e).Elem().FieldByName("ResponseURL")
		if !field.IsValid() {
			continue
		}
		holders++
		require.Contains(t, field.String(), "hush")
		require.Contains(t, e.Head().Raw, "hush")
		show(e)
		show(reflect.ValueOf(e).Elem().Interface())
		show(field.Interface())
		fmt.Fprintf(&out, "%v %+v", struct{ E callback.Event }{e}, []callback.Event{e})
	}
	assert.Equal(t, 7, holders)
	assert.NotContains(t, out.String(), "hush")
	assert.NotContains(t, out.String(), fmt.Sprintf("%x", "hush"))
	assert.Contains(t, out.String(), `text{MsgID:"CAIQ16HMjQYY/NGagIOAgAMgq4KM0AI=" FromUserName:"USERID" [redacted]}`)
	assert.Empty(t, callback.ResponseURL("").String())
}

// Messages are de-duplicated by their msgid, whatever else changes; a refresh
// of a stream is answered each time, be it the same to the last byte.
func TestRobotRepetitions(t *testing.T) {
	t.Parallel()
	h := newRobot(t)
	n := 0
	callback.OnReply(h, func(context.Context, callback.Event) (callback.Reply, error) {
		n++
		return callback.RobotStreamReply{ID: "s1", Content: fmt.Sprint(n)}, nil
	})
	first := tellRobot(t, h, said("m1"))
	assert.Contains(t, openJSON(t, first.body), `"content":"1"`)
	assert.Equal(t, acknowledged, tellRobot(t, h, said("m1")+" "))
	for i := range 3 {
		assert.Contains(t, openJSON(t, tellRobot(t, h, asked("m1", "s1")).body), fmt.Sprintf(`"content":"%d"`, i+2))
	}
	assert.Equal(t, callback.Stats{Received: 5, Duplicates: 1, Handled: 4}, h.Stats())
}

// A refresh is answered while another of the same bytes hangs.
func TestRobotRefreshesDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newRobot(t, callback.WithWorkers(1, 1))
		hang, calls := make(chan struct{}), make(chan struct{}, 2)
		callback.OnReply(h, func(context.Context, *callback.RobotStream) (callback.Reply, error) {
			calls <- struct{}{}
			if len(calls) == 1 {
				<-hang
			}
			return callback.RobotStreamReply{Content: "x"}, nil
		})
		done, r := make(chan outcome), robotRequest(t, asked("m1", "s1"))
		go func() { done <- send(h, r) }()
		synctest.Wait()
		assert.NotEmpty(t, tellRobot(t, h, asked("m1", "s1")).body)
		close(hang)
		assert.NotEmpty(t, (<-done).body)
	})
}

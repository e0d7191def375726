package callback_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

const secret = "s3cr3t-in-an-event"

// secretEvents hold the secret, each in its own element.
func secretEvents() map[string]string {
	return map[string]string{
		"suite_ticket":         notice("SuiteId", "wwsuite", "InfoType", "suite_ticket", "SuiteTicket", secret),
		"create_auth":          notice("SuiteId", "wwsuite", "InfoType", "create_auth", "AuthCode", secret),
		"reset_permanent_code": notice("SuiteId", "wwsuite", "InfoType", "reset_permanent_code", "AuthCode", secret),
		"register_corp": "<xml><ServiceCorpId>wwprovider</ServiceCorpId><AuthCorpId>wwcorp</AuthCorpId><InfoType>register_corp</InfoType>" +
			"<ContactSync><AccessToken>" + secret + "</AccessToken><ExpiresIn>1800</ExpiresIn></ContactSync></xml>",
	}
}

func TestPrintedEventsHideSecrets(t *testing.T) {
	t.Parallel()
	for kind, body := range secretEvents() {
		e, err := callback.Parse([]byte(body))
		require.NoError(t, err)
		printed := []any{e, []callback.Event{e}, map[string]callback.Event{"e": e}, struct{ E callback.Event }{e}}
		switch e := e.(type) {
		case *callback.SuiteTicket:
			printed = append(printed, *e, struct{ E callback.SuiteTicket }{*e})
		case *callback.CreateAuth:
			printed = append(printed, *e, struct{ E callback.CreateAuth }{*e})
		case *callback.ResetPermanentCode:
			printed = append(printed, *e, struct{ E callback.ResetPermanentCode }{*e})
		case *callback.RegisterCorp:
			printed = append(printed, *e, *e.ContactSync, e.ContactSync, struct{ E callback.RegisterCorp }{*e})
		default:
			t.Fatalf("%T", e)
		}
		var out bytes.Buffer
		text, structured := slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))
		for _, v := range printed {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				fmt.Fprintf(&out, verb+"\n", v)
			}
		}
		for _, v := range []any{e, e.Head().SuiteID} {
			text.Info("x", "event", v)
			structured.Info("x", "event", v)
		}
		assert.NotContains(t, out.String(), secret)
		assert.NotContains(t, out.String(), fmt.Sprintf("%x", secret))
		assert.Contains(t, out.String(), kind, "but which event it is shows")

		encoded, err := json.Marshal(e)
		require.NoError(t, err)
		assert.Contains(t, string(encoded), secret, "what is stored is whole")
		assert.Contains(t, e.Head().Raw, secret)
	}
}

// The handler itself logs nothing of an event, whatever comes of it.
func TestHandlerLogsNoSecret(t *testing.T) {
	t.Parallel()
	outcomes := map[string]func() error{
		"handled":   func() error { return nil },
		"failed":    func() error { return errors.New("no") },
		"panicked":  func() error { panic("no") },
		"redeliver": func() error { return callback.ErrRedeliver },
	}
	for name, outcome := range outcomes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			h, err := callback.NewHandler(suiteKeys(), callback.WithTimestampTolerance(0), callback.WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
			require.NoError(t, err)
			gone, cancel := context.WithCancel(t.Context())
			cancel() // WeCom hangs up, so that nothing is waited for
			deliver := func(r *http.Request) { send(h, r.WithContext(gone)) }
			runs := 0
			callback.OnReply(h, func(context.Context, callback.Event) (callback.Reply, error) {
				runs++
				return nil, outcome()
			})
			for _, body := range secretEvents() {
				deliver(sealedRaw(t, "wwsuite", body))
				deliver(sealedRaw(t, "wwsuite", body))                  // a repetition
				deliver(sealedRaw(t, "wwother", body))                  // for another corp
				deliver(sealedRaw(t, "wwsuite", body[:len(body)-6]))    // unreadable
				deliver(sealedRaw(t, "wwsuite", "{"+body))              // unreadable, too
				deliver(request(t, sentTo(otherKeys, "wwsuite"), body)) // a stranger's
			}
			assert.NotZero(t, runs)
			assert.NotEmpty(t, log.String())
			assert.NotContains(t, log.String(), secret)
		})
	}
}

func TestSuiteEvents(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		body string
		want callback.Event
	}{
		{
			"no links, no accounts", "<xml><InfoType>create_auth</InfoType><AuthCode>c</AuthCode><State/><ExtraInfo></ExtraInfo></xml>",
			&callback.CreateAuth{AuthCode: "c"},
		},
		{
			"one account", "<xml><InfoType> change_auth </InfoType><ExtraInfo><AuthOpenKfIdList><OpenKfId> wk1 </OpenKfId></AuthOpenKfIdList></ExtraInfo></xml>",
			&callback.ChangeAuth{ExtraInfo: callback.ExtraInfo{AuthOpenKfIDList: []string{"wk1"}}},
		},
		{
			"padded", "<xml><InfoType>\n <![CDATA[suite_ticket]]> </InfoType><SuiteTicket><![CDATA[t]]></SuiteTicket></xml>",
			&callback.SuiteTicket{SuiteTicket: "t"},
		},
		{
			"a directory that is not moved", "<xml><InfoType>register_corp</InfoType><RegisterCode>r</RegisterCode></xml>",
			&callback.RegisterCorp{RegisterCode: "r"},
		},
		{
			"a token without its end", "<xml><InfoType>register_corp</InfoType><ContactSync><AccessToken>a</AccessToken><ExpiresIn></ExpiresIn></ContactSync></xml>",
			&callback.RegisterCorp{ContactSync: &callback.ContactSync{AccessToken: "a"}},
		},
		{
			"a token for half an hour", "<xml><InfoType>register_corp</InfoType><ContactSync><ExpiresIn>1800</ExpiresIn></ContactSync></xml>",
			&callback.RegisterCorp{ContactSync: &callback.ContactSync{ExpiresIn: 30 * time.Minute}},
		},
		{
			"nobody activated", "<xml><InfoType>auto_activate</InfoType><Scene></Scene></xml>",
			&callback.AutoActivate{},
		},
		{
			"empty numbers", "<xml><InfoType>auto_activate</InfoType><AccountList><Type/><ExpireTime></ExpireTime><UserId>u</UserId></AccountList></xml>",
			&callback.AutoActivate{AccountList: []callback.ActivatedAccount{{UserID: "u"}}},
		},
		{
			"padded number", "<xml><InfoType>advanced_api_expired</InfoType><AdvanceApiType> 1 </AdvanceApiType><ChatArchiveApi><Edition>9</Edition></ChatArchiveApi></xml>",
			&callback.AdvancedAPIExpired{AdvanceAPIType: callback.AdvanceAPITypeChatArchive, ChatArchiveAPI: callback.ChatArchiveAPI{Edition: 9}},
		},
		{
			"no door passed", "<xml><Event>device_accesscontrol_data_report</Event><AccessDataList></AccessDataList></xml>",
			&callback.DeviceAccessControlDataReport{},
		},
		{
			"as the page's table spells it", "<xml><Event>device_checkin_data_report</Event><CheckinDataList><Item><OpenUserId>wo</OpenUserId></Item></CheckinDataList></xml>",
			&callback.DeviceCheckinDataReport{CheckinDataList: []callback.CheckinData{{OpenUserID: "wo"}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := callback.Parse([]byte(tt.body))
			require.NoError(t, err)
			*got.Head() = callback.Header{}
			// Printed, they would all look alike.
			assert.True(t, assert.ObjectsAreEqual(tt.want, got), "%T", got)
		})
	}
}

func TestOrdersAreAboutTheBuyer(t *testing.T) {
	t.Parallel()
	e, err := callback.Parse([]byte(notice("SuiteId", "wwsuite", "PaidCorpId", "wwbuyer", "InfoType", "open_order")))
	require.NoError(t, err)
	assert.Equal(t, "wwbuyer", e.Head().Corp())
	assert.Equal(t, "wwsuite", e.Head().SuiteID)
}

// What a suite is told is answered by the word success: WeCom takes anything
// else for an error.
func TestSuiteEventsAreAnsweredBySuccess(t *testing.T) {
	t.Parallel()
	h, err := callback.NewHandler(suiteKeys(), callback.WithTimestampTolerance(0), callback.WithWorkers(1, 1))
	require.NoError(t, err)
	callback.On(h, func(context.Context, *callback.SuiteTicket) error { return nil })
	for _, body := range secretEvents() {
		if strings.Contains(body, "ServiceCorpId") {
			continue // goes to the provider
		}
		assert.Equal(t, outcome{status: http.StatusOK, body: "success"}, send(h, sealedRaw(t, "wwsuite", body)))
	}
	require.NoError(t, h.Close(t.Context()))
}

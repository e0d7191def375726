package callback_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
)

const responseURL callback.ResponseURL = "https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=hush%2Bcode&x=1"

// A tape is the server of one responder.
type tape struct {
	answer string
	err    error
	query  string
	body   string
	calls  int
}

func (p *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	p.calls++
	p.query, p.body = r.URL.Path+"?"+r.URL.RawQuery, string(body)
	if p.err != nil {
		return nil, fmt.Errorf("reading %s: %w", r.URL, p.err)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(p.answer)), Request: r}, nil
}

func newResponder(t *testing.T, p *tape, opts ...wecom.Option) *callback.RobotResponder {
	t.Helper()
	r, err := callback.NewRobotResponder(append(opts, wecom.WithHTTPClient(&http.Client{Transport: p}))...)
	require.NoError(t, err)
	return r
}

func TestRespond(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		body callback.RobotResponse
	}{
		{"response.markdown", callback.RobotMarkdown{Content: "# 一、标题\n**加粗**\n| 姓名 | 收货地址 |\n| :-- | --: |\n| 张三 | 广州 |\n", Feedback: callback.RobotFeedback{ID: "FEEDBACKID"}}},
		{"template_card", callback.RobotTemplateCardReply{TemplateCard: vote(t)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &tape{answer: `{"errcode":0,"errmsg":"ok"}`}
			require.NoError(t, newResponder(t, p).Respond(t.Context(), responseURL, tt.body))
			assert.JSONEq(t, string(robotSample(t, tt.name)), p.body)
			assert.Equal(t, "/cgi-bin/aibot/response?response_code=hush%2Bcode", p.query)
		})
	}
}

// The one reply that a url is good for is not wasted on what WeCom refuses.
func TestRespondRefuses(t *testing.T) {
	t.Parallel()
	markdown := callback.RobotMarkdown{Content: "x"}
	for _, tt := range []struct {
		name string
		to   callback.ResponseURL
		body callback.RobotResponse
		want string
	}{
		{"no url", "", markdown, "want the ResponseURL of a robot's callback"},
		{"no code", "https://qyapi.weixin.qq.com/cgi-bin/aibot/response", markdown, "want the ResponseURL"},
		{"another url", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=hush&response_code=hush", markdown, "want the ResponseURL"},
		{"broken url", "https://%zz/hush", markdown, "want the ResponseURL"},
		{"no body", responseURL, nil, "nil body"},
		{"no card", responseURL, callback.RobotTemplateCardReply{}, "there is no TemplateCard"},
		{"content too long", responseURL, callback.RobotMarkdown{Content: strings.Repeat("a", 20481)}, "the Content has 20481 bytes"},
		{"feedback too long", responseURL, callback.RobotMarkdown{Content: "x", Feedback: callback.RobotFeedback{ID: strings.Repeat("a", 257)}}, "Feedback.ID has 257 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &tape{}
			err := newResponder(t, p).Respond(t.Context(), tt.to, tt.body)
			require.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), "hush")
			assert.Zero(t, p.calls)
		})
	}
	_, err := callback.NewRobotResponder(wecom.WithTimeout(-1))
	assert.Error(t, err)
}

// A reply may have been sent: it is not sent again, and its code is not shown.
func TestRespondOnceAndInSilence(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	observe := wecom.WithObserver(func(_ context.Context, a wecom.Attempt) { fmt.Fprintf(&log, "%+v %v", a, a.Err) })
	for _, p := range []*tape{{err: io.ErrUnexpectedEOF}, {answer: `{"errcode":40014,"errmsg":"bad hush+code"}`}, {answer: `{"errcode":60140,"errmsg":"hush%2Bcode"}`}} {
		r := newResponder(t, p, wecom.WithLogger(logger), observe)
		err := r.Respond(t.Context(), responseURL, callback.RobotMarkdown{Content: "x"})
		require.Error(t, err)
		assert.Equal(t, p.err != nil, errors.Is(err, wecom.ErrOutcomeUnknown), "%v", err)
		fmt.Fprintf(&log, "%v %+v %#v %+v %#v", err, err, err, r, r)
		assert.Equal(t, 1, p.calls)
	}
	assert.NotContains(t, log.String(), "hush")
}

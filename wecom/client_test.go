package wecom_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		cred wecom.Credential
		opts []wecom.Option
		want string
	}{
		{"no corp", wecom.Credential{Secret: "s3cr3t"}, nil, "CorpID is empty"},
		{"no secret", wecom.Credential{CorpID: "ww"}, nil, "Secret is empty"},
		{"pasted with a line break", wecom.Credential{CorpID: "ww", Secret: "s3cr3t\n"}, nil, "space or line break"},
		{"base URL without a host", cred, []wecom.Option{wecom.WithBaseURL("qyapi.weixin.qq.com")}, "WithBaseURL"},
		{"base URL with a query", cred, []wecom.Option{wecom.WithBaseURL("https://a.test/?x=1")}, "WithBaseURL"},
		{"base URL with an empty query", cred, []wecom.Option{wecom.WithBaseURL("https://a.test?")}, "WithBaseURL"},
		{"base URL with an empty fragment", cred, []wecom.Option{wecom.WithBaseURL("https://a.test/#")}, "WithBaseURL"},
		{"base URL with a password", cred, []wecom.Option{wecom.WithBaseURL("https://u:s3cr3t@a.test")}, "WithBaseURL"},
		{"no HTTP client", cred, []wecom.Option{wecom.WithHTTPClient(nil)}, "WithHTTPClient"},
		{"no time", cred, []wecom.Option{wecom.WithTimeout(0)}, "WithTimeout"},
		{"no store", cred, []wecom.Option{wecom.WithTokenStore(nil)}, "WithTokenStore"},
		{"no source", cred, []wecom.Option{wecom.WithTokenSource(nil)}, "WithTokenSource"},
		{
			"store and source", cred,
			[]wecom.Option{wecom.WithTokenSource(fixedToken("tok-1")), wecom.WithTokenStore(new(wecom.MemoryStore))},
			"WithTokenStore",
		},
		{"no limiter", cred, []wecom.Option{wecom.WithLimiter(nil)}, "WithLimiter"},
		{"no logger", cred, []wecom.Option{wecom.WithLogger(nil)}, "WithLogger"},
		{"no observer", cred, []wecom.Option{wecom.WithObserver(nil)}, "WithObserver"},
		{"no clock", cred, []wecom.Option{wecom.WithClock(nil)}, "WithClock"},
		{"no option", cred, []wecom.Option{nil}, "nil option"},
		{"negative retry", cred, []wecom.Option{wecom.WithRetry(wecom.Retry{Attempts: -1})}, "WithRetry"},
		{"backoff upside down", cred, []wecom.Option{wecom.WithRetry(wecom.Retry{MinBackoff: 2, MaxBackoff: 1})}, "WithRetry"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := wecom.New(test.cred, test.opts...)
			require.ErrorContains(t, err, test.want)
			leaks.show(err)
		})
	}
}

func TestBaseURLsThatMeanTheSame(t *testing.T) {
	t.Parallel()
	store := new(wecom.MemoryStore)
	p := &peer{}
	for _, base := range []string{
		"https://wecom.test/prefix", "https://wecom.test/prefix/", "HTTPS://WeCom.test/prefix//",
	} {
		require.NoError(t, call(t.Context(), p.client(t, wecom.WithBaseURL(base), wecom.WithTokenStore(store)), opRead))
	}
	assert.Equal(t, 3, p.count(opRead.Path))
	assert.Equal(t, 1, p.tokens(), "the token belongs to all of them")
}

func TestNewSendsNothing(t *testing.T) {
	t.Parallel()
	p := &peer{}
	p.client(t)
	assert.Empty(t, p.seen)
}

func TestDoKeepsTheWholeReplyAsRawMessage(t *testing.T) {
	t.Parallel()
	const reply = `{"errcode":0,"errmsg":"ok","new_field":{"a":[1,2]}}`
	p := &peer{serve: func(*http.Request, int) string { return reply }}
	c := p.client(t)
	first, err := wecom.Do[json.RawMessage](t.Context(), c, opRead, nil)
	require.NoError(t, err)
	_, err = wecom.Do[json.RawMessage](t.Context(), c, opWrite, nil) // would overwrite a shared buffer
	require.NoError(t, err)
	assert.JSONEq(t, reply, string(*first))
}

func TestRawMessageIsFitForEncodingJSON(t *testing.T) {
	t.Parallel()
	p := &peer{serve: func(*http.Request, int) string {
		return "\xef\xbb\xbf" + `{"errcode":0,"errmsg":"ok","name":"a` + "\x01" + `b"}`
	}}
	got, err := wecom.Do[json.RawMessage](t.Context(), p.client(t), opRead, nil)
	require.NoError(t, err)
	assert.JSONEq(t, `{"errcode":0,"errmsg":"ok","name":"a\u0001b"}`, string(*got))

	p = &peer{serve: func(*http.Request, int) string { return `{"errcode":0,"errmsg":"ok","name":"cut` }}
	_, err = wecom.Do[json.RawMessage](t.Context(), p.client(t), opWrite, nil)
	require.ErrorContains(t, err, "the call succeeded")
}

func TestDoDecodesLeniently(t *testing.T) {
	t.Parallel()
	type result struct {
		Count  int            `json:"count"`
		Name   string         `json:"name"`
		Done   bool           `json:"done"`
		Time   wecom.UnixTime `json:"time"`
		Absent []string       `json:"absent"`
	}
	p := &peer{serve: func(*http.Request, int) string {
		return `{"errcode":"0","errmsg":"ok","count":"7","name":12,"done":1,"time":"1700000000","unknown":{}}`
	}}
	got, err := wecom.Do[result](t.Context(), p.client(t), opRead, nil)
	require.NoError(t, err)
	assert.Equal(t, result{Count: 7, Name: "12", Done: true, Time: wecom.NewUnixTime(time.Unix(1700000000, 0))}, *got)
}

func TestDoSaysThatTheCallSucceededWhenItsReplyIsOdd(t *testing.T) {
	t.Parallel()
	type result struct {
		Count int `json:"count"`
	}
	p := &peer{serve: func(*http.Request, int) string { return `{"errcode":0,"errmsg":"ok","count":{"x":1}}` }}
	_, err := wecom.Do[result](t.Context(), p.client(t), opWrite, nil)
	require.ErrorContains(t, err, "the call succeeded")
	require.ErrorContains(t, err, "count")
	assert.Equal(t, 1, p.count(opWrite.Path))
}

func TestDoAcceptsAReplyWithoutErrcode(t *testing.T) {
	t.Parallel()
	p := &peer{serve: func(*http.Request, int) string { return `{"ip_list":["203.0.113.1"]}` }}
	got, err := p.client(t).GetCallbackIP(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"203.0.113.1"}, got.IPList)
}

func TestDoSendsBodiesWithoutEscapes(t *testing.T) {
	t.Parallel()
	var body string
	p := &peer{serve: func(r *http.Request, _ int) string {
		b, _ := io.ReadAll(r.Body)
		body = string(b)
		return ok
	}}
	c := p.client(t)
	req := map[string]string{"content": "<a href=\"https://a.test/?x=1&y=2\">你好\u2028</a>"}
	_, err := wecom.Do[wecom.Empty](t.Context(), c, opWrite, req)
	require.NoError(t, err)
	assert.NotContains(t, body, `\u`)
	assert.JSONEq(t, `{"content":"<a href=\"https://a.test/?x=1&y=2\">你好`+"\u2028"+`</a>"}`, body)

	_, err = wecom.Do[wecom.Empty](t.Context(), c, opWrite, map[string]string{"content": "bell \a"})
	require.ErrorContains(t, err, "content")
	assert.Equal(t, 1, p.count(opWrite.Path), "not sent: WeCom would answer 40033")
}

func TestDoPutsTheRequestOfAGetInTheQuery(t *testing.T) {
	t.Parallel()
	p := &peer{}
	type query struct {
		UserID string `json:"userid"`
		Cursor string `json:"cursor,omitzero"`
	}
	_, err := wecom.Do[wecom.Empty](t.Context(), p.client(t), opRead, query{UserID: "zhang san&x=y"})
	require.NoError(t, err)
	assert.Equal(t, opRead.Path+"?access_token=tok-1&userid=zhang+san%26x%3Dy", p.seen[1])
}

func TestWarningOfHalfReadJSONIsLogged(t *testing.T) {
	t.Parallel()
	var log logBook
	p := &peer{serve: func(*http.Request, int) string {
		return `{"errcode":0,"errmsg":"ok. Warning: wrong json format."}`
	}}
	require.NoError(t, call(t.Context(), p.client(t, wecom.WithLogger(log.logger())), opWrite))
	assert.Contains(t, log.String(), "read only in part")
}

func TestObserverSeesEachAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen []wecom.Attempt
		p := &peer{
			token: func(int) string { time.Sleep(time.Second); return tokenReply("tok-1", 7200) },
			serve: func(_ *http.Request, n int) string {
				time.Sleep(50 * time.Millisecond)
				if n == 1 {
					return refusal(-1)
				}
				return ok
			},
		}
		c := p.client(t, wecom.WithObserver(func(_ context.Context, a wecom.Attempt) { seen = append(seen, a) }))
		start := time.Now()
		require.NoError(t, call(t.Context(), c, opRead))

		require.Len(t, seen, 3)
		token, first, second := seen[0], seen[1], seen[2]
		assert.Equal(t, "/cgi-bin/gettoken", token.Op.Path)
		assert.Equal(t, opRead.Path, first.Op.Path)
		assert.Equal(t, "wwcorp", first.CorpID)
		assert.Equal(t, 1, first.Number)
		assert.Equal(t, start, first.Start)
		assert.Equal(t, time.Second, first.TokenWait)
		assert.Equal(t, 1050*time.Millisecond, first.Elapsed)
		assert.Equal(t, wecom.CodeSystemBusy, first.Code)
		require.ErrorIs(t, first.Err, wecom.ErrBusy)
		assert.True(t, first.Retry)
		assert.Positive(t, first.Backoff)
		assert.Equal(t, 2, second.Number)
		assert.Zero(t, second.TokenWait)
		assert.Equal(t, http.StatusOK, second.HTTPStatus)
		require.NoError(t, second.Err)
		assert.False(t, second.Retry)
		assert.Equal(t, 1050*time.Millisecond+first.Backoff, second.Start.Sub(start))
	})
}

func TestErrorsAreOfTheDocumentedTypes(t *testing.T) {
	t.Parallel()
	p := &peer{serve: func(*http.Request, int) string { return refusal(84061) }}
	err := call(t.Context(), p.client(t), opRead)
	e, isError := errors.AsType[*wecom.Error](err)
	require.True(t, isError)
	assert.True(t, wecom.IsCode(err, wecom.CodeNotExternalContact))
	assert.Equal(t, "1600654685300241153285437", e.Hint)
	assert.Equal(t, "https://open.work.weixin.qq.com/devtool/query?e=84061", e.HelpURL)
	assert.Equal(t, "refused", e.Msg)
	assert.Equal(t, http.StatusOK, e.HTTPStatus)
}

func TestCancelledCallIsNotSent(t *testing.T) {
	t.Parallel()
	p := &peer{}
	c := p.client(t)
	require.NoError(t, call(t.Context(), c, opWrite))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, call(ctx, c, opWrite), context.Canceled)
	assert.Equal(t, 1, p.count(opWrite.Path))
}

func TestCredentialFromEnv(t *testing.T) {
	t.Setenv("WECOM_CORP_ID", "ww1 ")
	t.Setenv("WECOM_SECRET", "")
	_, err := wecom.CredentialFromEnv()
	require.ErrorContains(t, err, "WECOM_SECRET")
	t.Setenv("WECOM_SECRET", "s3cr3t")
	got, err := wecom.CredentialFromEnv()
	require.NoError(t, err)
	assert.Equal(t, wecom.Credential{CorpID: "ww1", Secret: "s3cr3t"}, got)
}

func TestBackgroundLeavesRoomForOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &peer{}
		op := opRead
		op.Limits = []wecom.Limit{{N: 100, Per: time.Minute}}
		c := p.client(t)
		bulk := c.Background()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			for call(ctx, bulk, op) == nil {
			}
		}()
		synctest.Wait() // the job has used its share and waits
		assert.Equal(t, 90, p.count(op.Path))

		start := time.Now()
		require.NoError(t, call(t.Context(), c, op))
		assert.Zero(t, time.Since(start), "the interactive call goes at once")
		stop()
		<-done
	})
}

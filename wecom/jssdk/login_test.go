package jssdk_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/jssdk"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const back = "https://crm.example.com/back?from=menu"

func TestLinksAreThoseOfThePages(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	pages := newPages(t, srv)

	oauth, err := pages.AuthorizeURL(jssdk.AuthorizeURLRequest{RedirectURI: back, State: "Ab1"})
	require.NoError(t, err)
	assert.Equal(t, "https://open.weixin.qq.com/connect/oauth2/authorize?appid="+srv.Credential().CorpID+
		"&redirect_uri=https%3A%2F%2Fcrm.example.com%2Fback%3Ffrom%3Dmenu&response_type=code&scope=snsapi_base&state=Ab1&agentid=1000002#wechat_redirect", oauth)

	web, err := pages.LoginURL(jssdk.LoginURLRequest{RedirectURI: back, State: "Ab1", Lang: jssdk.LangEnglish})
	require.NoError(t, err)
	assert.Equal(t, "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid="+srv.Credential().CorpID+
		"&agentid=1000002&redirect_uri=https%3A%2F%2Fcrm.example.com%2Fback%3Ffrom%3Dmenu&state=Ab1&lang=en", web)
}

func TestLongestState(t *testing.T) {
	t.Parallel()
	pages := newPages(t, wecomtest.New(t))
	link, err := pages.LoginURL(jssdk.LoginURLRequest{RedirectURI: back, State: strings.Repeat("a", 128)})
	require.NoError(t, err)
	assert.Contains(t, link, "&state="+strings.Repeat("a", 128))
}

func TestLinksThatCannotWork(t *testing.T) {
	t.Parallel()
	pages := newPages(t, wecomtest.New(t))
	for _, tt := range []struct{ name, redirect, state, want string }{
		{"no address", "", "a", "RedirectURI"},
		{"a path", "/back", "a", "RedirectURI"},
		{"a script", "javascript:alert(1)", "a", "RedirectURI"},
		{"long state", back, strings.Repeat("a", 129), "129 bytes"},
		{"dash in the state", back, "a-b", `'-'`},
		{"umlaut in the state", back, "ä", "a-zA-Z0-9"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := pages.AuthorizeURL(jssdk.AuthorizeURLRequest{RedirectURI: tt.redirect, State: tt.state})
			require.ErrorContains(t, err, tt.want)
			_, err = pages.LoginURL(jssdk.LoginURLRequest{RedirectURI: tt.redirect, State: tt.state})
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestMemberLogsIn(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	pages := newPages(t, srv)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice", Gender: 2, Mobile: "13800000001"})
	link, err := pages.AuthorizeURL(jssdk.AuthorizeURLRequest{RedirectURI: back, Scope: jssdk.ScopePrivateInfo})
	require.NoError(t, err)

	user, err := pages.GetUserInfo(t.Context(), codeIn(t, srv.Act().Authorize(alice, link)))
	require.NoError(t, err)
	assert.Equal(t, alice, user.UserID)
	detail, err := pages.GetUserDetail(t.Context(), user.UserTicket)
	require.NoError(t, err)
	assert.Equal(t, jssdk.GenderFemale, detail.Gender)
	assert.Equal(t, "13800000001", detail.Mobile)

	srv.Clock().Advance(30 * time.Minute)
	_, err = pages.GetUserDetail(t.Context(), user.UserTicket)
	require.ErrorIs(t, err, wecom.ErrInvalidToken)
	assert.True(t, wecom.IsCode(err, wecom.CodeUserTicketExpired))
}

func TestMemberLogsInOnTheWeb(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	pages := newPages(t, srv)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	link, err := pages.LoginURL(jssdk.LoginURLRequest{RedirectURI: back})
	require.NoError(t, err)

	user, err := pages.GetUserInfo(t.Context(), codeIn(t, srv.Act().Authorize(alice, link)))

	require.NoError(t, err)
	assert.Equal(t, &jssdk.UserInfo{UserID: alice}, user)
}

func TestCustomerLogsIn(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	pages := newPages(t, srv)
	zoe := srv.AddCustomer(srv.AddMember(wecomtest.Member{Name: "Alice"}), wecomtest.Customer{Name: "Zoe"})
	link, err := pages.AuthorizeURL(jssdk.AuthorizeURLRequest{RedirectURI: back})
	require.NoError(t, err)

	user, err := pages.GetUserInfo(t.Context(), codeIn(t, srv.Act().Authorize(zoe, link)))

	require.NoError(t, err)
	assert.Empty(t, user.UserID)
	assert.Equal(t, zoe, user.ExternalUserID)
	assert.NotEmpty(t, user.OpenID)
}

func TestCodeServesOnce(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	pages := newPages(t, srv)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	link, err := pages.AuthorizeURL(jssdk.AuthorizeURLRequest{RedirectURI: back})
	require.NoError(t, err)
	code := codeIn(t, srv.Act().Authorize(alice, link))
	_, err = pages.GetUserInfo(t.Context(), code)
	require.NoError(t, err)

	_, err = pages.GetUserInfo(t.Context(), code)

	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidOAuthCode))
	assert.Equal(t, 2, srv.Calls().Op("auth/getuserinfo").Len(), "no replay: another token would not help")
}

func TestSecondVerification(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	pages := newPages(t, srv)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	link, err := pages.AuthorizeURL(jssdk.AuthorizeURLRequest{RedirectURI: back})
	require.NoError(t, err)
	code := codeIn(t, srv.Act().VerifyAgain(alice, link))
	require.True(t, srv.Member(alice).Locked)

	info, err := pages.GetTFAInfo(t.Context(), code)
	require.NoError(t, err)
	assert.Equal(t, alice, info.UserID)
	require.NoError(t, pages.TFASucc(t.Context(), info.UserID, info.TFACode))

	assert.False(t, srv.Member(alice).Locked)
	err = pages.TFASucc(t.Context(), info.UserID, info.TFACode)
	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidTFACode))
}

// A reply that is lost may have used the code up: to ask again would say that
// the code is wrong.
func TestCodesAreNotSentTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		client, err := wecom.New(wecom.Credential{CorpID: "ww1"}, wecom.WithTokenSource(aToken{}),
			wecom.WithHTTPClient(&http.Client{Transport: transport(func(*http.Request) (*http.Response, error) {
				sent++
				return nil, io.ErrUnexpectedEOF
			})}))
		require.NoError(t, err)
		pages, err := jssdk.New(client, 1000002)
		require.NoError(t, err)

		_, err = pages.GetUserInfo(t.Context(), "c0de")
		require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
		_, err = pages.GetTFAInfo(t.Context(), "c0de")
		require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
		require.ErrorIs(t, pages.TFASucc(t.Context(), "alice", "c0de"), wecom.ErrOutcomeUnknown)

		assert.Equal(t, 3, sent)
	})
}

// At most twenty of these calls run at once.
func TestSecondVerificationOfAMorning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, most := map[string]int{}, map[string]int{}
		client, err := wecom.New(wecom.Credential{CorpID: "ww1"}, wecom.WithTokenSource(aToken{}),
			wecom.WithHTTPClient(&http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				count := func(n int) {
					mu.Lock()
					defer mu.Unlock()
					now[r.URL.Path] += n
					most[r.URL.Path] = max(most[r.URL.Path], now[r.URL.Path])
				}
				count(1)
				defer count(-1)
				time.Sleep(time.Second)
				return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"errcode":0}`))}, nil
			})}))
		require.NoError(t, err)
		pages, err := jssdk.New(client, 1000002)
		require.NoError(t, err)
		var members sync.WaitGroup
		for range 50 {
			members.Go(func() {
				_, err := pages.GetTFAInfo(t.Context(), "c0de")
				assert.NoError(t, err)
				assert.NoError(t, pages.TFASucc(t.Context(), "alice", "c0de"))
			})
		}
		members.Wait()
		assert.Equal(t, map[string]int{"/cgi-bin/auth/get_tfa_info": 20, "/cgi-bin/user/tfa_succ": 20}, most)
	})
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// What proves who somebody is shows in no error, log or printed value.
func TestLoginsShowNowhere(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	logger := slog.New(slog.NewJSONHandler(&shown, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client, err := wecom.New(wecom.Credential{CorpID: "ww1"}, wecom.WithTokenSource(aToken{}), wecom.WithLogger(logger),
		wecom.WithHTTPClient(&http.Client{Transport: echo{}}))
	require.NoError(t, err)
	pages, err := jssdk.New(client, 1000002)
	require.NoError(t, err)
	show := func(v any) {
		fmt.Fprintf(&shown, "%v %+v %#v %s %q\n", v, v, v, v, v)
		logger.Info("shown", "v", v)
	}

	_, err = pages.GetUserInfo(t.Context(), "s3cr3t-code")
	show(err)
	_, err = pages.GetUserDetail(t.Context(), "s3cr3t-ticket")
	show(err)
	_, err = pages.GetTFAInfo(t.Context(), "s3cr3t-code")
	show(err)
	show(pages.TFASucc(t.Context(), "alice", "s3cr3t-code"))
	user := jssdk.UserInfo{UserID: "alice", UserTicket: "s3cr3t", UserDocTicket: "s3cr3t"}
	show(user)
	show(&user)
	fmt.Fprintf(&shown, "%+v %#v\n", struct{ Who jssdk.UserInfo }{user}, []jssdk.UserInfo{user})
	show(jssdk.TFAInfo{UserID: "alice", TFACode: "s3cr3t"})

	assert.Contains(t, shown.String(), "alice")
	assert.Contains(t, shown.String(), "40029")
	assert.NotContains(t, shown.String(), "s3cr3t")
}

type aToken struct{}

func (aToken) Token(context.Context) (wecom.Token, error) {
	return wecom.Token{Value: "s3cr3t-token"}, nil
}
func (aToken) Invalidate(context.Context, string) {}

// echo refuses every call and repeats it in the errmsg.
type echo struct{}

func (echo) RoundTrip(r *http.Request) (*http.Response, error) {
	text := r.URL.String() + " " + fmt.Sprint(r.URL.Query())
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		text += string(body)
	}
	reply := fmt.Sprintf(`{"errcode":40029,"errmsg":%q}`, text)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(reply))}, nil
}

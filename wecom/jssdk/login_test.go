package jssdk_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
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

package jssdk_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/wecomkit/wecom-go/wecom/jssdk"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A page in WeCom learns who opened it: it sends the browser to WeCom, which
// sends it back with a code, and goes on to where it was.
func Example_login() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	alice := srv.AddMember(wecomtest.Member{UserID: "alice"})

	pages, err := jssdk.New(srv.NewClient(), srv.App().AgentID)
	if err != nil {
		fmt.Println(err)
		return
	}
	guard, err := jssdk.NewGuard(jssdk.GuardConfig{Key: []byte("32 random bytes from your config")})
	if err != nil {
		fmt.Println(err)
		return
	}
	login := func(w http.ResponseWriter, r *http.Request) {
		state, err := guard.Begin(w, r, "/customers?page=2")
		if err != nil {
			http.Error(w, "no such page", http.StatusBadRequest)
			return
		}
		link, err := pages.AuthorizeURL(jssdk.AuthorizeURLRequest{RedirectURI: "https://crm.example.com/back", State: state})
		if err != nil {
			http.Error(w, "login is out of order", http.StatusInternalServerError)
			return
		}
		http.Redirect(w, r, link, http.StatusFound)
	}
	back := func(w http.ResponseWriter, r *http.Request) {
		code, target, err := guard.Finish(w, r)
		if err != nil {
			http.Error(w, "please log in again", http.StatusForbidden)
			return
		}
		user, err := pages.GetUserInfo(r.Context(), code)
		if err != nil {
			http.Error(w, "please log in again", http.StatusForbidden)
			return
		}
		fmt.Println("hello", user.UserID) // begin a session of your own here
		http.Redirect(w, r, target, http.StatusFound)
	}

	// What the browser and WeCom do.
	left := httptest.NewRecorder()
	login(left, httptest.NewRequest(http.MethodGet, "/login", nil))
	link := left.Result().Header.Get("Location")
	r := httptest.NewRequest(http.MethodGet, srv.Act().Authorize(alice, link), nil)
	for _, c := range left.Result().Cookies() {
		r.AddCookie(c)
	}
	came := httptest.NewRecorder()
	back(came, r)
	fmt.Println("on to", came.Result().Header.Get("Location"))

	// Output:
	// hello alice
	// on to /customers?page=2
}

package jssdk_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/jssdk"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// The page's getAgentConfigSignature fetches /sign?url=…: the server signs its
// own pages and no others.
func Example_sign() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	pages, err := jssdk.New(srv.NewClient(), srv.App().AgentID)
	if err != nil {
		fmt.Println(err)
		return
	}
	sign := func(w http.ResponseWriter, r *http.Request) {
		page := r.FormValue("url")
		if !strings.HasPrefix(page, "https://crm.example.com/") {
			http.Error(w, "not our page", http.StatusForbidden)
			return
		}
		signature, err := pages.SignAgentConfig(r.Context(), page)
		if err != nil {
			http.Error(w, "try again", http.StatusServiceUnavailable)
			return
		}
		if err := json.NewEncoder(w).Encode(signature); err != nil {
			fmt.Println(err)
		}
	}

	const page = "https://crm.example.com/side?from=chat"
	w := httptest.NewRecorder()
	sign(w, httptest.NewRequest(http.MethodGet, "/sign?url="+url.QueryEscape(page), nil))

	var got jssdk.AgentConfigSignature
	if err := json.NewDecoder(w.Body).Decode(&got); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the client says:", srv.CheckPageSignature(wecomtest.PageSignature{
		AgentID: got.AgentID, URL: page, NonceStr: got.NonceStr, Timestamp: got.Timestamp, Signature: got.Signature,
	}))

	// Output:
	// the client says: <nil>
}

package wecom

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// An Operation describes one endpoint: how to call it, and what limits and
// retries need to know about it. Every endpoint of this module is one
// Operation value beside its method; write your own for an endpoint that the
// module does not cover and pass it to [Do]. Method and Path are required.
//
// An Operation is never changed after it is made, so it can be shared.
type Operation struct {
	Method string // http.MethodGet or http.MethodPost
	Path   string // as on the official page: /cgi-bin/externalcontact/get
	Doc    int    // id of the official page: https://developer.work.weixin.qq.com/document/path/<Doc>

	// Read says that a repeat does no harm: after a network error the call is
	// sent again. Anything else is repeated only if it provably did not run.
	Read bool

	// Auth says which credential the call carries. The zero value is the
	// access_token of the client's credential.
	Auth Auth

	// Limits replaces the official default windows (per corp 10,000 a minute
	// and 150,000 an hour) for an endpoint that has its own.
	Limits []Limit

	// InFlight caps how many calls of one corp may run at once; 0 is no cap.
	InFlight int
}

// String returns the path.
func (o Operation) String() string { return o.Path }

// check catches what would be sent to another place than was meant, or would
// be answered with a riddle.
func (o *Operation) check() error {
	switch {
	case o.Method != http.MethodGet && o.Method != http.MethodPost:
		return fmt.Errorf("wecom: Operation %.100q: Method %.20q is neither http.MethodGet nor http.MethodPost", o.Path, o.Method)
	case !plainPath(o.Path):
		return fmt.Errorf("wecom: Operation: Path %.100q is not a path like /cgi-bin/externalcontact/get: parameters belong in the request, the host in WithBaseURL", o.Path)
	case o.Auth != AuthNone && o.Auth.param() == "":
		return fmt.Errorf("wecom: Operation %s: Auth %d is unknown", o.Path, o.Auth)
	}
	return nil
}

// plainPath reports whether path can follow a base URL as it is.
func plainPath(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.Contains(path, "//") || strings.Contains(path, "..") {
		return false
	}
	for i := range len(path) {
		switch c := path[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("/_-.~", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// Auth says which credential a call carries.
type Auth uint8

const (
	AuthAccessToken           Auth = iota // access_token, from the client's [TokenSource]
	AuthNone                              // nothing: the request is complete as it is; tokens, secrets, tickets and codes in its query are kept out of errors
	AuthSuiteAccessToken                  // suite_access_token, from a client whose [TokenSource] has those: see [AuthSource]
	AuthWebhookKey                        // key, from a client that [NewWebhook] made
	AuthProviderAccessToken               // provider_access_token, from a client whose [TokenSource] has those: see [AuthSource]
	AuthProviderAsAccessToken             // the same token, under the name access_token
	AuthResponseCode                      // response_code, out of the address that an intelligent robot got with a callback
)

// param returns the query parameter of the credential.
func (a Auth) param() string {
	switch a {
	case AuthAccessToken, AuthProviderAsAccessToken:
		return "access_token"
	case AuthSuiteAccessToken:
		return "suite_access_token"
	case AuthWebhookKey:
		return "key"
	case AuthProviderAccessToken:
		return "provider_access_token"
	case AuthResponseCode:
		return "response_code"
	default:
		return ""
	}
}

// renews reports whether the credential is replaced when WeCom refuses it.
func (a Auth) renews() bool { return a != AuthNone && a != AuthWebhookKey && a != AuthResponseCode }

// name says what the credential is.
func (a Auth) name() string {
	if a == AuthProviderAsAccessToken {
		a = AuthProviderAccessToken
	}
	return a.param()
}

// A Limit allows N calls in any window of length Per.
type Limit struct {
	N   int
	Per time.Duration
}

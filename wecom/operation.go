package wecom

import "time"

// An Operation describes one endpoint: how to call it, and what limits and
// retries need to know about it. Every endpoint of this module is one
// Operation value beside its method; write your own for an endpoint that the
// module does not cover and pass it to [Do].
//
// An Operation is never changed after it is made.
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

// Auth says which credential a call carries.
type Auth uint8

const (
	AuthAccessToken      Auth = iota // access_token, from the client's [TokenSource]
	AuthNone                         // nothing: the request is complete as it is
	AuthSuiteAccessToken             // suite_access_token, from the client's [TokenSource] if that is a [SuiteTokenSource]
)

// param returns the query parameter of the credential.
func (a Auth) param() string {
	switch a {
	case AuthAccessToken:
		return "access_token"
	case AuthSuiteAccessToken:
		return "suite_access_token"
	default:
		return ""
	}
}

// A Limit allows N calls in any window of length Per.
type Limit struct {
	N   int
	Per time.Duration
}

package wecom_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A contextTokens takes the token from the ctx of each call.
type contextTokens struct{}

type tokenKey struct{}

func (contextTokens) Token(ctx context.Context) (wecom.Token, error) {
	value, ok := ctx.Value(tokenKey{}).(string)
	if !ok {
		return wecom.Token{}, errors.New("no token in ctx")
	}
	return wecom.Token{Value: value}, nil
}

// Invalidate has nothing to drop: the next call brings its own.
func (contextTokens) Invalidate(context.Context, string) {}

// Some gateways are handed a token with each request. A TokenSource is asked
// with the ctx of the call, so it can pass that token on.
func ExampleWithTokenSource() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	ctx := context.Background()
	handed, err := srv.NewClient().Token(ctx) // somebody else fetched it
	if err != nil {
		fmt.Println(err)
		return
	}

	client, err := wecom.New(wecom.Credential{CorpID: srv.Credential().CorpID},
		append(srv.Options(), wecom.WithTokenSource(contextTokens{}))...)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(client.Check(context.WithValue(ctx, tokenKey{}, handed.Value)))
	fmt.Println(client.Check(ctx))

	// Output:
	// <nil>
	// wecom: /cgi-bin/get_api_domain_ip: no access token: no token in ctx
}

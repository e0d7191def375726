package wecom

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/wecomkit/wecom-go/internal/codec"
)

// A call is one operation on its way: encoded once, attempted until it
// succeeds or must not be tried again. Its steps, outermost first, stand one
// to a file: observe, retry, limit, token, send, decode.
type call struct {
	client *Client
	op     Operation
	out    any // what the reply is decoded into; nil if sink takes it

	query  string         // encoded, holds no credential
	secret secretText     // the part of it that does, but for the token of the client
	body   []byte         // JSON of a POST
	file   *multipartFile // the body of an upload instead
	header map[string]string
	sink   func(*http.Response, *sendContext) error // takes the reply instead of out

	refreshes int  // replays with another token
	shared    bool // the token of the latest attempt came from a store
	backoffs  int  // pauses taken
	spent     bool // would have been tried again if file could be read again
}

func (k *call) encode(req any) error {
	if k.op.Method == http.MethodGet {
		q, err := codec.Query(req)
		if err != nil {
			return fmt.Errorf("wecom: %s: request: %w", k.op.Path, err)
		}
		k.query, k.secret = splitQuery(q)
		return nil
	}
	b, err := codec.AppendJSON(nil, req)
	if err != nil {
		return fmt.Errorf("wecom: %s: request: %w", k.op.Path, err)
	}
	if b[0] != '{' {
		return fmt.Errorf("wecom: %s: request: %T does not make one, want a JSON object (of bytes, json.RawMessage does)", k.op.Path, req)
	}
	k.body = b
	return nil
}

// splitQuery encodes q in two parts: what may be seen, and the credentials that
// a call may bring of its own, such as a login's code.
func splitQuery(q url.Values) (query string, credentials secretText) {
	hidden := url.Values{}
	for name, values := range q {
		if secretName(name) {
			hidden[name] = values
			delete(q, name)
		}
	}
	if len(hidden) > 0 {
		credentials = secret(hidden.Encode())
	}
	return q.Encode(), credentials
}

// attempt makes one try and records it in a.
func (k *call) attempt(ctx context.Context, a *Attempt) error {
	release, err := k.admit(ctx, a)
	if err != nil {
		a.unsent = true
		return err
	}
	defer release()

	tok, err := k.token(ctx, a)
	if err != nil {
		a.unsent = true
		return err
	}
	k.shared = tok.shared
	err = k.send(ctx, a, tok)
	if e, ok := err.(*Error); ok { //nolint:errorlint // made by decode, not wrapped
		k.refused(ctx, tok, e)
	}
	return err
}

// refused tells the limiter or the token source what WeCom said of them.
func (k *call) refused(ctx context.Context, tok Token, e *Error) {
	switch {
	case e.Code == CodeAPIFreqLimit || e.Code == CodeDataAccessLimit:
		e.RetryAt = k.client.limiter.Refused(ctx, k.limitRequest())
	case e.Code.action() == actionRefresh && k.op.Auth.renews():
		k.client.source.Invalidate(ctx, tok.Value)
	}
}

func (k *call) since(start time.Time) time.Duration { return k.client.clock.Now().Sub(start) }

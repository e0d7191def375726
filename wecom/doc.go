// Package wecom calls WeCom (企业微信) as one app of one corp. It fetches and
// keeps the access token, stays below WeCom's limits, repeats what may be
// repeated, and never shows a secret. The endpoints are methods of other
// packages (contact, tag, groupchat, moment, message), which share one client:
//
//	client, err := wecom.New(wecom.Credential{CorpID: "ww…", Secret: "…"})
//	if err != nil {
//		return err
//	}
//	if err := client.Check(ctx); err != nil { // a wrong secret shows here
//		return err
//	}
//	customer, err := contact.New(client).Get(ctx, externalUserID)
//	switch {
//	case errors.Is(err, wecom.ErrNotFound):
//		// not a customer, or no longer one
//	case err != nil:
//		return err
//	}
//
// An endpoint without a method is reached with [Do]. Files are sent and
// fetched by [Client.Media].
//
// # One client for all goroutines
//
// A [Client] is immutable and safe for concurrent use. Make one per credential
// when the program starts and keep it: tokens and limits live in it. Several
// clients share a token through [WithTokenStore], limits through [WithLimiter],
// and connections through [WithHTTPClient]. Every method obeys its ctx.
//
// # Errors
//
// A refusal is an [*Error]: branch on its class with [errors.Is]
// ([ErrNotFound], [ErrForbidden], [ErrRateLimited] …) or on single codes with
// [IsCode]. A call whose reply was lost is a [*TransportError]; it matches
// [ErrOutcomeUnknown] if it was a write that may have run. Both say in their
// text what to do, and hold no secret. Refused tokens, a busy server and lost
// reads are retried before an error is returned; see [Retry].
//
// # Limits
//
// Calls wait for WeCom's limits on the client, so that WeCom never has to
// refuse one; see [LocalLimiter]. Bulk work goes through [Client.Background],
// so that nobody waits behind it. Limits and the token cache work per process:
// several processes share tokens through a [TokenStore] that reaches them all.
//
// # Tests
//
// Package wecomtest simulates WeCom, in memory or over the network:
//
//	srv := wecomtest.New(t)
//	client := srv.NewClient()
package wecom

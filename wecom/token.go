package wecom

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// A Token is an access_token and when it ends.
//
// Printing a Token, with any verb, never shows its value, but for the gap that
// [Credential] tells of. A [TokenStore] reads the fields.
type Token struct {
	Value     string
	ExpiresAt time.Time

	shared bool // it came from a TokenStore, by way of a cache
}

// String never shows the value.
func (t Token) String() string {
	if t.Value == "" {
		return "wecom.Token{}"
	}
	return "wecom.Token{redacted, expires " + t.ExpiresAt.UTC().Format(time.RFC3339) + "}"
}

// Format never shows the value, whatever the verb.
func (t Token) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(t.String())) }

// LogValue never shows the value.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalJSON fails, so that no dump of a larger value shows the token and no
// store keeps half of it by mistake: write the fields.
func (t Token) MarshalJSON() ([]byte, error) { return nil, errMarshalToken }

// MarshalText fails, as MarshalJSON does.
func (t Token) MarshalText() ([]byte, error) { return nil, errMarshalToken }

var errMarshalToken = errors.New("wecom: a Token is not marshalled as a whole: write its fields Value and ExpiresAt")

// A TokenSource supplies the access_token of one credential. The default
// fetches it from gettoken and caches it; supply your own with
// [WithTokenSource] to take tokens from a central service.
// Implementations are safe for concurrent use.
type TokenSource interface {
	// Token returns a token that is valid now.
	Token(ctx context.Context) (Token, error)
	// Invalidate says that the server refused this value. It is dropped only
	// if it is still the current one.
	Invalidate(ctx context.Context, stale string)
}

// An AuthSource is a [TokenSource] that supplies something else than
// access_tokens: its clients call the operations that want that and no others.
// A call with the wrong kind of token fails before it is sent.
type AuthSource interface {
	TokenSource
	// Auth says what the tokens are: [AuthSuiteAccessToken] or [AuthProviderAccessToken].
	Auth() Auth
}

// A TokenStore shares tokens between processes. If it also implements
// [Locker], one process fetches for all. A store that fails or hangs costs a
// log line and some extra fetches, never a call. Its errors are logged: keep
// tokens out of them.
//
// Implementations are safe for concurrent use and pass tokenstoretest.Run.
type TokenStore interface {
	// Get returns the token under key, or the zero Token if there is none.
	Get(ctx context.Context, key string) (Token, error)
	// Set keeps tok under key until tok.ExpiresAt. Keys hold no secret.
	Set(ctx context.Context, key string, tok Token) error
}

// A Locker is a [TokenStore] that can also make one process wait for another.
type Locker interface {
	// Lock waits until it holds the lock on key or ctx ends. The lock frees
	// itself after ttl, in case its holder died. unlock is called once.
	Lock(ctx context.Context, key string, ttl time.Duration) (unlock func(), err error)
}

// token waits for the credential of the attempt.
func (k *call) token(ctx context.Context, a *Attempt) (Token, error) {
	if k.op.Auth == AuthNone {
		return Token{}, nil
	}
	has := AuthAccessToken
	if source, ok := k.client.source.(AuthSource); ok {
		has = source.Auth()
	}
	if has.name() != k.op.Auth.name() {
		return Token{}, fmt.Errorf("wecom: %s: needs %s, and the client has %s", k.op.Path, k.op.Auth.name(), has.name())
	}
	start := k.client.clock.Now()
	tok, err := k.client.source.Token(ctx)
	a.TokenWait = k.since(start)
	if err == nil && tok.Value == "" {
		err = errors.New("the token source returned an empty one")
	}
	if err != nil {
		return Token{}, fmt.Errorf("wecom: %s: no %s: %w", k.op.Path, strings.ReplaceAll(k.op.Auth.name(), "_", " "), err)
	}
	return tok, nil
}

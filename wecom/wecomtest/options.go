package wecomtest

import (
	"strings"
	"time"
)

// An Option changes how [New] and [NewServer] build a server.
type Option func(*settings)

type settings struct {
	lenient         bool
	sameToken       bool
	wrongSecrets    int
	tokenCalls      int
	tokenCallsPer   time.Duration
	redeliverErrors bool
	logBytes        int
	deliveryBytes   int
	welcomeDelay    time.Duration
	officialLimits  bool
	cursorLife      time.Duration
	emptyPages      bool
	streamRefresh   time.Duration
	url             string
	seeds           []seedFunc
}

func defaultSettings() settings {
	return settings{wrongSecrets: 2000, logBytes: 64 << 20, deliveryBytes: 64 << 20, cursorLife: oneDay, streamRefresh: time.Second}
}

// WithLenient lets unknown fields, unknown endpoints and unused faults pass
// without failing the test. Errcodes stay as they are.
func WithLenient() Option { return func(s *settings) { s.lenient = true } }

// WithSameToken makes gettoken answer with the same token as long as it is
// valid, as the official page once said; by default each call gets its own.
// Either way an older token lives on until it expires.
func WithSameToken() Option { return func(s *settings) { s.sameToken = true } }

// WithWrongSecretLimit bans an address from gettoken for an hour after more
// than n refused calls within an hour. The default is 2,000, a figure that
// WeCom's staff gave.
func WithWrongSecretLimit(n int) Option { return func(s *settings) { s.wrongSecrets = n } }

// WithTokenCallLimit answers 45009 to gettoken when one app asks more than n
// times in per, until per has passed. WeCom has such a limit and does not say
// what it is; the default is none.
func WithTokenCallLimit(n int, per time.Duration) Option {
	return func(s *settings) { s.tokenCalls, s.tokenCallsPer = n, per }
}

// WithRedeliverOnError also delivers a callback again after an answer that is
// not 2xx. The official page promises it only after a failed connection and a
// time-out.
func WithRedeliverOnError() Option { return func(s *settings) { s.redeliverErrors = true } }

// WithCallLog lets the call log take about n bytes of memory, in which it keeps
// the latest calls; the default is 64 MiB.
func WithCallLog(n int) Option { return func(s *settings) { s.logBytes = n } }

// WithDeliveryLog lets the log of deliveries take about n bytes of memory; the
// default is 64 MiB. It keeps the latest deliveries, with the numbers that they
// had, and all that are under way. [Server.Delivery] returns the zero Delivery for
// one that was dropped, and [Server.Redeliver] an error.
func WithDeliveryLog(n int) Option { return func(s *settings) { s.deliveryBytes = n } }

// WithWelcomeDelay lets a welcome message take d until the customer has it.
// So long other apps are answered 41096, which they may try again, instead of
// 41051. The default is no time; WeCom does not say how long it takes.
func WithWelcomeDelay(d time.Duration) Option { return func(s *settings) { s.welcomeDelay = d } }

// WithCursorLife lets paging cursors expire after d, as WeCom's do at a time
// that it does not tell. The default is a day; an expired cursor is answered
// 50100.
func WithCursorLife(d time.Duration) Option { return func(s *settings) { s.cursorLife = d } }

// WithEmptyPages puts an empty page with a cursor before each page, in every
// list with cursors. WeCom says of kf/sync_msg that it does that, and of other
// lists does not say that it does not: only a missing cursor is the end.
func WithEmptyPages() Option { return func(s *settings) { s.emptyPages = true } }

// WithStreamRefresh asks an intelligent robot for the rest of a stream every d.
// WeCom does not say how often it asks; the default is a second.
func WithStreamRefresh(d time.Duration) Option { return func(s *settings) { s.streamRefresh = d } }

// WithURL makes [Server.URL] tell an address at which [Server.Handler] is
// mounted, for a server that a program of its own listens for.
func WithURL(url string) Option {
	return func(s *settings) { s.url = strings.TrimSuffix(url, "/") }
}

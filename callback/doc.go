// Package callback receives what WeCom reports: it verifies, decrypts, parses
// and dispatches the callbacks of an app.
//
//	h, err := callback.NewHandler(callback.Keys{
//		Token:          os.Getenv("WECOM_CALLBACK_TOKEN"),
//		EncodingAESKey: os.Getenv("WECOM_CALLBACK_AES_KEY"),
//		ReceiveID:      os.Getenv("WECOM_CORP_ID"),
//	})
//	if err != nil {
//		return err
//	}
//	callback.On(h, func(ctx context.Context, e *callback.AddExternalContact) error {
//		return greet(ctx, e.WelcomeCode)
//	})
//	http.Handle("/wecom/callback", h)
//
// That handler passes the check which the console makes when the URL is saved,
// accepts XML and JSON, refuses whatever is not signed by WeCom without saying
// why, drops repetitions and survives a panic.
//
// # Three layers
//
// Each can be used without the next: [Codec] verifies, decrypts and encrypts
// (with [ReadEnvelope] before it in a framework that has no [net/http]
// handlers), [Parse] makes an [Event] of the plaintext, and [Handler] does it
// all and calls your code.
//
// # Events
//
// Every event is a pointer to a struct that is named after WeCom's word for
// it, with all documented fields. An event without a type yet is an
// [*Unknown]. [Header] has what all share, and [Header.Raw] the whole text.
// The same change has another shape for an app of the corp than for a
// third-party app; it is one Go type for both.
//
// WeCom does not promise to deliver every event, nor to deliver them in order,
// and what you change through the API causes none. Compare with the API from
// time to time. The members of a customer group have versions, by which
// [ChatVersions] finds what is missing.
//
// # Five seconds: persist, answer, then work
//
// WeCom hangs up after five seconds and delivers the event again, three more
// times at most. An HTTP error is an answer to it, and no reason to deliver
// again. There are four ways to live with that:
//
//   - Use [WithInbox]: the event is stored, acknowledged, and handled
//     afterwards. Nothing is lost if the process dies; the next one goes on.
//     An error that wraps [ErrRedeliver] has the event tried again later.
//   - Use [WithWorkers] alone: the event is acknowledged, and handled in this
//     process afterwards. Call [Handler.Close] before the process ends. What
//     is lost if it crashes is what it had in hand.
//   - Do it all in the handler, if that takes a second at most.
//   - Let the handler store [Header.Raw] in a queue or table of your own, and
//     work from there with [Parse]. If storing fails, return an error that
//     wraps [ErrRedeliver].
//
// With an inbox a process begins and ends like this:
//
//	inbox, err := callback.OpenFileInbox("/var/lib/shop/inbox", nil)
//	…
//	h, err := callback.NewHandler(keys, callback.WithInbox(inbox))
//	…
//	callback.On(h, …)
//	h.Resume(ctx) // what the last process left unfinished
//	…             // serve
//	err = errors.Join(srv.Shutdown(ctx), h.Close(ctx), inbox.Close())
//
// The inbox holds what WeCom said, in plain text: personal data and, of a
// third-party app, tickets and codes. Give it a directory of its own, on a disk
// that outlives the process.
//
// A welcome code is good for twenty seconds from the event on, so a greeting
// does not go through a slow queue.
//
// # Repetitions
//
// An event is handled once: a repetition is acknowledged and dropped. Messages,
// and all that robots get, are known by their id, and all else by its whole
// text. While an event is in hand and not acknowledged, a repetition waits for
// how that ends; when the handler fails, the next delivery is handled again.
//
// What is known is kept in this process unless [WithDedupe] has a store that
// several share. They too wait for each other: what one had in hand when it
// died, another handles when WeCom delivers it again. That is a strong filter
// and no guarantee, so handlers still do well to be idempotent. An
// inbox knows its events by the same keys, also after a crash.
//
// # Concurrency
//
// Codec and Handler are safe for concurrent use. Without workers, handlers run
// on the goroutines of their requests, all at once. With [WithWorkers] the
// events of one customer or group are handled one after the other, in the order
// they arrived in, and different ones side by side; [WithOrder] draws the line
// elsewhere. That is the order of arrival in this process: an event that WeCom
// had to deliver again comes after those that overtook it. A store of
// [WithDedupe] is asked before: events that come within the time it takes may
// change places.
//
// A customer whose events are slow keeps one worker busy and holds no more
// places in the queue than are left free, at most half. A customer with
// nothing in hand costs nothing. No goroutine runs except workers that have
// something to do, the functions of [RobotStreams] and, with an inbox, the one
// that waits for its events.
//
// # Logs, traces, metrics
//
// [WithMiddleware] runs around the handlers: for spans, and for what they all
// need in their contexts. [WithObserver] is told what became of each request,
// also of those that no handler saw. [WithLogger] writes what somebody should
// look at, and [Handler.Stats] is for a health check.
//
// # Keys
//
// To rotate keys, start with both the new and the old ones ([WithKeys]), change
// them in the console, and drop the old ones a day later. Keys never show in
// print, logs or errors.
//
// # Third-party apps
//
// With [Keys.SuiteID] one handler serves every corp that installed the app,
// and several apps if it has the keys of each: the signature tells them apart.
// [TenantFrom] says in a handler which app and which corp an event is for.
//
//	h, err := callback.NewHandler(callback.Keys{Token: …, EncodingAESKey: …, SuiteID: suiteID})
//	callback.On(h, func(ctx context.Context, e *callback.AddExternalContact) error {
//		tenant, _ := callback.TenantFrom(ctx)
//		return clientOf(tenant.CorpID).greet(ctx, e.WelcomeCode)
//	})
//
// # Replies
//
// A handler registered by [OnReply] can answer a member at once, where WeCom
// takes an answer:
//
//	callback.OnReply(h, func(ctx context.Context, e *callback.TextMessage) (callback.Reply, error) {
//		return callback.TextReply{Content: "We'll be with you at nine."}, nil
//	})
//
// # Intelligent robots
//
// An intelligent robot (智能机器人) has a URL and keys of its own, and a corp's own
// robot no id: its ReceiveID is [NoReceiveID]. Its callbacks and answers are
// JSON, and its events are registered like all others: [RobotTextMessage] and its
// kin, [RobotEnterChat], [RobotTemplateCardEvent], [RobotFeedbackEvent]. Of the
// Header they fill FromUserName, MsgType, Event and CreateTime.
//
// A message is answered with text, which may grow for six minutes while WeCom
// asks how it goes on, or with a card. [RobotStreams] lets a language model
// write the text:
//
//	streams := callback.NewRobotStreams(h, 100, nil)
//	callback.OnReply(h, func(ctx context.Context, m *callback.RobotTextMessage) (callback.Reply, error) {
//		return streams.Start(ctx, func(ctx context.Context, w *callback.RobotStreamWriter) error {
//			return model.Answer(ctx, m.Text.Content, w)
//		})
//	})
//
// WeCom drops an answer that it does not like without a word. So what its pages
// forbid is an error here, which is logged, and nothing is sent.
//
// [RobotResponder] replies once more, up to an hour later. [Keys.DecryptFile]
// opens the pictures, files and videos that users send.
//
// # Replays
//
// A request that somebody recorded opens for five minutes
// ([WithTimestampTolerance]) and is known as a repetition for longer than that.
//
// # Behind a proxy
//
// Give the server a ReadHeaderTimeout, and a WriteTimeout of more than six
// seconds: an event that cannot be acknowledged is held until WeCom has hung up,
// because a proxy would turn a dropped connection into an answer. So Shutdown
// may take six seconds, too.
//
// # Testing
//
// Post an event to the handler with [net/http/httptest]: [Codec.Encrypt] makes
// the [Envelope], whose Query and XML are the request. The simulator of package
// wecomtest sends callbacks for what its customers and members do; where a test
// moves its clock, the handler needs that clock ([WithClock]) to take what is
// signed with it.
package callback

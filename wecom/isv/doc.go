// Package isv is for service providers (服务商): third-party apps (第三方应用) and
// apps developed for others (代开发应用) that many corps authorise.
//
//	suite, err := isv.NewSuite(isv.SuiteCredential{SuiteID: "ww…", Secret: "…"},
//		isv.WithTenants(store), isv.WithTickets(store))
//	…
//	h, err := callback.NewHandler(callback.Keys{Token: "…", EncodingAESKey: "…", SuiteID: "ww…"},
//		callback.WithInbox(inbox))
//	err = isv.Mount(h, isv.Route{Suite: suite, Authorized: welcome, Cancelled: forget})
//	http.Handle("/wecom/suite", h)
//	…
//	client, err := suite.Client(ctx, corpID)
//	customer, err := contact.New(client).Get(ctx, externalUserID)
//
// # One client for each corp
//
// [Suite.Client] returns an ordinary [wecom.Client]: every package of this
// module works on it. Its tokens come from the permanent code that the corp gave,
// one for the corp however many goroutines ask. Clients of one suite share
// connections and a limiter, which counts for each corp and for the address, as
// WeCom does. Ask for a client with each request: that costs one look into the
// [TenantStore], and a corp that has cancelled is [ErrNotAuthorized] from then
// on. A tenant that is not calling takes about 2 kB, no goroutine and no timer.
//
// What needs the suite's own token is a method of [Suite], what needs the
// provider's is a method of [Provider]: tokens of three kinds cannot be mixed
// up. [Suite.Self] and [Provider.Self] are their clients for [wecom.Do].
//
// # How a corp comes, changes and leaves
//
// WeCom pushes a suite_ticket every ten minutes; without one there are no tokens,
// and calls fail with [ErrNoTicket]. [Mount] takes the tickets, keeps the newest,
// exchanges the auth code of each corp that authorises the suite for its permanent
// code, and forgets corps that cancel. Auth codes work once, and come more than
// once: by a repeated callback, or with the browser of the admin. A process
// exchanges each only once, and tries again to store what it got.
//
// WeCom wants these notices answered within a second: give the handler an inbox
// ([callback.WithInbox]), which tries again what could not be done, and loses
// nothing if the process dies. With workers alone ([callback.WithWorkers]) a corp
// that authorises while WeCom does not answer, or before the first ticket, must
// do so again.
//
// From the provider's own page, [Suite.InstallURL] leads to WeCom's, and
// [Suite.Authorize] takes the code that comes back.
//
// # Delegated apps
//
// The template of delegated apps is a suite [WithAppTemplate]. The permanent code
// of a corp is the secret of the app there, and reset_permanent_code events bring
// new ones; otherwise everything is the same.
//
// # Licenses, and corps downstream
//
// Calls to most APIs need that the members concerned hold licenses (接口调用许可):
// [Provider.License] buys them, gives them to members and shares them.
//
// A [CorpGroup] finds the corps with which a corp shares an app (上下游, 企业互联),
// and has an ordinary client for each.
//
// # Stores
//
// Tickets and tenants live where a [TicketStore] and a [TenantStore] keep them;
// package redisstore has both, isvtest checks your own. Permanent codes are
// credentials: [Sealed] encrypts them. Many processes serve one suite with the
// same stores and a shared [WithTokenStore].
//
// # Concurrency
//
// A Suite and a Provider are safe for concurrent use; make one of each and keep
// it.
//
// # Errors
//
// A refusal by WeCom is a [*wecom.Error], as everywhere. [ErrNotAuthorized] and
// [ErrNoTicket] are this package's. No error, log line or printed value shows a
// secret, a ticket, a code or a token.
//
// # Testing
//
// Package wecomtest plays WeCom for providers, too: AddSuite, PushTicket, AddCorp,
// and Act().AuthorizeSuite for an admin who installs the app.
package isv

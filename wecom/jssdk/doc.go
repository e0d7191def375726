// Package jssdk is for web pages that run inside WeCom, and for websites that
// people log in to with it: signatures for the JS-SDK, logins, and the second
// verification (二次验证).
//
//	client, err := wecom.New(wecom.Credential{CorpID: "ww…", Secret: "…"})
//	…
//	pages, err := jssdk.New(client, 1000002) // the app's agentid
//	…
//	signature, err := pages.SignAgentConfig(ctx, pageURL) // answers getAgentConfigSignature
//
// # Signatures
//
// A page calls ww.register, and the JS-SDK asks it for signatures of its
// address by two functions. getConfigSignature wants what [Service.SignConfig]
// returns, which makes the page one of the corp; getAgentConfigSignature wants
// what [Service.SignAgentConfig] returns, which makes it one of the app. The
// app may do all that the corp may: a page that knows its customer
// (ww.getCurExternalContact) needs the second, and the first only in clients
// before 3.0.24.
//
//	ww.register({
//	  corpId: 'ww…', agentId: 1000002, jsApiList: ['getCurExternalContact'],
//	  getAgentConfigSignature: async url => (await fetch('/sign?url=' + encodeURIComponent(url))).json(),
//	})
//
// Sign for your own pages only: compare the address with your own before.
//
// The tickets behind the signatures are rare, 100 an hour for an app. A
// [Service] fetches each once, keeps it for its two hours and renews it early;
// with [WithTokenStore] all machines share one. Make one Service per app and
// corp, and keep it.
//
// # Logins
//
// [Service.AuthorizeURL] leads to the login inside of WeCom and WeChat,
// [Service.LoginURL] to the one for browsers. Both come back with a code, which
// [Service.GetUserInfo] turns into a person, once. A [Guard] sees to it that
// the browser that comes back is the one that left, and that it goes on to a
// page of yours:
//
//	func login(w http.ResponseWriter, r *http.Request) {
//		state, err := guard.Begin(w, r, "/customers")
//		…
//		link, err := pages.AuthorizeURL(jssdk.AuthorizeURLRequest{RedirectURI: "https://crm.example.com/back", State: state})
//		…
//		http.Redirect(w, r, link, http.StatusFound)
//	}
//
//	func back(w http.ResponseWriter, r *http.Request) {
//		code, target, err := guard.Finish(w, r)
//		…
//		user, err := pages.GetUserInfo(r.Context(), code)
//		…
//		http.Redirect(w, r, target, http.StatusFound)
//	}
//
// A code is a secret until it is used, as a user_ticket is: neither shows in
// the errors and logs of this module. Keep them out of yours.
//
// The logins of third-party apps are in package isv.
//
// # Concurrency
//
// A [Service] and a [Guard] are safe for concurrent use and start nothing by
// themselves.
//
// # Errors
//
// A refusal is a [*wecom.Error]. Branch on its code, such as
// wecom.IsCode(err, wecom.CodeInvalidOAuthCode), after which the login starts
// again, or on [ErrState], [ErrNoCode] and [ErrPageURL].
//
// # Testing
//
// Package wecomtest is a WeCom server for tests. Its Act().Authorize follows
// the link of a login and leads back with a code, and its CheckPageSignature
// judges signatures as the client does.
package jssdk

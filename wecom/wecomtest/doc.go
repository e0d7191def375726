// Package wecomtest is a WeCom server in memory, for tests.
//
//	srv := wecomtest.New(t)
//	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
//	zoe := srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
//	client := srv.NewClient() // a *wecom.Client that talks to srv
//
// The server keeps a corp: what one endpoint writes, another one reads, and
// [Server.Customer] and its like show it to the test. It checks each request
// against its own reading of the official pages and fails the test for what a
// real corp would swallow: unknown fields, unknown endpoints, faults that never
// struck. A failed test logs every call, without secrets. The same calls always
// give the same ids and the same bytes.
//
// A server is cheap; make one per test. It needs no port, works in a
// testing/synctest bubble, and leaves no goroutine behind. [Server.Start] adds
// a TCP address, [Server.HTTPClient] reaches it from code with a fixed host,
// and [NewServer] makes one outside of tests.
//
// # Seeds
//
//	srv := wecomtest.New(t, wecomtest.WithSeed(wecomtest.SmallShop))
//	srv := wecomtest.New(t, wecomtest.WithSeedFS(os.DirFS("testdata"), "tenant.json"))
//
// A [Seed] is a corp to begin with. [SmallShop], [Messy] and
// [TenThousandCustomers] are there; [ParseSeed] tells how one is written, and the
// JSON Schema in [SeedFiles] lets an editor help.
//
// # Faults
//
//	srv.Fault("externalcontact/remark").Where("userid", alice).Times(2).Code(-1)
//	srv.Fault("externalcontact/send_welcome_msg").Times(1).Lost() // carried out, not answered
//
// [Server.RevokeTokens] and [Server.RefuseConnections] are others. Lists come
// with more pages by [Server.PageSize] and [WithEmptyPages]. [Server.Chaos] lets
// loose a whole bad day, which a seed repeats.
//
// # Limits
//
//	srv := wecomtest.New(t, wecomtest.WithOfficialLimits())
//	srv.Limits().Set("externalcontact/get", 100, time.Minute)
//
// Calls over a limit are answered 45009 until WeCom's block ends, too many or
// colliding calls at once 45033 and 45035. There are no limits unless a test
// asks for them.
//
// # Callbacks
//
//	srv.Callback(handler) // knows srv.Keys()
//	srv.Act().DeleteMember(zoe, alice)
//	srv.WaitDeliveries(1)
//
// WeCom tells an app what people do in the client and the console, never what
// the app itself did through the API. So [Server.AddCustomer] and the methods
// of [Server.Act] send callbacks; API calls and [Server.Seed] do not. Each is
// signed, encrypted, and sent again after a failed connection or five seconds.
//
// [Server.Trigger] sends any event of the official pages by its name:
//
//	srv.Trigger("change_external_contact/del_follow_user", wecomtest.Set("UserID", alice))
//
// A third-party app hears of the same changes in a form of its own, by a
// [Callback] with a SuiteID.
//
//	srv.Deliver().Of("add_external_contact").Times(1).Duplicate()
//
// [Server.Deliver] prepares what befalls callbacks on their way: they come
// twice, late, out of order, forged, or never.
//
// Members also talk to intelligent robots: [AIBot] shows how.
//
// # Pages and logins
//
//	back := srv.Act().Authorize(alice, link) // where WeCom sends her, with code and state
//	err := srv.CheckPageSignature(wecomtest.PageSignature{…})
//
// The links of logins and the signatures of pages, which no call carries, are
// judged as WeCom and its client judge them.
//
// # Suites
//
// One server holds many corps, and what service providers make for them:
//
//	suite := srv.AddSuite(wecomtest.Suite{Name: "Greeter"})
//	srv.SetCallback(wecomtest.Callback{SuiteID: suite.SuiteID, Handler: h}) // h knows srv.SuiteKeys(suite.SuiteID)
//	other := srv.AddCorp("Other Ltd")
//	other.Act().AuthorizeSuite(suite.SuiteID, wecomtest.Authorization{}) // tells h create_auth
//
// Tickets come every ten minutes of the clock, and by [Server.PushTicket].
// Providers and their apps know corps, members and customers by ids of their
// own: [Server.OpenCorpID], [Server.OpenUserID], [Server.ProviderExternalUserID].
//
// # Time
//
// All of it is [Server.Clock]'s, also for the client: Advance lets tokens
// expire and transfers come to pass at once. Callbacks are signed with its time,
// so a test that moves it gives it to the handler, too:
// callback.WithClock(srv.Clock()).
//
// # Snapshots
//
//	srv := shop.Fork(t) // a copy of shop, for a subtest that runs in parallel
//
//	data, err := srv.Snapshot() // JSON
//	err = srv.Restore(data)     // here, or on another server
//
// A snapshot holds what the corps and their people know, what WeCom is to do
// later, the time, and no code: handlers, faults and limits belong to the test.
//
// # What it knows
//
// Every endpoint of the API is in its table, and [Server.Coverage] tells which
// have a memory; the others answer their documented shape with nothing in it.
// [Server.Handle] answers any of them as the test likes. Tokens of devices are
// not checked. Where the pages are silent the
// simulator guesses: FIDELITY.md lists what it does and every guess.
package wecomtest

// Package wecomtest is a WeCom server in memory, for tests.
//
//	srv := wecomtest.New(t)
//	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
//	client := srv.NewClient() // a *wecom.Client that talks to srv
//
// The server keeps a corp: what one endpoint writes, another one reads. It
// checks each request against its own reading of the official pages and fails
// the test for what a real corp would swallow: unknown fields, unknown
// endpoints, faults that never struck. The same calls always give the same
// ids, in the same order.
//
// # People and the API
//
// WeCom tells an app what people do in the client and the console, never what
// the app itself did through the API. So the methods that begin with Add, and
// those of [Server.Act], send callbacks; API calls and [Server.Seed] do not.
//
// # Adding a stateful endpoint
//
// Every endpoint of the spec table (spec/*.json, columns in spec/README.md)
// answers from the start; without a handler it answers its documented shape
// with nothing in it, and [Server.Coverage] says so. To give one a memory:
//
//  1. Read its official page and complete its row in spec/: limits, enums,
//     page sizes, and the day in "read".
//  2. Keep one file per resource: customers.go, tags.go, groupchats.go,
//     moments.go, masssends.go, welcome.go, appmessages.go, media.go,
//     contactways.go, transfers.go. In it, top to bottom: the public type and
//     its store, the handlers, the getters. The store is a struct, held by
//     value in corp and made in newCorp.
//  3. Write func tagHandlers() map[string]handler and add it to handlers() in
//     corp.go. A handler is handle(func(x *exchange, req someRequest) (any,
//     error)); request and reply are structs of this package, never the SDK's.
//     It runs with the corp locked and with method, token, scope and fields
//     checked, so it looks only at what the corp holds. Refuse(code, msg) is
//     an errcode; its text is WeCom's own where a sample is on record, and
//     otherwise begins with "wecomtest:".
//  4. x.corp is the corp, x.app whose token it is (x.app.sees a member), x.now
//     the time, x.file an upload, x.corp.nextID("wr") the next id,
//     x.page(n, cursor, limit) one page of n rows.
//  5. Getters on Server return copies. What people do gets a method on [Actor]
//     that changes the corp under s.mu and calls s.emit.
package wecomtest

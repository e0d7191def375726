package wecomtest

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
)

// maxBody bounds a request, as the largest documented upload does.
const maxBody = 32 << 20

// A handler answers one endpoint. It runs with the corp locked, after method,
// token, scope, body and fields were checked. What it returns is encoded
// before the lock is released, so it may point into the corp.
// A [*Refusal] as error becomes the errcode; a nil reply is a bare success.
type handler func(x *exchange) (any, error)

// handle makes a handler of a function over a request struct of its own.
func handle[Req any](f func(x *exchange, req Req) (any, error)) handler {
	return func(x *exchange) (any, error) {
		var req Req
		if err := x.decode(&req); err != nil {
			return nil, err
		}
		return f(x, req)
	}
}

// An exchange is one call being answered.
type exchange struct {
	s    *Server
	r    *http.Request
	path string    // without the prefix of the base URL
	spec *endpoint // nil if the table has no such path

	astray bool // without the path of the base URL

	now time.Time // when the call came, by the simulator's clock
	ip  string    // the caller's address
	n   int       // number of the call, from 1

	query url.Values
	token string // as the caller sent it
	body  []byte
	whole bool           // body is intact JSON
	args  map[string]any // query or body, decoded
	file  upload         // of a multipart request

	corp  *corp  // locked while a handler runs
	about string // id of the corp, if the call is about one
	app   *app   // whose token it is

	restores int       // that were made when the call was let in
	handled  bool      // a handler answers, with the corp locked
	provider *provider // whose token it is, or whose suite's
	suite    *suite    // whose token it is

	left  *int          // calls that the tightest limit leaves; nil is no limit
	fault string        // what was done to the call, for the log
	nth   []int         // which call of its operation it is to each Chaos
	delay time.Duration // that a fault holds it up for
}

// rawReply is a reply that is not JSON.
type rawReply struct {
	ContentType string
	Header      http.Header
	Status      int // 0 is 200
	Body        []byte
}

// A Refusal is an errcode that a handler answers with.
type Refusal struct { //nolint:errname // an answer first of all
	Code int
	Msg  string
}

// Refuse makes an errcode for [Server.Handle].
func Refuse(code int, msg string) *Refusal { return &Refusal{Code: code, Msg: msg} }

func (r *Refusal) Error() string { return fmt.Sprintf("%d %s", r.Code, r.Msg) }

// answer is what goes back over the wire.
type answer struct {
	status int // 0 if broken
	header http.Header
	body   []byte
	code   int
	keep   *int // of the body, before the connection breaks
	broken bool // the connection breaks before an answer
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		panic(http.ErrAbortHandler) // closed
	}
	defer s.owned.Done()
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			s.problemf("%s: panic: %v\n%s", r.URL.Path, p, debug.Stack())
			breakOff(w)
		}
	}()
	if s.serveAIBotFile(w, r) {
		return
	}
	x := &exchange{s: s, r: r, now: s.clock.Now(), n: s.log.next(), query: r.URL.Query()}
	var based bool
	x.path, based = strings.CutPrefix(r.URL.Path, memPrefix)
	x.astray = !based && r.Host == memHost
	x.spec = spec.find(x.path)
	x.ip, _, _ = net.SplitHostPort(r.RemoteAddr)
	a := x.answer() //nolint:contextcheck // x.r carries the context
	s.log.add(x, a)
	s.noteNews()
	a.write(w)
}

// answer takes the call through the checks in WeCom's order.
func (x *exchange) answer() *answer {
	if err := x.read(); err != nil {
		return x.refused(err)
	}
	custom := x.s.custom(x.path)
	if x.astray {
		x.s.problemf("%s %s lacks the path of the base URL, %s", x.r.Method, x.path, memPrefix)
		return x.notFound()
	}
	if x.spec == nil && custom == nil {
		x.s.problemf("%s %s is no known operation; nearest: %s", x.r.Method, x.path, strings.Join(nearest(x.path, 3), ", "))
		return x.notFound()
	}
	x.parse()
	if a := x.before(); a != nil {
		return a
	}
	if err := x.permit(); err != nil {
		return x.refused(err)
	}
	leave, err := x.s.limits.admit(x)
	if err != nil {
		return x.refused(err)
	}
	defer leave()
	if err := x.check(); err != nil {
		return x.refused(err)
	}
	return x.during(func() *answer {
		if custom != nil {
			reply, err := custom(x.call())
			return x.reply(reply, err)
		}
		x.s.mu.Lock()
		defer x.s.mu.Unlock()
		h := x.s.handlers[x.path]
		if h == nil {
			return x.reply(zeroReply(x.spec), nil)
		}
		if x.restores != x.s.restores { // since permit: all that x knows is of before
			x.now = x.s.clock.Now()
			x.route()
			if err := x.authorise(); err != nil {
				return x.refused(err)
			}
		}
		x.handled = true
		return x.reply(h(x))
	})
}

func (x *exchange) notFound() *answer {
	a := x.refused(Refuse(http.StatusNotFound, "wecomtest: unknown endpoint"))
	a.status = http.StatusNotFound
	return a
}

// read takes in the body, whatever it is.
func (x *exchange) read() error {
	mediaType, params, _ := mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	if mediaType == "multipart/form-data" {
		return x.readUpload(params["boundary"])
	}
	body, err := io.ReadAll(io.LimitReader(x.r.Body, maxBody+1))
	if err != nil || len(body) > maxBody {
		return Refuse(45002, "wecomtest: body unreadable or too large")
	}
	x.body = body
	return nil
}

// json reports whether the request is a JSON body rather than a query.
func (x *exchange) json() bool {
	return x.r.Method == http.MethodPost && (x.spec == nil || len(x.spec.Multipart) == 0)
}

// parse decodes query or body, without judging it.
func (x *exchange) parse() {
	if x.json() {
		x.args, x.whole = parseBody(x.body)
		return
	}
	x.args = x.queryArgs()
}

// queryArgs decodes the query without what every endpoint takes.
func (x *exchange) queryArgs() map[string]any {
	q := make(url.Values, len(x.query))
	for name, vals := range x.query {
		if !strings.HasSuffix(name, "access_token") && name != "debug" && (x.spec == nil || name != x.spec.Token) {
			q[name] = vals
		}
	}
	var fields []field
	if x.spec != nil {
		fields = x.spec.Query
	}
	return queryFields(q, fields)
}

// permit checks the method, the token, and what its app may do.
func (x *exchange) permit() error {
	if x.spec == nil {
		return nil
	}
	if x.r.Method != x.spec.Method {
		return Refuse(40058, "wecomtest: "+x.r.Method+" used where "+x.spec.Method+" is needed")
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.sweep(x.now)
	x.restores = x.s.restores
	x.route()
	return x.authorise()
}

// check does what WeCom does before it looks at the corp's data.
func (x *exchange) check() error {
	if x.spec == nil {
		return nil
	}
	v := &validator{}
	if x.json() {
		if hasUnicodeEscape(x.body) {
			return Refuse(40033, `wecomtest: \u escape in the request`)
		}
		v.object("", x.args, x.spec.Request)
		if len(x.query) > 1 || len(x.spec.Query) > 0 {
			v.object("", x.queryArgs(), x.spec.Query)
		}
	} else {
		v.object("", x.args, x.spec.Query)
	}
	if x.r.Method == http.MethodGet && len(x.body) > 0 {
		v.odd = append(v.odd, "a GET has a body, which nobody reads")
	}
	for _, odd := range v.odd {
		x.s.problemf("%s: %s", shortPath(x.path), odd)
	}
	if v.refusal != nil {
		return v.refusal
	}
	if len(x.spec.Multipart) > 0 && x.file.Data == nil {
		return Refuse(44001, "wecomtest: no file in the part media")
	}
	return nil
}

// decode fills a handler's own request struct.
func (x *exchange) decode(req any) error {
	data := x.body
	if veiled := x.veiled(); veiled || !x.whole {
		var args any = x.args
		if veiled {
			args = x.unveil(args, false)
		}
		var err error
		if data, err = json.Marshal(args); err != nil {
			return Refuse(40058, "wecomtest: "+err.Error())
		}
	}
	if len(data) == 0 {
		return nil
	}
	if err := json.Unmarshal(data, req); err != nil {
		return Refuse(40058, "wecomtest: "+err.Error())
	}
	return nil
}

package api

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func listenRoutes() []Route {
	return []Route{
		streams("listen", "Hear an app's callbacks where the simulator cannot reach a URL, as server-sent events: first request, WeCom's check of the URL, and then ready or error; each request is answered by POST /_sim/listen/{listener}/{n}", (*API).listen),
		answers(post, "listen/{listener}/{n}", "Answer a callback that was heard by GET /_sim/listen", (*API).AnswerRelayed),
	}
}

// ListenIn says whose callbacks to hear.
type ListenIn struct {
	InCorp
	AgentID       int64  `about:"of an app; the first one if nothing is given" kind:"app"   query:"agentid"`
	AIBotID       string `about:"of an intelligent robot"                      kind:"aibot" query:"aibotid"`
	SuiteID       string `about:"of a suite"                                   kind:"suite" query:"suite_id"`
	ServiceCorpID string `about:"of a provider"                                             query:"service_corpid"`
	JSON          bool   `about:"events come as JSON, in JSON"                              query:"json"`
	Token         string `about:"sign with this token"                                      query:"token"`
	AESKey        string `about:"encrypt with this EncodingAESKey"                          query:"aes_key"`
}

// A Relayed is a callback for a listener, who answers it.
type Relayed struct {
	Listener string            `json:"listener"`
	N        int               `json:"n"`
	Method   string            `json:"method"`
	Query    string            `json:"query"`
	Header   map[string]string `json:"header"`
	Body     string            `json:"body"`
}

// A RelayAnswer is what the application answered.
type RelayAnswer struct {
	Listener string `json:"-" path:"listener"`
	N        int    `json:"-" path:"n"`
	Status   int    `json:"status,omitzero"`
	Body     string `json:"body,omitzero"`
	Error    string `json:"error,omitzero" about:"why there is no answer: WeCom sees a failed connection"`
}

// relays are those who listen.
type relays struct {
	mu   sync.Mutex // guards list
	list map[string]*relay
}

// A relay hands callbacks to one listener.
type relay struct {
	id       string
	requests chan Relayed
	gone     chan struct{} // closed when the listener has gone

	mu      sync.Mutex // guards all below
	n       int
	waiting map[int]chan RelayAnswer
}

func (r *relays) add() *relay {
	one := &relay{id: rand.Text(), requests: make(chan Relayed), gone: make(chan struct{}), waiting: make(map[int]chan RelayAnswer)}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.list == nil {
		r.list = make(map[string]*relay)
	}
	r.list[one.id] = one
	return one
}

func (r *relays) remove(one *relay) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.list, one.id)
	close(one.gone)
}

func (r *relays) find(id string) *relay {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.list[id]
}

// ServeHTTP is the app's callback, as the simulator sees it.
func (r *relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	header := make(map[string]string)
	for name := range req.Header {
		header[name] = req.Header.Get(name)
	}
	out := Relayed{Listener: r.id, Method: req.Method, Query: req.URL.RawQuery, Header: header, Body: string(body)}
	answer := make(chan RelayAnswer, 1)
	r.mu.Lock()
	r.n++
	out.N = r.n
	r.waiting[out.N] = answer
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.waiting, out.N)
		r.mu.Unlock()
	}()
	select {
	case r.requests <- out:
	case <-r.gone:
		panic(http.ErrAbortHandler)
	case <-req.Context().Done():
		return
	}
	select {
	case got := <-answer:
		if got.Error != "" || got.Status == 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(got.Status)
		_, _ = io.WriteString(w, got.Body)
	case <-r.gone:
		panic(http.ErrAbortHandler)
	case <-req.Context().Done():
	}
}

// AnswerRelayed answers a callback.
func (a *API) AnswerRelayed(_ context.Context, in RelayAnswer) (None, error) {
	r := a.relays.find(in.Listener)
	if r == nil {
		return None{}, notFound("nobody listens by that name")
	}
	if in.Error == "" && (in.Status < 200 || in.Status > 599) {
		return None{}, badRequest("body: want error, or a status from 200 to 599")
	}
	r.mu.Lock()
	answer := r.waiting[in.N]
	delete(r.waiting, in.N)
	r.mu.Unlock()
	if answer == nil {
		return None{}, errorf(http.StatusGone, "too late: WeCom waits no more for an answer to callback %d", in.N)
	}
	answer <- in
	return None{}, nil
}

// listen sends callbacks until the client goes.
func (a *API) listen(s *stream, in ListenIn) error {
	corp, err := a.corp(in.InCorp)
	if err != nil {
		return err
	}
	cb, err := in.callback(corp)
	if err != nil {
		return err
	}
	r := a.relays.add()
	cb.Handler = r
	type outcome struct {
		callback Callback
		err      error
	}
	set := make(chan outcome, 1)
	go func() {
		done, err := a.setCallback(corp, cb)
		set <- outcome{done, err}
	}()
	ended := false // the check of the URL
	defer func() {
		a.relays.remove(r)
		if !ended {
			<-set
		}
		a.dropRelay(corp, r)
	}()
	if s.open() != nil {
		return nil
	}
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		var err error
		select {
		case <-s.ctx.Done():
			return nil
		case req := <-r.requests:
			err = s.send("", "request", req)
		case out := <-set:
			ended = true
			if out.err != nil {
				_ = s.send("", "error", asError(out.err))
				_ = s.flush()
				return nil
			}
			err = s.send("", "ready", out.callback)
		case <-alive.C:
			err = s.comment()
		}
		if err == nil {
			err = s.flush()
		}
		if err != nil {
			return nil // the client has gone
		}
	}
}

func (in *ListenIn) callback(corp *wecomtest.Server) (cb wecomtest.Callback, err error) {
	owner := Owner{in.AgentID, in.AIBotID, in.SuiteID, in.ServiceCorpID}
	cb = owner.callback()
	cb.JSON = in.JSON
	if in.Token == "" && in.AESKey == "" {
		return cb, nil
	}
	cb.Keys, err = owner.keys(corp, wecomtest.Keys{Token: in.Token, EncodingAESKey: in.AESKey})
	return cb, err
}

// dropRelay ends the callback of a listener, unless somebody else has set
// another in its place.
func (a *API) dropRelay(corp *wecomtest.Server, r *relay) {
	for _, cb := range corp.Callbacks() {
		if cb.Handler == http.Handler(r) {
			_ = corp.RemoveCallback(cb) // it is there
			a.changed("callback", "")
		}
	}
}

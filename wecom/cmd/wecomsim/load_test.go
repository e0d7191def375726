package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/leakcheck"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/cli"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

var load = flag.Duration("load", 2*time.Second, "how long TestLoad lasts")

const (
	loadClients = 200
	loadLog     = 1 << 20 // bytes: it is full soon
)

// TestLoad has 200 programs call wecomsim serve over TCP at once, and be called
// by it, while days go by on its clock. None of them may see an error that WeCom
// does not document, and the heap may grow only by what they leave there: mass
// sends, and files until they expire.
//
//	go test ./wecom/cmd/wecomsim -run Load -v -args -load=1m
func TestLoad(t *testing.T) { //nolint:paralleltest // it measures the heap
	l := newLoad(t)
	ctx, stop := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	for n := range loadClients {
		clients.Go(func() { l.client(n).run(ctx) })
	}
	warm := min(max(*load/6, time.Second), 10*time.Second)
	begin := time.Now()
	l.until(begin.Add(warm))
	before, made, calls := heap(), l.made.Load(), l.calls.Load()
	l.times.reset()
	measured := time.Now()
	const days = 5 // go by
	for day := range days {
		l.until(measured.Add((*load - warm) * time.Duration(day+1) / days))
		if day < days-1 {
			l.nextDay()
		}
	}
	seconds := time.Since(measured).Seconds()
	after, made, calls := heap(), l.made.Load()-made, l.calls.Load()-calls
	stop()
	clients.Wait()

	grown := int64(after) - int64(before)
	t.Logf("%d clients: %.0f calls/s, p50 %v, p99 %v, slowest %v; %d callbacks",
		loadClients, float64(calls)/seconds, l.times.quantile(0.5), l.times.quantile(0.99), l.times.quantile(1), l.heard.Load())
	t.Logf("heap %.1f MiB after %v, %.1f MiB after %v; %d mass sends and files in between",
		mebibytes(before), warm, mebibytes(after), time.Since(begin).Round(time.Second), made)
	for _, err := range l.failures() {
		t.Error(err)
	}
	assert.NotZero(t, l.heard.Load(), "callbacks")
	assert.Less(t, grown, 3<<20+4096*made, "the heap grows")
}

func mebibytes(n uint64) float64 { return float64(n) / (1 << 20) }

// heap is what a collection leaves. While the clients go on, what is allocated
// says nothing.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what had a finalizer
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return live[0].Value.Uint64()
}

type object = map[string]any

// loader is the simulator under load.
type loader struct {
	t      *testing.T
	known  cli.Welcome
	admin  *http.Client
	tag    string
	people [][]string // of each member, their customers
	times  histogram
	calls  atomic.Int64
	made   atomic.Int64 // what stays
	heard  atomic.Int64 // callbacks

	acting sync.RWMutex // held for reading by people who act

	mu     sync.Mutex // guards errors
	errors map[string]int
}

// newLoad starts wecomsim serve, with an application that hears of events, and a
// member with five customers for each client.
func newLoad(t *testing.T) *loader {
	t.Helper()
	l := &loader{t: t, admin: newHTTPClient(t), errors: make(map[string]int)}
	l.serve()
	keys := wecomtest.Keys{Token: l.known.Token, EncodingAESKey: l.known.EncodingAESKey, ReceiveID: l.known.CorpID}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if echo := r.URL.Query().Get("echostr"); echo != "" {
			text, _ := keys.Decrypt(echo)
			_, _ = io.WriteString(w, text)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		l.heard.Add(1)
	}))
	t.Cleanup(app.Close)
	reply := l.post("/_sim/acts/add-tag-group", object{"group_name": "level", "tags": []string{"VIP"}})
	group, _ := reply["result"].(object)["tag_group"].(object)
	l.tag, _ = group["tag"].([]any)[0].(object)["id"].(string)
	for n := range loadClients {
		userID := fmt.Sprintf("member%03d", n)
		l.post("/_sim/acts/add-member", object{"userid": userID})
		ids := []string{userID}
		for range 5 {
			reply := l.post("/_sim/acts/add-customer", object{"userid": userID, "name": "Customer"})
			id, _ := reply["result"].(object)["external_userid"].(string)
			ids = append(ids, id)
		}
		l.people = append(l.people, ids)
	}
	l.post("/_sim/callbacks", object{"url": app.URL})
	return l
}

func (l *loader) serve() {
	ctx, cancel := context.WithCancel(l.t.Context())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Main(ctx, []string{"serve", "--addr", "127.0.0.1:0", "-o", "json", "--log-bytes", fmt.Sprint(loadLog)}, cli.Env{
			Stdout: in, Stderr: l.t.Output(), Now: time.Now, Getenv: func(string) string { return "" },
		})
	}()
	require.NoError(l.t, json.NewDecoder(out).Decode(&l.known))
	l.t.Cleanup(func() {
		cancel()
		assert.Equal(l.t, cli.ExitOK, <-ended)
	})
}

// post has something done by the simulator's people.
func (l *loader) post(path string, in object) object {
	l.t.Helper()
	data, err := json.Marshal(in)
	require.NoError(l.t, err)
	res, err := l.admin.Post(l.known.BaseURL+path, "application/json", bytes.NewReader(data))
	require.NoError(l.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(l.t, err)
	require.Equal(l.t, http.StatusOK, res.StatusCode, string(text))
	var out object
	require.NoError(l.t, json.Unmarshal(text, &out))
	return out
}

// nextDay lets a day go by while the programs go on. People hold still: the
// clock gives each callback that is under way the time to be answered, and
// gets on slowly while they never cease.
func (l *loader) nextDay() {
	l.acting.Lock()
	defer l.acting.Unlock()
	l.post("/_sim/clock/advance", object{"by": "24h"})
}

// until lets the clients work until then.
func (l *loader) until(end time.Time) {
	select {
	case <-time.After(time.Until(end)):
	case <-l.t.Context().Done():
	}
}

func (l *loader) failed(err string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.errors) < 20 || l.errors[err] > 0 {
		l.errors[err]++
	}
}

func (l *loader) failures() (list []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for err, n := range l.errors {
		list = append(list, fmt.Sprintf("%d times: %s", n, err))
	}
	return list
}

// A loadClient is a program that knows net/http and WeCom's pages.
type loadClient struct {
	*loader

	http      *http.Client
	rand      *rand.Rand
	userID    string
	customers []string
	token     string
}

func newHTTPClient(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 2}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 30 * time.Second}
}

func (l *loader) client(n int) *loadClient {
	return &loadClient{
		loader: l, http: newHTTPClient(l.t), rand: rand.New(rand.NewPCG(1, uint64(n))),
		userID: l.people[n][0], customers: l.people[n][1:],
	}
}

// run calls until ctx ends: mostly it reads, sometimes it writes.
func (c *loadClient) run(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		if c.token == "" || n%500 == 499 {
			c.token = ""
			c.getToken(ctx)
		}
		customer := c.customers[c.rand.IntN(len(c.customers))]
		switch p := c.rand.IntN(100); {
		case p < 50:
			c.get(ctx, "externalcontact/get", "&external_userid="+customer)
		case p < 70:
			c.get(ctx, "externalcontact/list", "&userid="+c.userID)
		case p < 82:
			c.post(ctx, "externalcontact/mark_tag", object{"userid": c.userID, "external_userid": customer, "add_tag": []string{c.tag}})
		case p < 94:
			c.post(ctx, "externalcontact/remark", object{"userid": c.userID, "external_userid": customer, "remark": fmt.Sprint("no. ", n)})
		case p < 95:
			c.made.Add(1)
			c.post(ctx, "externalcontact/add_msg_template", object{"sender": c.userID, "external_userid": []string{customer}, "text": object{"content": "hello"}})
		case p < 96:
			c.made.Add(1)
			c.upload(ctx)
		case p < 98:
			c.get(ctx, "externalcontact/get_follow_user_list", "")
		default: // somebody writes to the app, which hears of it
			c.acting.RLock()
			c.call(ctx, http.MethodPost, "/_sim/trigger", "application/json", []byte(`{"event":"text"}`))
			c.acting.RUnlock()
		}
	}
}

func (c *loadClient) getToken(ctx context.Context) {
	reply := c.call(ctx, http.MethodGet, "/cgi-bin/gettoken?corpid="+c.known.CorpID+"&corpsecret="+c.known.Secret, "", nil)
	c.token, _ = reply["access_token"].(string)
}

func (c *loadClient) path(op string) string { return "/cgi-bin/" + op + "?access_token=" + c.token }

func (c *loadClient) get(ctx context.Context, op, query string) {
	c.call(ctx, http.MethodGet, c.path(op)+query, "", nil)
}

func (c *loadClient) post(ctx context.Context, op string, in object) {
	data, err := json.Marshal(in)
	if err != nil {
		c.failed(err.Error())
		return
	}
	c.call(ctx, http.MethodPost, c.path(op), "application/json", data)
}

func (c *loadClient) upload(ctx context.Context) {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("media", "tea.png")
	if err == nil {
		_, err = part.Write(append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 2000)...))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		c.failed(err.Error())
		return
	}
	c.call(ctx, http.MethodPost, c.path("media/upload")+"&type=image", form.FormDataContentType(), b.Bytes())
}

// call makes a call and judges the answer. A token may have expired meanwhile.
func (c *loadClient) call(ctx context.Context, method, path, contentType string, body []byte) object {
	where, _, _ := strings.Cut(path, "?")
	req, err := http.NewRequestWithContext(ctx, method, c.known.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		c.failed(err.Error())
		return nil
	}
	req.Header.Set("Content-Type", contentType)
	begin := time.Now()
	res, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() == nil {
			c.failed(where + ": " + err.Error())
		}
		return nil
	}
	defer res.Body.Close()
	var reply struct {
		ErrCode int `json:"errcode"`
		object
	}
	text, err := io.ReadAll(res.Body)
	if ctx.Err() != nil {
		return nil
	}
	c.times.add(time.Since(begin))
	c.calls.Add(1)
	if err == nil {
		err = json.Unmarshal(text, &reply.object)
	}
	if err == nil {
		err = json.Unmarshal(text, &reply)
	}
	const invalid, expired = 40014, 42001
	switch {
	case err != nil:
		c.failed(where + ": " + err.Error())
	case reply.ErrCode == expired, reply.ErrCode == invalid: // it expired long ago
		c.token = ""
	case res.StatusCode != http.StatusOK, reply.ErrCode != 0:
		c.failed(fmt.Sprintf("%s: http %d, errcode %d", where, res.StatusCode, reply.ErrCode))
	}
	return reply.object
}

// histogram counts times in steps of a tenth.
type histogram [200]atomic.Int64

func (h *histogram) add(d time.Duration) {
	i := int(math.Log(max(1, float64(d.Microseconds()))) / math.Log(1.1))
	h[min(i, len(h)-1)].Add(1)
}

func (h *histogram) reset() {
	for i := range h {
		h[i].Store(0)
	}
}

// quantile is the time that a part q of all did not exceed.
func (h *histogram) quantile(q float64) time.Duration {
	var total, sum int64
	for i := range h {
		total += h[i].Load()
	}
	for i := range h {
		if sum += h[i].Load(); float64(sum) >= q*float64(total) {
			return (time.Duration(math.Pow(1.1, float64(i+1))) * time.Microsecond).Round(10 * time.Microsecond)
		}
	}
	return 0
}

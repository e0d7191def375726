package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const (
	path    = "/cgi-bin/externalcontact/get_follow_user_list"
	windows = 2 // that begin in one run
)

// A proof is one run of many processes against one simulator.
type proof struct {
	Processes, Goroutines, Killed int
	Limit                         int
	Window                        time.Duration
	Redis                         string
}

// A result is what came of a proof, as the simulator saw it, and as the
// processes that lived to tell.
type result struct {
	proof

	workers  []workerResult
	arrivals []time.Time
	tokens   int
	refused  int
}

type workerResult struct {
	report

	killedAfter time.Duration
}

// run starts the processes, lets them call for as long as windows begin, and
// kills some.
func (p proof) run(ctx context.Context) (*result, error) {
	srv := wecomtest.NewServer(wecomtest.WithOfficialLimits())
	defer srv.Close()
	if err := srv.Start("127.0.0.1:0"); err != nil {
		return nil, err
	}
	official := p.Limit == 10_000 && p.Window == time.Minute
	if !official {
		srv.Limits().Set(path, p.Limit, p.Window)
	}
	j := job{
		BaseURL: srv.URL(), Credential: credential(srv.Credential()),
		Redis: p.Redis, Prefix: "cluster:" + rand.Text() + ":",
		Processes: p.Processes, Goroutines: p.Goroutines,
	}
	if !official {
		j.Limit = &wecom.Limit{N: p.Limit, Per: p.Window}
	}
	group := make([]*worker, p.Processes)
	for i := range group {
		w, err := startWorker(ctx, j)
		if err != nil {
			return nil, err
		}
		defer w.kill()
		group[i] = w
	}
	for _, w := range group { // each has a token now
		if err := w.ready(); err != nil {
			return nil, err
		}
	}
	began := time.Now()
	for _, w := range group {
		w.begin()
	}

	// The last window begins a little late, because calls are counted a little
	// longer than WeCom does; a quarter is enough to use it up.
	length := (windows-1)*p.Window + p.Window/4
	r := &result{proof: p, workers: make([]workerResult, p.Processes)}
	victims := mathrand.Perm(p.Processes)[:p.Killed] //nolint:gosec // no secret
	var wg sync.WaitGroup
	for _, i := range victims {
		wg.Go(func() {
			sleep(ctx, mathrand.N(length)) //nolint:gosec // no secret
			group[i].kill()
			r.workers[i].killedAfter = time.Since(began)
		})
	}
	sleep(ctx, time.Until(began.Add(length)))
	wg.Wait()
	for i, w := range group {
		if !slices.Contains(victims, i) {
			var err error
			if r.workers[i].report, err = w.end(); err != nil {
				return nil, err
			}
		}
	}
	for call := range srv.Calls().All() {
		switch {
		case call.Op == "gettoken":
			r.tokens++
		case call.Code == 45009:
			r.refused++
		case call.Op == "externalcontact/get_follow_user_list":
			r.arrivals = append(r.arrivals, call.Time)
		}
	}
	slices.SortFunc(r.arrivals, time.Time.Compare)
	return r, ctx.Err()
}

// used is how much of the windows that began was used.
func (r *result) used() float64 { return float64(len(r.arrivals)) / float64(windows*r.Limit) }

// inWindow is how many calls came in the window with this number, from the
// first call on.
func (r *result) inWindow(i int) int {
	n := 0
	for _, at := range r.arrivals {
		if at.Sub(r.arrivals[0])/r.Window == time.Duration(i) {
			n++
		}
	}
	return n
}

// fullest is the largest number of calls in any window, wherever it starts.
func (r *result) fullest() int {
	most, tail := 0, 0
	for head, at := range r.arrivals {
		for at.Sub(r.arrivals[tail]) >= r.Window {
			tail++
		}
		most = max(most, head-tail+1)
	}
	return most
}

// check says what is not as promised.
func (r *result) check() error {
	switch {
	case r.tokens != 1:
		return fmt.Errorf("gettoken was called %d times", r.tokens)
	case r.refused != 0:
		return fmt.Errorf("%d calls were refused with 45009", r.refused)
	case r.used() < 0.95:
		return fmt.Errorf("only %.1f %% of the quota were used", 100*r.used())
	}
	for i, w := range r.workers {
		if w.Failed > 0 {
			return fmt.Errorf("process %d: %d calls failed, such as: %s", i+1, w.Failed, w.Error)
		}
	}
	return nil
}

// A worker is one of the processes: this program, with a job.
type worker struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startWorker(ctx context.Context, j job) (*worker, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	w := &worker{cmd: exec.CommandContext(ctx, self)} //nolint:gosec // this program
	w.cmd.Env = append(os.Environ(), jobVariable+"="+string(text))
	w.cmd.Stderr = os.Stderr
	out, err1 := w.cmd.StdoutPipe()
	in, err2 := w.cmd.StdinPipe()
	w.in, w.out = in, bufio.NewReader(out)
	return w, errors.Join(err1, err2, w.cmd.Start())
}

// ready waits until the process has a token.
func (w *worker) ready() error {
	_, err := w.out.ReadString('\n')
	return err
}

// begin lets the process call.
func (w *worker) begin() { _, _ = io.WriteString(w.in, "go\n") }

// end asks the process what it did.
func (w *worker) end() (r report, err error) {
	if err := w.in.Close(); err != nil {
		return r, err
	}
	if err := json.NewDecoder(w.out).Decode(&r); err != nil {
		return r, err
	}
	return r, w.cmd.Wait()
}

// kill ends the process without asking. It may have ended already.
func (w *worker) kill() {
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait()
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

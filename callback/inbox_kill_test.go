package callback_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
)

// victimDir makes the test binary the process that is killed: it is the
// directory that has its inbox, and the diary of what it did.
const victimDir = "WECOM_TEST_INBOX_VICTIM"

const victimWorkers = 4

// victim serves callbacks on a loopback address, which it prints, until its
// input ends. Then it handles what is left, and returns.
func victim(dir string) error {
	diary, err := os.OpenFile(filepath.Join(dir, "diary"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	inbox, err := callback.OpenFileInbox(filepath.Join(dir, "inbox"), nil)
	if err != nil {
		return err
	}
	noted := &notedInbox{Inbox: inbox, diary: diary, states: make(map[string]string)}
	h, err := callback.NewHandler(testKeys, callback.WithTimestampTolerance(0), callback.WithInbox(noted), callback.WithWorkers(victimWorkers, 20))
	if err != nil {
		return err
	}
	callback.On(h, func(ctx context.Context, e *callback.AddExternalContact) error {
		select {
		case <-time.After(time.Duration(len(e.State)%3) * time.Millisecond):
		case <-ctx.Done():
		}
		_, err := fmt.Fprintln(diary, "handled", e.State)
		return err
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	h.Resume(context.Background())
	srv := &http.Server{Handler: h}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	fmt.Println(l.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
	for inbox.Len() > 0 {
		<-time.After(time.Millisecond)
	}
	if err := srv.Shutdown(context.Background()); err != nil {
		return err
	}
	<-served
	if err := h.Close(context.Background()); err != nil {
		return err
	}
	return inbox.Close()
}

// A notedInbox writes into a diary what is done.
type notedInbox struct {
	callback.Inbox
	diary  io.Writer
	mu     sync.Mutex
	states map[string]string // by key
}

func (n *notedInbox) Take(ctx context.Context) (callback.Entry, error) {
	e, err := n.Inbox.Take(ctx)
	if err != nil {
		return e, err
	}
	ev, err := callback.Parse(e.Body)
	if err != nil {
		return e, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.states[e.Key] = ev.(*callback.AddExternalContact).State
	return e, nil
}

func (n *notedInbox) Done(ctx context.Context, key string) error {
	if err := n.Inbox.Done(ctx, key); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	_, err := fmt.Fprintln(n.diary, "done", n.states[key])
	delete(n.states, key)
	return err
}

// A running victim, as its parent sees it.
type runningVictim struct {
	cmd   *exec.Cmd
	input io.Closer
	url   string
}

func startVictim(t *testing.T, dir string) *runningVictim {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), victimDir+"="+dir)
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	require.NoError(t, err)
	output, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	addr, err := bufio.NewReader(output).ReadString('\n')
	require.NoError(t, err)
	return &runningVictim{cmd, input, "http://" + strings.TrimSpace(addr)}
}

// A sender delivers events as WeCom does: again, if there is no answer, and
// now and then although there was one.
type sender struct {
	t *testing.T

	mu    sync.Mutex
	next  int
	again []string          // states of events that are to be delivered again
	acked map[string]bool   // by state
	body  map[string]string // by state
}

func (s *sender) pick(random *rand.Rand) (state, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.again); n > 0 && random.IntN(3) == 0 {
		state, s.again = s.again[n-1], s.again[:n-1]
		return state, s.body[state]
	}
	s.next++
	state = fmt.Sprint(s.next)
	body, _ = corpForm("change_external_contact/add_external_contact", cdata("ExternalUserID", "wm"+fmt.Sprint(s.next%7), "State", state))
	s.body[state] = body
	return state, body
}

// send reports whether the event was acknowledged.
func (s *sender) send(client *http.Client, url, state, body string) bool {
	env := seal(s.t, testKeys, body)
	res, err := client.Post(url+"/?"+env.Query().Encode(), "text/xml", bytes.NewReader(env.XML()))
	if err == nil {
		_ = res.Body.Close()
	}
	ok := err == nil && res.StatusCode == http.StatusOK
	s.mu.Lock()
	defer s.mu.Unlock()
	if ok {
		s.acked[state] = true
	}
	if !ok || s.next%10 == 0 {
		s.again = append(s.again, state)
	}
	return ok
}

// run sends until the victim is dead.
func (s *sender) run(url string, seed uint64) {
	var wg sync.WaitGroup
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for i := range uint64(8) {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(seed, i))
			for {
				if state, body := s.pick(random); !s.send(client, url, state, body) {
					return
				}
			}
		})
	}
	wg.Wait()
}

// Whenever the process is killed: what it acknowledged is handled, and once,
// unless it died between the end of the handler and the note of that.
func TestInboxSurvivesKill(t *testing.T) {
	t.Parallel()
	const kills = 6
	seed := rand.Uint64()
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, kills))
	dir := t.TempDir()
	s := &sender{t: t, acked: make(map[string]bool), body: make(map[string]string)}
	for range kills {
		v := startVictim(t, dir)
		killer := time.AfterFunc(time.Duration(10+random.IntN(150))*time.Millisecond, func() { _ = v.cmd.Process.Kill() })
		s.run(v.url, random.Uint64())
		killer.Stop()
		_ = v.cmd.Process.Kill()
		require.Error(t, v.cmd.Wait())
	}
	v := startVictim(t, dir)
	client := &http.Client{Transport: &http.Transport{}}
	for _, state := range s.again {
		assert.True(t, s.send(client, v.url, state, s.body[state]))
	}
	client.CloseIdleConnections()
	require.NoError(t, v.input.Close())
	require.NoError(t, v.cmd.Wait())

	diary, err := os.ReadFile(filepath.Join(dir, "diary"))
	require.NoError(t, err)
	handled, done, twice := map[string]int{}, map[string]bool{}, 0
	for line := range strings.Lines(string(diary)) {
		what, state, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case what == "done":
			done[state] = true
		case done[state]:
			t.Errorf("event %s was handled after it was done", state)
		default:
			if handled[state]++; handled[state] > 1 {
				twice++
			}
		}
	}
	for state := range s.acked {
		assert.Positive(t, handled[state], "event %s was acknowledged and not handled", state)
	}
	assert.LessOrEqual(t, twice, kills*victimWorkers, "no more than were in hand")
	t.Logf("%d events acknowledged, %d handled twice, in %d lives", len(s.acked), twice, kills+1)
	assert.Greater(t, len(s.acked), 10*kills)
}

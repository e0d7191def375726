package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A process is a bot that the demo can kill: this program, run once more.
type process struct {
	cmd    *exec.Cmd
	addr   string        // where it listens
	exited chan struct{} // closed when it has ended and all that it said is read
	err    error         // how it ended; set before exited is closed

	mu    sync.Mutex
	lines []logLine // guarded by mu
}

// A logLine is what the demo reads of a line that the bot logs.
type logLine struct {
	Msg, Addr string
	Customer  struct {
		ExternalUserID string `json:"external_userid"`
	}
	Text string `json:"-"` // the whole line
}

// environ is the environment of a bot that takes sim for WeCom.
func environ(sim *wecomtest.Server, addr string) []string {
	keys, credential := sim.Keys(), sim.Credential()
	return append(os.Environ(),
		"ADDR="+cmp.Or(addr, "127.0.0.1:0"),
		"WECOM_BASE_URL="+sim.URL(),
		"WECOM_CALLBACK_TOKEN="+keys.Token,
		"WECOM_CALLBACK_AES_KEY="+keys.EncodingAESKey,
		"WECOM_CORP_ID="+credential.CorpID,
		"WECOM_SECRET="+credential.Secret,
	)
}

// startProcess returns when the bot listens.
func startProcess(ctx context.Context, cmd *exec.Cmd) (*process, error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, exited: make(chan struct{})}
	listening := make(chan string, 1)
	go func() { // ends with the process, for which kill and stop wait
		defer close(p.exited)
		p.read(out, listening)
		p.err = cmd.Wait()
	}()
	select {
	case p.addr = <-listening:
		return p, nil
	case <-p.exited:
		return nil, errors.Join(errors.New("the bot did not start"), p.err)
	case <-ctx.Done():
		p.kill()
		return nil, ctx.Err()
	}
}

func (p *process) read(out io.Reader, listening chan<- string) {
	for scanner := bufio.NewScanner(out); scanner.Scan(); {
		line := logLine{Text: scanner.Text()}
		_ = json.Unmarshal(scanner.Bytes(), &line) // the last line of a killed process may be half
		p.mu.Lock()
		p.lines = append(p.lines, line)
		p.mu.Unlock()
		if line.Msg == "listening" {
			listening <- line.Addr
		}
	}
}

// log returns what the bot has said.
func (p *process) log() []logLine {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lines
}

// kill ends the process as a crash of the machine would: it hears nothing of it.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.exited
}

// stop asks the process to end. Windows knows no way to ask.
func (p *process) stop() error {
	if runtime.GOOS == "windows" {
		p.kill()
		return nil
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	<-p.exited
	return p.err
}

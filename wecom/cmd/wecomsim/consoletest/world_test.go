package consoletest_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
)

type object = map[string]any

// simulator is a wecomsim that runs.
type simulator struct {
	t    *testing.T
	base string
	corp string // corpid
	cred wecom.Credential
	keys callback.Keys
}

// program builds wecomsim once for all tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "wecomsim")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "wecomsim")
	build := exec.Command("go", "build", "-o", path, "github.com/wecomkit/wecom-go/wecom/cmd/wecomsim")
	out, err := build.CombinedOutput()
	if err != nil {
		return "", &buildError{out}
	}
	return path, nil
})

type buildError struct{ out []byte }

func (e *buildError) Error() string { return string(e.out) }

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// serve starts a simulator, which tells its address and its keys.
func serve(t *testing.T) *simulator {
	t.Helper()
	path, err := program()
	require.NoError(t, err)
	cmd := exec.Command(path, "serve", "--addr", "127.0.0.1:0")
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		assert.NoError(t, cmd.Wait(), "it stops when asked to")
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	s := &simulator{t: t, base: regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(line)}
	require.NotEmpty(t, s.base, line)
	go func() { _, _ = io.Copy(io.Discard, stdout) }() // ends with the program
	var tenant struct {
		Corps []struct {
			CorpID string
			Apps   []struct{ Secret string }
			Keys   struct {
				Token          string
				EncodingAESKey string `json:"encoding_aes_key"`
			}
		}
	}
	s.read("tenant", &tenant)
	corp := tenant.Corps[0]
	s.corp = corp.CorpID
	s.cred = wecom.Credential{CorpID: corp.CorpID, Secret: corp.Apps[0].Secret}
	s.keys = callback.Keys{Token: corp.Keys.Token, EncodingAESKey: corp.Keys.EncodingAESKey, ReceiveID: corp.CorpID}
	return s
}

// read asks the simulator's own API.
func (s *simulator) read(path string, out any) {
	s.t.Helper()
	res, err := http.Get(s.base + "/_sim/" + path)
	require.NoError(s.t, err)
	defer res.Body.Close()
	require.Equal(s.t, http.StatusOK, res.StatusCode, path)
	require.NoError(s.t, json.NewDecoder(res.Body).Decode(out))
}

// post does something by the simulator's own API, and returns what came of it.
func (s *simulator) post(path string, body object) object {
	s.t.Helper()
	data, err := json.Marshal(body)
	require.NoError(s.t, err)
	res, err := http.Post(s.base+"/_sim/"+path, "application/json", bytes.NewReader(data))
	require.NoError(s.t, err)
	defer res.Body.Close()
	var out object
	require.NoError(s.t, json.NewDecoder(res.Body).Decode(&out))
	require.Equal(s.t, http.StatusOK, res.StatusCode, "%s: %v", path, out)
	return out
}

func (s *simulator) act(verb string, args object) object {
	s.t.Helper()
	result, _ := s.post("acts/"+verb, args)["result"].(object)
	return result
}

// wecom calls the API of WeCom without minding what it answers.
func (s *simulator) wecom(path string) {
	s.t.Helper()
	res, err := http.Get(s.base + "/cgi-bin/" + path)
	require.NoError(s.t, err)
	require.NoError(s.t, res.Body.Close())
}

// client is the SDK, as an application uses it.
func (s *simulator) client() *wecom.Client {
	s.t.Helper()
	client, err := wecom.New(s.cred, wecom.WithBaseURL(s.base))
	require.NoError(s.t, err)
	return client
}

// application is a program with a callback, made of the SDK.
func (s *simulator) application(handlers func(*callback.Handler)) (url string) {
	s.t.Helper()
	h, err := callback.NewHandler(s.keys)
	require.NoError(s.t, err)
	if handlers != nil {
		handlers(h)
	}
	app := httptest.NewServer(h)
	s.t.Cleanup(app.Close)
	return app.URL
}

package wecomtest

import (
	"bytes"
	"crypto/cipher"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// aiBotFilePath begins the paths of what members sent to robots.
const aiBotFilePath = "/aibot-file/"

// aiBotFile is what a member sent to a robot, as its URL gives it.
type aiBotFile struct {
	data    []byte // encrypted
	sign    string
	expires time.Time
}

// aiBotURL stores a file and returns where the robot finds it for five
// minutes. The caller holds s.mu.
func (s *Server) aiBotURL(b *aiBot, data []byte) (*aiBotURL, error) {
	sealed, err := b.callbackKeys(s).encryptFile(data)
	if err != nil {
		return nil, err
	}
	now, files := s.clock.Now(), s.corp.aiBots.files
	n := s.corp.count("aibot file")
	path := fmt.Sprintf("%sSIM%d/%d", aiBotFilePath, s.corp.number, 7571665296904772241+n)
	window := fmt.Sprintf("%d;%d", now.Unix(), now.Add(aiBotFileLife).Unix())
	sign := "q-sign-algorithm=sha1&q-ak=SIM&q-sign-time=" + window + "&q-key-time=" + window +
		"&q-header-list=host&q-url-param-list=&q-signature=" + s.corp.hex("aibot file", n)
	files[path] = &aiBotFile{data: sealed, sign: sign, expires: now.Add(aiBotFileLife)}
	return &aiBotURL{s.URL() + path + "?sign=" + url.QueryEscape(sign)}, nil
}

// callbackKeys are those that the robot's callback was set up with. The caller
// holds s.mu.
func (b *aiBot) callbackKeys(s *Server) Keys {
	s.deliverMu.Lock()
	defer s.deliverMu.Unlock()
	if cb := s.aiBotCallback(b); cb != nil {
		return cb.keys
	}
	return b.keys
}

// encryptFile encrypts a file as it is, without what frames a message.
func (k Keys) encryptFile(data []byte) ([]byte, error) {
	block, iv, err := k.cipher()
	if err != nil {
		return nil, err
	}
	pad := blockSize - len(data)%blockSize
	out := slices.Concat(data, bytes.Repeat([]byte{byte(pad)}, pad))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
	return out, nil
}

// serveAIBotFile answers a download, which is no call of the API, and reports
// whether the request is one.
func (s *Server) serveAIBotFile(w http.ResponseWriter, r *http.Request) bool {
	path := strings.TrimPrefix(r.URL.Path, memPrefix)
	if !strings.HasPrefix(path, aiBotFilePath) {
		return false
	}
	s.mu.Lock()
	var f *aiBotFile
	if owner := s.serverWhere(func(c *corp) bool { return c.aiBots.files[path] != nil }); owner != nil {
		f = owner.corp.aiBots.files[path]
	}
	s.mu.Unlock()
	switch {
	case f == nil:
		http.Error(w, "NoSuchKey", http.StatusNotFound)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		http.Error(w, "MethodNotAllowed", http.StatusMethodNotAllowed)
	case r.URL.Query().Get("sign") != f.sign, !s.clock.Now().Before(f.expires):
		http.Error(w, "AccessDenied", http.StatusForbidden)
	default:
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(f.data)
	}
	return true
}

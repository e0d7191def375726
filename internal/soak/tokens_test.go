package soak_test

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A tokenWatch sees which access tokens the SDK fetches, and whether it had to.
type tokenWatch struct {
	mu      sync.Mutex
	asking  map[string]int         // gettoken calls under way, by secret; guarded by mu
	beside  map[string]bool        // the last one began while another was under way, by secret; guarded by mu
	most    int                    // of them at once; guarded by mu
	fetched map[string][]heldToken // by secret; guarded by mu
	refused map[string]bool        // tokens that WeCom said are no good; guarded by mu
}

type heldToken struct {
	value  string
	at     time.Time // in the bubble
	beside bool      // fetched beside another
}

func newTokenWatch() *tokenWatch {
	return &tokenWatch{asking: map[string]int{}, beside: map[string]bool{}, fetched: map[string][]heldToken{}, refused: map[string]bool{}}
}

// asks notes a call of gettoken that begins or ends.
func (w *tokenWatch) asks(req *http.Request, n int) {
	secret := req.URL.Query().Get("corpsecret")
	if secret == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if n > 0 {
		w.beside[secret] = w.asking[secret] > 0
	}
	w.asking[secret] += n
	w.most = max(w.most, w.asking[secret])
}

// answered notes a whole reply.
func (w *tokenWatch) answered(req *http.Request, text []byte) {
	var reply struct {
		ErrCode     wecom.Code `json:"errcode"`
		AccessToken string     `json:"access_token"`
	}
	if json.Unmarshal(text, &reply) != nil {
		return
	}
	query := req.URL.Query()
	w.mu.Lock()
	defer w.mu.Unlock()
	if secret := query.Get("corpsecret"); secret != "" && reply.AccessToken != "" {
		w.fetched[secret] = append(w.fetched[secret], heldToken{reply.AccessToken, time.Now(), w.beside[secret]})
	}
	if reply.ErrCode == wecom.CodeInvalidAccessToken || reply.ErrCode == wecom.CodeAccessTokenExpired {
		w.refused[query.Get("access_token")] = true
	}
}

// tokenFetch is how long a machine tries to get a token, at most.
const tokenFetch = 45 * time.Second

// tokenAge is when the SDK begins to look for a new token at the earliest.
const tokenAge = 2*time.Hour - 10*time.Minute

// check sees that no token was fetched while the last one was good, and none by
// two at once. Machines that share a store are two at most when gettoken is so
// slow that one no longer waits for the other, which it does for five seconds.
func (w *tokenWatch) check(r *run) {
	w.mu.Lock()
	defer w.mu.Unlock()
	slow := r.profile.proxy || r.has(wecomtest.TokenStorm)
	if w.most > 1 && !slow || w.most > 2 {
		r.Errorf("gettoken was asked by %d at once", w.most)
	}
	for _, list := range w.fetched {
		for i := 1; i < len(list); i++ {
			last, gap := list[i-1], list[i].at.Sub(list[i-1].at)
			if r.profile.proxy && gap < tokenFetch {
				continue // one machine's gettoken hung, and the other had a token before it tried again
			}
			if !list[i].beside && !w.refused[last.value] && gap < tokenAge {
				r.Errorf("a token was fetched %v after another one, which nobody had refused", gap)
			}
		}
	}
}

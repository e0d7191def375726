package isv

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
)

// An Authorization is what a corp granted when it authorised a suite. Printing
// one, with any verb, shows the corp and not the permanent code.
type Authorization struct {
	AuthInfoResult

	PermanentCode    string            // as the [TenantStore] has it
	AuthUserInfo     *AuthUserInfo     // the admin; nil if WeCom does not say
	RegisterCodeInfo *RegisterCodeInfo // if the corp came by a promotion link
	State            string            // of the link by which it came

	// ExtraInfo is what the event create_auth says of components.
	ExtraInfo callback.ExtraInfo
}

// String shows the corp only.
func (a Authorization) String() string {
	return "isv.Authorization{" + a.AuthCorpInfo.CorpID + "}"
}

// Format shows the corp only, whatever the verb.
func (a Authorization) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(a.String())) }

// LogValue shows the corp only.
func (a Authorization) LogValue() slog.Value { return slog.StringValue(a.String()) }

// MarshalJSON fails, so that no dump shows the permanent code: write the fields.
func (a Authorization) MarshalJSON() ([]byte, error) { return nil, errMarshalSecret }

// MarshalText fails, as MarshalJSON does.
func (a Authorization) MarshalText() ([]byte, error) { return nil, errMarshalSecret }

// AuthUserInfo is the admin who authorised.
type AuthUserInfo struct {
	UserID     string `json:"userid"`
	OpenUserID string `json:"open_userid"`
	Name       string `json:"name"`
	Avatar     string `json:"avatar"`
}

// RegisterCodeInfo is the promotion link by which a corp came. Printing it does
// not show the code.
type RegisterCodeInfo struct {
	RegisterCode string `json:"register_code"`
	TemplateID   string `json:"template_id"`
	State        string `json:"state"` // as [Provider.GetRegisterCode] was told
}

// String does not show the code.
func (r RegisterCodeInfo) String() string {
	return "isv.RegisterCodeInfo{" + r.TemplateID + " " + r.State + "}"
}

// Format does not show the code, whatever the verb.
func (r RegisterCodeInfo) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(r.String())) }

// LogValue does not show the code.
func (r RegisterCodeInfo) LogValue() slog.Value { return slog.StringValue(r.String()) }

// To send a used code again is refused and does no harm; not to send it again
// after a reply was lost would lose a permanent code that can still be had.
var opGetPermanentCode = wecom.Operation{
	Method: http.MethodPost, Path: "/cgi-bin/service/v2/get_permanent_code", Doc: 100776,
	Read: true, Auth: wecom.AuthSuiteAccessToken,
}

type getPermanentCodeRequest struct {
	AuthCode string `json:"auth_code"`
}

type getPermanentCodeResult struct {
	PermanentCode    string            `json:"permanent_code"`
	AuthCorpInfo     authorizedCorp    `json:"auth_corp_info"`
	AuthUserInfo     *AuthUserInfo     `json:"auth_user_info"`
	RegisterCodeInfo *RegisterCodeInfo `json:"register_code_info"`
	State            string            `json:"state"`
}

type authorizedCorp struct {
	CorpID   string `json:"corpid"`
	CorpName string `json:"corp_name"`
}

const (
	// tradedFor is how long an exchanged auth code is remembered: one may come
	// twice, by the callback and by the browser of the admin, and is good for
	// ten minutes.
	tradedFor = 10 * time.Minute
	// unkeptFor is how long one is remembered whose permanent code could not be
	// stored: longer than an inbox tries. Nobody else has that code.
	unkeptFor = 24 * time.Hour
	// tradeTimeout bounds an exchange, whoever waits for it.
	tradeTimeout = 45 * time.Second
	// A permanent code that cannot be stored is lost with the process: try
	// again, with pauses that begin here and double. After so many attempts
	// callers are told, and it goes on without them.
	putAttempts = 6
	putPause    = 100 * time.Millisecond
	maxPutPause = time.Minute
)

// traded is what an auth code was exchanged for.
type traded struct {
	auth       *Authorization
	authorized time.Time // as the notice tells
	kept       bool      // in the TenantStore
	putting    bool      // is being tried to be kept, and nobody waits for it
	at         time.Time // of the exchange
}

func (t traded) of(corpID string) bool { return t.auth.AuthCorpInfo.CorpID == corpID }

// Authorize exchanges an auth code for the corp's permanent code, keeps that in
// the [TenantStore], and reads what the corp has granted. The auth code comes
// with the event create_auth, which [Mount] passes here, or with the admin's
// browser when the install page redirects back. It can be exchanged once; the
// process that did so answers a second time with what it got.
//
// 「获取企业永久授权码」 https://developer.work.weixin.qq.com/document/path/100776
//
// Fails with [wecom.CodeInvalidAuthCode] if the code has ended or another
// process has used it: then the corp may be a tenant already. If what was
// granted cannot be read, Authorize may be called again for ten minutes. If the
// permanent code cannot be stored, the process goes on trying for a day, as it
// alone has it, and Authorize may be called again to see how that stands.
func (s *Suite) Authorize(ctx context.Context, authCode string) (*Authorization, error) {
	return s.trade(ctx, authCode, s.bare.Clock().Now().Truncate(time.Second)) // as notices tell it
}

// trade exchanges an auth code that WeCom gave out at the given time.
func (s *Suite) trade(ctx context.Context, authCode string, at time.Time) (*Authorization, error) {
	if authCode == "" {
		return nil, errors.New("isv: Authorize: empty auth code")
	}
	sum := sha256.Sum256([]byte(authCode)) // a map of auth codes would show in a dump
	key := string(sum[:])
	select {
	case res := <-s.codes.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tradeTimeout)
		defer cancel()
		return s.authorize(ctx, key, authCode, at)
	}):
		if res.Err != nil {
			return nil, res.Err
		}
		auth := *res.Val.(*Authorization) //nolint:forcetypeassert // authorize returns nothing else
		return &auth, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("isv: Authorize: %w", ctx.Err())
	}
}

// authorize goes on where the last exchange of the code came to.
func (s *Suite) authorize(ctx context.Context, key, authCode string, at time.Time) (*Authorization, error) {
	done, ok := s.remembered(key)
	if !ok {
		res, err := wecom.Do[getPermanentCodeResult](ctx, s.self, opGetPermanentCode, getPermanentCodeRequest{AuthCode: authCode})
		if err != nil {
			return nil, err
		}
		if res.PermanentCode == "" || res.AuthCorpInfo.CorpID == "" {
			return nil, errors.New("isv: " + opGetPermanentCode.Path + ": answered success without a permanent code or a corp")
		}
		done.auth = &Authorization{
			PermanentCode: res.PermanentCode, AuthUserInfo: res.AuthUserInfo,
			RegisterCodeInfo: res.RegisterCodeInfo, State: res.State,
		}
		done.auth.AuthCorpInfo.CorpID, done.auth.AuthCorpInfo.CorpName = res.AuthCorpInfo.CorpID, res.AuthCorpInfo.CorpName
		done.authorized = at
		s.remember(key, &done)
	}
	auth := *done.auth
	t := Tenant{
		SuiteID: s.id, CorpID: auth.AuthCorpInfo.CorpID, PermanentCode: auth.PermanentCode,
		CorpName: auth.AuthCorpInfo.CorpName, Authorized: done.authorized,
	}
	if err := s.put(ctx, key, t); err != nil {
		return nil, err
	}
	if len(auth.AuthInfo.Agent) > 0 {
		return &auth, nil
	}
	info, err := s.readAuthInfo(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("isv: corp %s has authorised suite %s, and what it granted is not known: %w", t.CorpID, s.id, err)
	}
	auth.AuthInfoResult = *info
	s.note(key, func(t *traded) { t.auth = &auth })
	return &auth, nil
}

// put stores the permanent code of an exchange, and tries again if it cannot.
func (s *Suite) put(ctx context.Context, key string, t Tenant) error {
	pause := putPause
	for attempt := 1; ; attempt++ {
		err := s.putOnce(ctx, key, t)
		if err == nil || errors.Is(err, errOvertaken) {
			return err
		}
		err = fmt.Errorf("isv: keeping tenant %s of suite %s: %w", t.CorpID, s.id, err)
		if attempt == putAttempts || s.bare.Clock().Sleep(ctx, pause) != nil {
			s.goOnPutting(ctx, key, t)
			return err
		}
		s.cfg.logger.WarnContext(ctx, "isv: tenant store failed, trying again", "suite", s.id, "corp", t.CorpID, "err", err)
		pause *= 2
	}
}

// goOnPutting goes on trying for as long as the exchange is remembered: nobody
// else has the permanent code, and it is not sure that anybody asks again.
func (s *Suite) goOnPutting(ctx context.Context, key string, t Tenant) {
	begin := false
	s.note(key, func(t *traded) { begin, t.putting = !t.putting, true })
	if !begin {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), unkeptFor)
		defer cancel()
		pause := putPause
		for s.bare.Clock().Sleep(ctx, pause) == nil {
			switch err := s.putOnce(ctx, key, t); {
			case err == nil:
				_, _ = s.readAuthInfo(ctx, t) // writes down the agentid
				return
			case errors.Is(err, errOvertaken):
				return
			}
			pause = min(2*pause, maxPutPause)
		}
		s.cfg.logger.ErrorContext(ctx, "isv: permanent code lost: it could not be stored, and the corp has to authorise again", "suite", s.id, "corp", t.CorpID)
	}()
}

// errOvertaken ends an exchange that has been forgotten: its permanent code is
// of no use any more.
var errOvertaken = fmt.Errorf("%w any more, or has done so again", ErrNotAuthorized)

func (s *Suite) putOnce(ctx context.Context, key string, t Tenant) error {
	ctx, unlock, err := s.writing.lock(ctx, t.CorpID)
	if err != nil {
		return err
	}
	defer unlock()
	switch done, ok := s.remembered(key); {
	case !ok:
		return fmt.Errorf("%w: suite %s, corp %s", errOvertaken, s.id, t.CorpID)
	case done.kept:
		return nil
	}
	if err := s.cfg.tenants.PutTenant(ctx, t); err != nil {
		return withhold(err, t.PermanentCode)
	}
	s.note(key, func(t *traded) { t.kept = true })
	s.cfg.logger.InfoContext(ctx, "isv: corp authorised", "suite", s.id, "corp", t.CorpID)
	return nil
}

func (s *Suite) remembered(key string) (traded, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.traded[key]
	if !ok {
		return traded{}, false
	}
	return *t, true
}

// remember keeps an exchange that was made now, and drops those that are old or
// that it replaces.
func (s *Suite) remember(key string, t *traded) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.at = s.bare.Clock().Now()
	maps.DeleteFunc(s.traded, func(_ string, old *traded) bool {
		if old.kept {
			return t.at.Sub(old.at) > tradedFor
		}
		return t.at.Sub(old.at) > unkeptFor || old.of(t.auth.AuthCorpInfo.CorpID)
	})
	kept := *t
	s.traded[key] = &kept
}

// note adds to what is known of an exchange, unless it has been forgotten.
func (s *Suite) note(key string, add func(*traded)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.traded[key]; ok {
		add(t)
	}
}

// writeLocks keep what reads a tenant and then writes it from meeting another
// that does. A corp has the one that the hash of its id names.
type writeLocks struct {
	seed  maphash.Seed
	locks [64]chan struct{}
}

func newWriteLocks() writeLocks {
	w := writeLocks{seed: maphash.MakeSeed()}
	for i := range w.locks {
		w.locks[i] = make(chan struct{}, 1)
	}
	return w
}

// lock waits for the corp's lock. It is to be held no longer than the ctx that
// it returns lasts, so that a store that hangs holds up nobody else for long.
func (w *writeLocks) lock(ctx context.Context, corpID string) (held context.Context, unlock func(), err error) {
	l := w.locks[maphash.String(w.seed, corpID)%uint64(len(w.locks))]
	select {
	case l <- struct{}{}:
		held, cancel := context.WithTimeout(ctx, 2*storeTimeout)
		return held, func() { cancel(); <-l }, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

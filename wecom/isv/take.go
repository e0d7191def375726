package isv

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/wecomkit/wecom-go/callback"
)

// TakeAuth exchanges the auth code of a corp that has authorised the suite, as
// [Suite.Authorize] does. WeCom wants this event answered within a second, so
// give the handler an inbox ([callback.WithInbox]): without it or workers the
// exchange runs before the answer.
//
// 「授权成功通知」 https://developer.work.weixin.qq.com/document/path/90642
func (s *Suite) TakeAuth(ctx context.Context, e *callback.CreateAuth) (*Authorization, error) {
	if err := s.mine(e.Head()); err != nil {
		return nil, err
	}
	auth, err := s.trade(ctx, e.AuthCode, e.At())
	if err != nil {
		return nil, err
	}
	auth.State, auth.ExtraInfo = cmp.Or(auth.State, e.State), e.ExtraInfo
	return auth, nil
}

// TakeReset exchanges the auth code that comes when somebody asks, in the
// provider's console, for a new secret of a delegated app. Clients of before
// fail when their token ends.
//
// 「重置永久授权码通知」 https://developer.work.weixin.qq.com/document/path/97175
func (s *Suite) TakeReset(ctx context.Context, e *callback.ResetPermanentCode) (*Authorization, error) {
	if err := s.mine(e.Head()); err != nil {
		return nil, err
	}
	return s.trade(ctx, e.AuthCode, e.At())
}

// An AuthChange is what a corp grants from now on.
type AuthChange struct {
	AuthInfoResult

	State     string             // of the link by which the corp came
	ExtraInfo callback.ExtraInfo // of components
}

// TakeChange reads what a corp grants after it has changed that. It fails with
// [ErrNotAuthorized] if the corp is no tenant.
//
// 「变更授权通知」 https://developer.work.weixin.qq.com/document/path/90642
func (s *Suite) TakeChange(ctx context.Context, e *callback.ChangeAuth) (*AuthChange, error) {
	if err := s.mine(e.Head()); err != nil {
		return nil, err
	}
	info, err := s.GetAuthInfo(ctx, e.AuthCorpID)
	if err != nil {
		return nil, err
	}
	return &AuthChange{AuthInfoResult: *info, State: e.State, ExtraInfo: e.ExtraInfo}, nil
}

// TakeCancel forgets a corp that has cancelled its authorisation: its clients
// fail with [ErrNotAuthorized] from now on. It reports false for a cancellation
// that comes late, after the corp has authorised again, and that is ignored.
//
// 「取消授权通知」 https://developer.work.weixin.qq.com/document/path/90642
func (s *Suite) TakeCancel(ctx context.Context, e *callback.CancelAuth) (cancelled bool, err error) {
	if err := s.mine(e.Head()); err != nil {
		return false, err
	}
	ctx, unlock, err := s.writing.lock(ctx, e.AuthCorpID)
	if err != nil {
		return false, fmt.Errorf("isv: forgetting tenant %s of suite %s: %w", e.AuthCorpID, s.id, err)
	}
	defer unlock()
	// An exchange whose permanent code is still to be stored may be newer.
	over := func(t *traded) bool { return t.kept || !t.authorized.After(e.At()) }
	switch t, err := s.cfg.tenants.Tenant(ctx, s.id, e.AuthCorpID); {
	case errors.Is(err, ErrNotAuthorized):
		s.forgetTrades(e.AuthCorpID, over)
		return true, nil
	case err != nil:
		return false, fmt.Errorf("isv: reading tenant %s of suite %s: %w", e.AuthCorpID, s.id, err)
	case t.Authorized.After(e.At()):
		s.cfg.logger.InfoContext(ctx, "isv: late cancellation ignored", "suite", s.id, "corp", e.AuthCorpID)
		return false, nil
	}
	if err := s.cfg.tenants.DeleteTenant(ctx, s.id, e.AuthCorpID); err != nil {
		return false, fmt.Errorf("isv: forgetting tenant %s of suite %s: %w", e.AuthCorpID, s.id, err)
	}
	s.forgetTrades(e.AuthCorpID, over)
	s.cfg.logger.InfoContext(ctx, "isv: corp cancelled", "suite", s.id, "corp", e.AuthCorpID)
	return true, nil
}

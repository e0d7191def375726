package contact

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opBatchGetByUser = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/batch/get_by_user", Doc: 92994, Read: true}

// BatchGetByUserRequest names the members whose customers are wanted.
type BatchGetByUserRequest struct {
	UserIDList []string `json:"userid_list"`     // at most 100; any number for AllByUser
	Cursor     string   `json:"cursor,omitzero"` // NextCursor of the page before; empty for the first
	Limit      int      `json:"limit,omitzero"`  // page size, at most 100; 0 is 50, more than 100 is 100
}

// BatchGetByUserResult is one page of customers.
type BatchGetByUserResult struct {
	ExternalContactList []FollowedContact `json:"external_contact_list"`
	NextCursor          string            `json:"next_cursor"` // empty after the last page
	FailInfo            BatchFailInfo     `json:"fail_info"`
}

// Partial reports whether customers are left out.
func (r *BatchGetByUserResult) Partial() bool { return len(r.FailInfo.UnlicensedUserIDList) > 0 }

// A FollowedContact is a customer as one member knows them. A customer of two
// of the members comes twice.
type FollowedContact struct {
	ExternalContact ExternalContact `json:"external_contact"`
	FollowInfo      FollowInfo      `json:"follow_info"`
}

// A BatchFailInfo names the members whose customers are left out.
type BatchFailInfo struct {
	UnlicensedUserIDList []string `json:"unlicensed_userid_list"` // without a valid 互通许可
}

// BatchGetByUser returns a page of the customers of up to 100 members, in
// full.
//
// 「批量获取客户详情」 https://developer.work.weixin.qq.com/document/path/92994
//
// Customers of members without a valid licence (互通许可) are left out, and
// FailInfo names those members. Fails with [wecom.CodeNoLicensedUser] if no
// member has one.
func (s *Service) BatchGetByUser(ctx context.Context, req BatchGetByUserRequest) (*BatchGetByUserResult, error) {
	return wecom.Do[BatchGetByUserResult](ctx, s.client, opBatchGetByUser, req)
}

// AllByUser walks all customers of any number of members, whom it takes in
// hundreds. A zero Limit is 100 here, to save calls; req.Cursor is where to
// begin in the first hundred.
//
// 「批量获取客户详情」 https://developer.work.weixin.qq.com/document/path/92994
//
// Members without a valid licence are skipped; only the FailInfo of
// [Service.BatchGetByUser] names them. Fails with [wecom.CodeNoLicensedUser] if
// no member has one.
//
// Calls go out one after the other; [Service.AllByUserParallel] is faster.
func (s *Service) AllByUser(ctx context.Context, req BatchGetByUserRequest) iter.Seq2[FollowedContact, error] {
	return func(yield func(FollowedContact, error) bool) {
		fetch := s.byUser((len(req.UserIDList)+maxBatchUsers-1)/maxBatchUsers, req.Limit)
		paging.AllOf(req.UserIDList, maxBatchUsers, req.Cursor, func(members []string, cursor string) ([]FollowedContact, string, error) {
			return fetch(ctx, members, cursor)
		})(yield)
	}
}

const (
	maxBatchUsers = 100 // members a call
	parallelWalks = 8
)

// AllByUserParallel walks all customers of any number of members as
// [Service.AllByUser] does, with up to eight calls at a time and in no promised
// order. It keeps at most eight pages of customers in memory.
//
// 「批量获取客户详情」 https://developer.work.weixin.qq.com/document/path/92994
//
// The client's limiter paces the calls. For a job at night make the service of
// [wecom.Client.Background]: its calls leave room for others.
//
// Members without a valid licence are skipped; only the FailInfo of
// [Service.BatchGetByUser] names them. Fails with [wecom.CodeNoLicensedUser] if
// no member has one.
func (s *Service) AllByUserParallel(ctx context.Context, userIDs []string) iter.Seq2[FollowedContact, error] {
	return func(yield func(FollowedContact, error) bool) {
		// Few members are cut into smaller parts than WeCom takes, so that they
		// are read in parallel too; that makes at most seven calls more.
		part := min(maxBatchUsers, max(1, (len(userIDs)+parallelWalks-1)/parallelWalks))
		parts := slices.Collect(slices.Chunk(userIDs, part))
		paging.Parallel(ctx, parallelWalks, parts, s.byUser(len(parts), 0))(yield)
	}
}

// byUser reads the pages of one walk over so many parts of the members. A part
// in which nobody has a licence has no customers, unless all parts are such.
func (s *Service) byUser(parts, limit int) func(ctx context.Context, members []string, cursor string) ([]FollowedContact, string, error) {
	var unlicensed atomic.Int64
	return func(ctx context.Context, members []string, cursor string) ([]FollowedContact, string, error) {
		res, err := s.BatchGetByUser(ctx, BatchGetByUserRequest{UserIDList: members, Cursor: cursor, Limit: cmp.Or(limit, 100)})
		switch {
		case cursor == "" && wecom.IsCode(err, wecom.CodeNoLicensedUser) && unlicensed.Add(1) < int64(parts):
			return nil, "", nil
		case err != nil:
			return nil, "", err
		}
		return res.ExternalContactList, res.NextCursor, nil
	}
}

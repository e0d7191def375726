package wecomtest

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// page cuts one page out of n rows by the rule of the endpoint's spec row:
// rows[from:to], and the cursor of the next page, "" on the last.
func (x *exchange) page(n int, cursor string, limit int) (from, to int, next string, err error) {
	rule := x.spec.Page
	switch {
	case limit <= 0 && rule.Default == 0 && rule.Max == 0:
		limit = n
	case limit <= 0:
		limit = rule.Default
	case rule.Max > 0 && limit > rule.Max:
		switch rule.Over {
		case "max":
			limit = rule.Max
		case "refuse":
			return 0, 0, "", Refuse(40058, fmt.Sprintf("wecomtest: limit is over %d", rule.Max))
		default:
			limit = rule.Default
		}
	}
	if size := x.s.pageSize(x.path); size > 0 {
		limit = min(limit, size)
	}
	if cursor != "" {
		if from, err = x.offset(cursor); err != nil {
			return 0, 0, "", err
		}
		from = min(from, n)
	}
	to = min(from+limit, n)
	if to < n {
		next = x.cursor(to)
	}
	return from, to, next, nil
}

// cursor hides an offset, and remembers whose it is.
func (x *exchange) cursor(offset int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", x.corp.id, x.path, offset))
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%x", offset, sum[:8]))
}

// offset reads a cursor; one of another endpoint or of one's own making is
// refused.
func (x *exchange) offset(cursor string) (int, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		num, _, _ := strings.Cut(string(text), ".")
		if n, err := strconv.Atoi(num); err == nil && x.cursor(n) == cursor {
			return n, nil
		}
	}
	return 0, Refuse(40058, "wecomtest: cursor is not one of this endpoint")
}

// PageSize caps the pages of one endpoint, so that three rows already need a
// second call; 0 restores the documented size.
func (s *Server) PageSize(op string, n int) {
	s.helper()
	path := s.op(op)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pageSizes == nil {
		s.pageSizes = make(map[string]int)
	}
	s.pageSizes[path] = n
}

// pageSize is read by handlers, which hold s.mu.
func (s *Server) pageSize(path string) int { return s.pageSizes[path] }

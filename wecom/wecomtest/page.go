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
	hollow := x.s.set.emptyPages
	if cursor != "" {
		if from, hollow, err = x.offset(cursor); err != nil {
			return 0, 0, "", err
		}
		from = min(from, n)
	}
	if hollow && from < n {
		return from, from, x.cursor(from, false), nil
	}
	to = min(from+limit, n)
	if to < n {
		next = x.cursor(to, x.s.set.emptyPages)
	}
	return from, to, next, nil
}

// cursor makes the cursor of a page from an offset on, or of the empty page
// before it, and remembers when.
func (x *exchange) cursor(offset int, hollow bool) string {
	c := x.cursorText(offset, hollow)
	x.corp.cursors[c] = x.now
	return c
}

func (x *exchange) cursorText(offset int, hollow bool) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d %t", x.corp.id, x.path, offset, hollow))
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%x", offset, sum[:8]))
}

// offset reads a cursor; one of another endpoint, of one's own making or too
// old is refused.
func (x *exchange) offset(cursor string) (offset int, hollow bool, err error) {
	made, ok := x.corp.cursors[cursor]
	if !ok || x.now.Sub(made) >= x.s.set.cursorLife {
		return 0, false, Refuse(50100, "wecomtest: cursor has expired, or is none of this corp's")
	}
	text, _ := base64.RawURLEncoding.DecodeString(cursor)
	num, _, _ := strings.Cut(string(text), ".")
	offset, _ = strconv.Atoi(num)
	for _, hollow := range []bool{false, true} {
		if x.cursorText(offset, hollow) == cursor {
			return offset, hollow, nil
		}
	}
	return 0, false, Refuse(50100, "wecomtest: cursor is not one of this endpoint")
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

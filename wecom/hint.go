package wecom

import (
	"net/netip"
	"strings"
)

// An errMsg is an errmsg taken apart.
type errMsg struct {
	Msg     string // the rest
	Hint    string // names the call in WeCom's query tool
	IP      string // the caller's address as WeCom saw it
	HelpURL string
}

// parseErrMsg takes apart an errmsg such as
//
//	access_token expired, hint: [1600654685300241153285437], from ip: 1.2.3.4, more info at https://open.work.weixin.qq.com/devtool/query?e=42001
//
// Every part may be missing; what it does not recognise stays in Msg.
func parseErrMsg(s string) errMsg {
	var m errMsg
	// From the end, where the parts stand: each cut then only shortens s.
	s, m.HelpURL = cutPart(s, "more info at", scanURL)
	s, m.IP = cutPart(s, "from ip:", scanIP)
	s, m.Hint = cutPart(s, "hint:", scanBrackets)
	if m.Hint == "" {
		s, m.Hint = cutPart(s, "rid:", scanWord)
	}
	m.Msg = s
	return m
}

// cutPart removes the last part that begins with label, and returns the rest
// and the part's value. If scan finds no value there, s stays as it is.
func cutPart(s, label string, scan func(string) (value, tail string)) (rest, value string) {
	i := strings.LastIndex(s, label)
	if i < 0 {
		return s, ""
	}
	value, tail := scan(strings.TrimLeft(s[i+len(label):], " "))
	if value == "" {
		return s, ""
	}
	head := strings.TrimRight(s[:i], ", ")
	tail = strings.Trim(tail, ", ")
	if head == "" || tail == "" {
		return head + tail, value
	}
	return head + ", " + tail, value
}

func scanURL(s string) (value, tail string) {
	if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
		return "", s
	}
	return scanWord(s)
}

func scanIP(s string) (value, tail string) {
	value, tail = scanWord(s)
	if _, err := netip.ParseAddr(value); err != nil {
		return "", s
	}
	return value, tail
}

func scanBrackets(s string) (value, tail string) {
	if !strings.HasPrefix(s, "[") {
		return "", s
	}
	value, tail, ok := strings.Cut(s[1:], "]")
	if !ok || strings.ContainsAny(value, ", ") { // a hint is one word
		return "", s
	}
	return value, tail
}

func scanWord(s string) (value, tail string) {
	if i := strings.IndexAny(s, ", "); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// hasJSONWarning reports whether WeCom could read the request only in part. It
// says so in errmsg, and sometimes with errcode 0.
func hasJSONWarning(errmsg string) bool {
	return strings.Contains(errmsg, "Warning: wrong json format")
}

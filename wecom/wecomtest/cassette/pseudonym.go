package cassette

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pseudonyms replaces values: the same one always by the same, and two by two.
// What is like a letter, a digit or a character stays one, so that lengths in
// bytes and characters are kept; punctuation stays. Without the key nobody finds
// a way back, and no two recordings have a key in common. It is not safe for
// concurrent use.
type pseudonyms struct {
	key    [32]byte
	of     map[string]string // what a value is called
	issued map[string]bool   // every pseudonym

	sensitive map[string]bool // values that say who or prove it
	scrubber  *scrubber       // nil: there is more that is sensitive
}

func newPseudonyms(key [32]byte) *pseudonyms {
	return &pseudonyms{key: key, of: make(map[string]string), issued: make(map[string]bool), sensitive: make(map[string]bool)}
}

// enough is how many characters a value must have for its pseudonym to be known
// again. A shorter one may be somebody else's real value.
const enough = 8

// maxTries bounds the search for a pseudonym that nobody has.
const maxTries = 64

// value returns the pseudonym of a text.
func (p *pseudonyms) value(v string) string {
	if known, ok := p.of[v]; ok {
		return known
	}
	if p.issued[v] && replaceable(v) >= enough {
		return v
	}
	var out string
	for try := range maxTries {
		out = p.disguise(v, try)
		_, taken := p.of[out]
		if out != v && !taken && !p.issued[out] {
			break
		}
	}
	p.of[v] = out
	p.issued[out] = true
	return out
}

// mark has a value replaced wherever it stands from now on.
func (p *pseudonyms) mark(v string) {
	if len(v) >= 2 && !p.sensitive[v] {
		p.sensitive[v] = true
		p.scrubber = nil
	}
}

func (p *pseudonyms) disguise(v string, try int) string {
	if strings.HasPrefix(v, "http://") || strings.HasPrefix(v, "https://") {
		return p.address(v, try)
	}
	d := p.dice(v, try)
	if ip := d.ip(v); ip != "" {
		return ip
	}
	keep := 0
	if m := prefixed.FindStringSubmatch(v); m != nil {
		keep = len(m[1])
	}
	return v[:keep] + d.text(v[keep:])
}

var (
	prefixed  = regexp.MustCompile(`^(w[a-z]|et|kf|kc|dd|msg)[A-Za-z0-9_-]{15,}$`) // ids that say of what they are
	paramName = regexp.MustCompile(`^[A-Za-z_]{1,30}$`)
	// commonParam are the names of parameters that say nothing of whose a site is.
	commonParam = regexp.MustCompile(`^((\w+_)?access_token|appid|agentid|corpid|userid|external_userid|chat_id|code|state|key|type|id|name|page|lang|scene|source|from|redirect_ur[il]|utm_(source|medium|campaign|term|content)|msg_signature|signature|timestamp|nonce|echostr)$`)
	ofWeCom     = regexp.MustCompile(`^([a-z0-9]{1,12}\.){0,3}(weixin\.qq\.com|qpic\.cn|qlogo\.cn)$`) // hosts of pictures and pages
	extension   = regexp.MustCompile(`^\.[A-Za-z0-9]{1,5}$`)
)

// dice are random numbers that a value throws: the same ones each time.
type dice struct {
	key, seed []byte
	block     uint64
	rest      []byte
}

func (p *pseudonyms) dice(v string, try int) *dice {
	mac := hmac.New(sha256.New, p.key[:])
	_, _ = mac.Write([]byte(strconv.Itoa(try) + ":" + v))
	return &dice{key: p.key[:], seed: mac.Sum(nil)}
}

// next is from 0 to n-1.
func (d *dice) next(n rune) rune {
	if len(d.rest) < 4 {
		mac := hmac.New(sha256.New, d.key)
		_, _ = mac.Write(binary.BigEndian.AppendUint64(d.seed, d.block))
		d.rest = mac.Sum(nil)
		d.block++
	}
	r := binary.BigEndian.Uint32(d.rest)
	d.rest = d.rest[4:]
	return rune(int64(r) * int64(n) >> 32) //nolint:gosec // it is below n
}

// text replaces every character by one of its kind.
func (d *dice) text(v string) string {
	hexadecimal := isHex(v)
	digits := len(v) > 1 && strings.Trim(v, "0123456789") == ""
	var b strings.Builder
	for i := 0; i < len(v); {
		r, size := utf8.DecodeRuneInString(v[i:])
		switch {
		case i == 0 && digits && r != '0':
			b.WriteRune(d.leading(len(v), r))
		case i == 1 && digits && len(v) == 20: // else no uint64
			b.WriteRune('0' + d.next(8))
		case '0' <= r && r <= '9':
			b.WriteRune('0' + d.next(10))
		case hexadecimal && 'a' <= r && r <= 'f':
			b.WriteRune('a' + d.next(6))
		default:
			b.WriteString(d.char(r, size))
		}
		i += size
	}
	return b.String()
}

// leading is the first digit of a number that has n: a mobile stays one, and
// what fits into an integer fits.
func (d *dice) leading(n int, was rune) rune {
	switch {
	case n == 11 && was == '1', n == 20:
		return '1'
	case n == 19:
		return '1' + d.next(8)
	}
	return '1' + d.next(9)
}

// char replaces a character by one of the same kind and size.
func (d *dice) char(r rune, size int) string {
	switch {
	case 'a' <= r && r <= 'z':
		return string('a' + d.next(26))
	case 'A' <= r && r <= 'Z':
		return string('A' + d.next(26))
	case keeps(r):
		return string(r)
	}
	switch size {
	case 1: // broken UTF-8
		return string('a' + d.next(26))
	case 2:
		return string('à' + d.next(23))
	case 3:
		return string('一' + d.next(0x9FA5-0x4E00+1))
	default:
		return string('😀' + d.next(0x50))
	}
}

// keeps reports whether a character stays: one that says nothing by itself.
func keeps(r rune) bool {
	return r < utf8.RuneSelf && (r < '0' || r > '9' && r < 'A' || r > 'Z' && r < 'a' || r > 'z') ||
		r >= utf8.RuneSelf && r != utf8.RuneError && (unicode.IsPunct(r) || unicode.IsSpace(r))
}

// replaceable counts the characters that do not stay.
func replaceable(v string) int {
	n := 0
	for _, r := range v {
		if !keeps(r) {
			n++
		}
	}
	return n
}

// isHex reports whether a text is a hash, a UUID or the like.
func isHex(v string) bool {
	return len(v) >= 8 && strings.Trim(v, "0123456789abcdef-:") == "" && strings.ContainsAny(v, "abcdef") && strings.ContainsAny(v, "0123456789")
}

// ip replaces an address of IPv4, or a range of them, by one that is as long.
func (d *dice) ip(v string) string {
	addr, bits, ranged := strings.Cut(v, "/")
	if ip, err := netip.ParseAddr(addr); err != nil || !ip.Is4() || ranged && len(bits) > 2 {
		return ""
	}
	var out []string
	for part := range strings.SplitSeq(addr, ".") {
		low, n := 1, rune(9)
		switch len(part) {
		case 2:
			low, n = 10, 90
		case 3:
			low, n = 100, 156
		}
		out = append(out, strconv.Itoa(low+int(d.next(n))))
	}
	if ranged {
		return strings.Join(out, ".") + "/" + bits
	}
	return strings.Join(out, ".")
}

// address replaces what a URL holds: hosts but WeCom's own, the parts of its
// path, and the values of its parameters, which are called as they are elsewhere.
func (p *pseudonyms) address(v string, try int) string {
	scheme, rest, _ := strings.Cut(v, "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	host, rest := rest[:end], rest[end:]
	names := paramName
	if !ofWeCom.MatchString(host) {
		host, names = p.dice(host, try).text(host), commonParam
	}
	way, fragment, fragmented := strings.Cut(rest, "#")
	way, query, queried := strings.Cut(way, "?")
	parts := strings.Split(way, "/")
	for i, part := range parts {
		parts[i] = p.escaped(part, try)
	}
	out := scheme + "://" + host + strings.Join(parts, "/")
	if queried {
		params := strings.Split(query, "&")
		for i, param := range params {
			name, val, assigned := strings.Cut(param, "=")
			if !assigned {
				params[i] = p.escaped(name, try)
				continue
			}
			if !names.MatchString(name) || p.sensitive[name] {
				name = p.escaped(name, try)
			}
			params[i] = name + "=" + p.escaped(val, try)
		}
		out += "?" + strings.Join(params, "&")
	}
	if fragmented {
		out += "#" + p.escaped(fragment, try)
	}
	return out
}

// escaped replaces a part of a URL.
func (p *pseudonyms) escaped(part string, try int) string {
	plain, err := url.PathUnescape(part)
	known := err == nil && utf8.ValidString(plain) && try == 0
	switch {
	case known && url.PathEscape(plain) == part:
		return url.PathEscape(p.value(plain))
	case known && url.QueryEscape(plain) == part:
		return url.QueryEscape(p.value(plain))
	}
	// It is written in a way of its own: what is escaped stays escaped.
	var b strings.Builder
	d := p.dice(part, try)
	for i := 0; i < len(part); {
		r, size := utf8.DecodeRuneInString(part[i:])
		switch {
		case r == '%' && i+2 < len(part) && part[i+1] < utf8.RuneSelf && part[i+2] < utf8.RuneSelf:
			b.WriteString("%4" + string('1'+d.next(9)))
			size = 3
		case '0' <= r && r <= '9':
			b.WriteRune('0' + d.next(10))
		default:
			b.WriteString(d.char(r, size))
		}
		i += size
	}
	return b.String()
}

// file replaces the name of a file but what says of which kind it is.
func (p *pseudonyms) file(name string) string {
	ext := path.Ext(name)
	if !extension.MatchString(ext) {
		ext = ""
	}
	return p.value(strings.TrimSuffix(name, ext)) + ext
}

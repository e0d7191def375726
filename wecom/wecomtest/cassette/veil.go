package cassette

import (
	"encoding/json"
	"maps"
	"math"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A veil writes interactions with pseudonyms. It is safe by default: what it
// does not know to be harmless is replaced.
type veil struct {
	*pseudonyms
	table *table
	keep  []string // names or paths of fields that stay
	media bool     // files are kept

	open bool // what stays of the interaction may turn out to be somebody's
}

// harmless lists fields whose values are words of the API.
func harmless(name string) bool {
	switch name {
	case "msgtype", "chat_type", "type", "media_type", "attachment_type", "card_type", "corp_type",
		"status", "scene", "lang", "field_type", "key_type", "value_type", "view_type", "format", "control",
		"currency", "mode", "display_mode", "conjunction", "grant_type", "event", "change_type", "tag_type":
		return true
	}
	return false
}

var (
	// word is like a word of the API.
	word = regexp.MustCompile(`^([a-z][a-z0-9_]{0,23}|[A-Z][A-Z0-9_]{0,23}|[0-9]{1,4}|[a-z]{2}_[A-Z]{2})$`)
	// fieldLike is like the name of a field.
	fieldLike = regexp.MustCompile(`^[a-z][a-z0-9]{0,20}(_[a-z0-9]{1,20}){0,5}$`)
	// telling are fields that say who somebody is, or prove it: their values are
	// looked for everywhere.
	telling = regexp.MustCompile(`(?i)(ids?|users?|owner|sender|creator|operator|mobiles?|phone|telephone|number|e?mail|name|alias|secret|token|ticket|code|key|password|remark|_list)$`)
	// moment are times, which stay if they are numbers.
	moment = regexp.MustCompile(`(?i)(time|_at|_date|timestamp|^ts)$`)
	// personal are numbers that are somebody's.
	personal = regexp.MustCompile(`(?i)(mobile|phone|id_?card|account|openid|userid)$`)
	// spot are coordinates, which stay to a degree.
	spot = regexp.MustCompile(`(?i)(latitude|longitude|^lat|^lng)$`)
	// plainHeader is the value of a header that holds no name.
	plainHeader = regexp.MustCompile(`^[a-z0-9 */=,-]{1,80}$`)
	// errmsgParts are the words of an errmsg.
	errmsgParts = regexp.MustCompile(`https://open\.work\.weixin\.qq\.com/devtool/query\?e=-?\d+|[\w@.:-]*[\w@-]|[^\x00-\x7f]+`)
)

// interaction writes one call.
func (v *veil) interaction(req *Request, res *Response) Interaction {
	e := v.table.find(req.Path)
	v.open = false
	var row wecomtest.Endpoint
	if e != nil {
		row = *e
	}
	out := Interaction{Request{Method: req.Method, Path: req.Path}, Response{Status: res.Status}}
	if e == nil {
		out.Request.Path = v.path(req.Path)
	}
	if plainHeader.MatchString(req.Range) {
		out.Request.Range = req.Range
	}
	for entry, val := range req.Query {
		name := parameter(entry)
		if out.Request.Query == nil {
			out.Request.Query = make(map[string]string, len(req.Query))
		}
		f := fieldOf(row.Query, name)
		switch {
		case name == row.Token:
			v.mark(val)
			out.Request.Query[entry] = v.value(val)
		case f != nil:
			out.Request.Query[entry] = v.string(val, place{name, name, f})
		default:
			out.Request.Query[v.fieldName(name, val != "")+strings.TrimPrefix(entry, name)] = v.string(val, place{name: name, path: name})
		}
	}
	for _, p := range req.Parts {
		out.Request.Parts = append(out.Request.Parts, v.part(p))
	}
	out.Request.Body = v.body(req.Body, row.Body)
	out.Request.File = v.text(req.File)
	out.Response.Body = v.body(res.Body, row.Response)
	out.Response.File = v.file(res, row.File)
	for name, val := range res.Header {
		if val = v.header(name, val); val != "" {
			if out.Response.Header == nil {
				out.Response.Header = make(map[string]string)
			}
			out.Response.Header[name] = val
		}
	}
	return out
}

// path writes one that no page has.
func (v *veil) path(p string) string {
	parts := strings.Split(p, "/")
	for i, part := range parts {
		if part != "cgi-bin" && !v.table.named(part) && (i > 2 || !word.MatchString(part) || v.sensitive[part]) {
			parts[i] = v.value(part)
		} else {
			v.open = true
		}
	}
	return strings.Join(parts, "/")
}

// A place is where a value stands.
type place struct {
	name string           // of the field; that of its array, for an element
	path string           // text.content
	f    *wecomtest.Field // nil: no page has it
}

func (v *veil) body(body any, fields []wecomtest.Field) any {
	switch body := body.(type) {
	case map[string]any:
		return v.object(body, "", fields, fields)
	case []any:
		return v.any(body, place{}, fields)
	}
	return nil
}

func (v *veil) object(m map[string]any, at string, fields, root []wecomtest.Field) map[string]any {
	out := make(map[string]any, len(m))
	for _, name := range sortedKeys(m) {
		f := fieldOf(fields, name)
		key := name
		if f == nil {
			key = v.fieldName(name, len(fields) > 0 || at == "")
		}
		out[key] = v.any(m[name], place{name, strings.TrimPrefix(at+"."+name, "."), f}, root)
	}
	return out
}

func (v *veil) any(val any, at place, root []wecomtest.Field) any {
	switch val := val.(type) {
	case map[string]any:
		return v.object(val, at.path, partsOf(at.f, root), root)
	case []any:
		out := make([]any, len(val))
		for i := range val {
			out[i] = v.any(val[i], place{at.name, at.path, itemOf(at.f)}, root)
		}
		return out
	case json.Number:
		return v.number(val, at)
	case string:
		return v.string(val, at)
	}
	return val
}

// fieldName keeps the names of fields, and replaces keys that are values. Beside
// fields that a page names, it takes what looks like a field for one.
func (v *veil) fieldName(name string, amongFields bool) string {
	if v.table.named(name) {
		return name
	}
	if amongFields && !v.sensitive[name] && fieldLike.MatchString(name) {
		v.open = true
		return name
	}
	v.mark(name)
	return v.value(name)
}

func (v *veil) kept(at string) bool {
	for _, name := range v.keep {
		if at == name || strings.HasSuffix(at, "."+name) {
			return true
		}
	}
	return false
}

func (v *veil) string(val string, at place) string {
	switch {
	case val == "":
		return ""
	case v.kept(at.path):
		v.open = true
		return v.scrub(val)
	case at.name == "errmsg":
		return v.errmsg(val)
	case at.f != nil && slices.Contains(at.f.Enum, any(val)):
		return val
	case moment.MatchString(at.name) && isDigits(val) && len(val) <= 13:
		return val
	case at.f != nil && isDigits(val) && slices.Contains([]string{"int", "unix", "float", "bool01"}, at.f.Type):
		return v.number(json.Number(val), at).String()
	case harmless(at.name) && word.MatchString(val):
		return val
	}
	if telling.MatchString(at.name) {
		for one := range strings.SplitSeq(val, "|") { // as touser has several
			if one != "@all" {
				v.mark(one)
			}
		}
	}
	if strings.HasSuffix(at.name, "filename") || strings.HasSuffix(at.name, "file_name") {
		return v.pseudonyms.file(val)
	}
	return v.value(val)
}

func isDigits(v string) bool { return strings.Trim(v, "0123456789") == "" }

// number keeps amounts, times and the like. It replaces those that are long
// enough to be somebody's, and those that are known to be.
func (v *veil) number(n json.Number, at place) json.Number {
	text := n.String()
	kept := v.kept(at.path)
	switch {
	case at.name == "errcode", moment.MatchString(at.name):
		return n
	case spot.MatchString(at.name) && !kept:
		return json.Number(coarse(text))
	case !isDigits(text):
		return v.otherNumber(text, at, kept)
	case len(text) >= telltale && v.sensitive[text],
		!kept && (len(text) >= 11 || personal.MatchString(at.name)):
		v.mark(text)
		return json.Number(v.value(text))
	}
	v.open = v.open || len(text) >= telltale
	return n
}

// telltale is how many digits a number must have to be known again.
const telltale = 5

var digitRuns = regexp.MustCompile(`[0-9]+`)

// otherNumber is like number, for one with a sign, a fraction or an exponent.
func (v *veil) otherNumber(text string, at place, kept bool) json.Number {
	mantissa, exponent := text, ""
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa, exponent = text[:i], text[i:]
	}
	long := len(strings.Trim(mantissa, "-"))-strings.Count(mantissa, ".") >= 11 && (at.f == nil || at.f.Type != "float")
	every := !kept && (long || personal.MatchString(at.name))
	return json.Number(digitRuns.ReplaceAllStringFunc(mantissa, func(run string) string {
		if every || len(run) >= telltale && v.sensitive[run] {
			return v.value(run)
		}
		v.open = v.open || len(run) >= telltale
		return run
	}) + exponent)
}

// coarse is a coordinate to a degree, which is 1 or 1,000,000.
func coarse(text string) string {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return "0"
	}
	degree := 1.0
	if math.Abs(f) > 360 {
		degree = 1e6
	}
	_, rest, _ := strings.Cut(text, ".")
	return strconv.FormatFloat(math.Trunc(f/degree)*degree, 'f', len(digitRuns.FindString(rest)), 64)
}

// part writes a part of an upload. One that is no file is text, like a field.
func (v *veil) part(p Part) Part {
	out := Part{Name: v.fieldName(p.Name, true), Type: p.Type, File: File{Size: p.Size, SHA256: p.SHA256}}
	if p.FileName == "" {
		text := []byte(v.string(string(p.Data), place{name: p.Name, path: p.Name}))
		out.File = *fileOf(text)
		out.Data = text
		return out
	}
	out.FileName = v.pseudonyms.file(p.FileName)
	if v.media {
		out.Data = p.Data
	}
	return out
}

// text writes a request's body that is neither JSON nor an upload.
func (v *veil) text(f *File) *File {
	if f == nil {
		return nil
	}
	text := []byte(v.value(string(f.Data)))
	out := fileOf(text)
	out.Data = text
	return out
}

// file writes a response's body that is not JSON. Only that of a call for a file
// is one: another is an answer that cannot be read.
func (v *veil) file(res *Response, asked bool) *File {
	f := res.File
	if f == nil {
		return nil
	}
	out := &File{Size: f.Size, SHA256: f.SHA256}
	asked = asked || res.Header["Content-Disposition"] != ""
	if v.media && asked && mediaType(res.Header["Content-Type"]) != "application/json" {
		out.Data = f.Data
	}
	return out
}

// header keeps the headers that say something of the answer.
func (v *veil) header(name, val string) string {
	switch name {
	case "Content-Type":
		typ, params, err := mime.ParseMediaType(val)
		if err != nil {
			return ""
		}
		maps.DeleteFunc(params, func(name, _ string) bool { return name != "charset" })
		return mime.FormatMediaType(typ, params)
	case "Content-Disposition":
		kind, params, err := mime.ParseMediaType(val)
		if err != nil || params["filename"] == "" {
			return ""
		}
		return kind + `; filename="` + strings.ReplaceAll(v.pseudonyms.file(path.Base(params["filename"])), `"`, "'") + `"`
	case "Error-Msg":
		return v.errmsg(val)
	case "Location":
		return v.value(val)
	case "Error-Code", "Retry-After", "Accept-Ranges", "Content-Range":
		if plainHeader.MatchString(val) {
			return val
		}
	}
	return ""
}

// headers picks those that header knows.
func headers(h http.Header) map[string]string {
	out := make(map[string]string)
	for _, name := range []string{"Content-Type", "Content-Disposition", "Error-Code", "Error-Msg", "Location", "Retry-After", "Accept-Ranges", "Content-Range"} {
		if val := h.Get(name); val != "" {
			out[name] = val
		}
	}
	return out
}

// errmsg keeps the words that WeCom uses, and replaces what else stands there:
// whom it speaks of, the caller's address, the number of the call.
func (v *veil) errmsg(text string) string {
	if text == "ok" {
		return text
	}
	v.open = true
	words := strings.Fields(commonWords)
	return errmsgParts.ReplaceAllStringFunc(text, func(part string) string {
		switch {
		case strings.HasPrefix(part, "https://open.work.weixin.qq.com/devtool/"), isDigits(part) && len(part) < 6 && !v.sensitive[part]:
			return part
		case v.sensitive[part]:
			return v.value(part)
		case slices.Contains(words, strings.ToLower(part)), strings.Contains(part, "_") && v.table.named(part):
			return part
		}
		return v.value(part)
	})
}

// commonWords are those that errmsgs are made of.
const commonWords = `a access account add address after agent agentid all allow allowed already an and any api app appid array at auth authorized
be bind body busy by call can cannot chat chatid check click code concurrent config content contain contact corp corpid corpsecret count create
credential customer data date day decode delete department deleted disable disabled does doesn't duplicate duplicated e email empty enough error
exceed exceeded exceeds exist existed exists expire expired external externaluser fail failed field file filename find for forbid forbidden format
found freq frequency friend from from_ip get group has have hint hour id illegal in info input interface internal invalid invalid_credential ip is
item items job join json key lack language length less limit limited link list long mark match max maximum media media_id member memory message
method minute miss missing mobile moment more most msg msgid msgtype must name need no none not null number object of ok on only open openid
operation or order out over page param parameter params parse part party password permanent permission permit phone please position post privilege
query quota range rate reach reached request require required response retry right role scope secret send sender server service session set sign
signature size some special state status string suite support supported system tag tagid task template text than the this ticket time times to token
too touser type unauthorized unionid unknown unsupported update url use used user userid userids using valid value warning welcome welcome_code with wrong
you your accesstoken started chatting distributed being `

package wecomtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
)

// reply encodes what a handler returned.
func (x *exchange) reply(v any, err error) *answer {
	if err != nil {
		return x.refused(err)
	}
	if raw, ok := v.(rawReply); ok {
		h := raw.Header.Clone()
		if h == nil {
			h = make(http.Header)
		}
		h.Set("Content-Type", raw.ContentType)
		return &answer{status: max(raw.Status, http.StatusOK), header: h, body: raw.Body}
	}
	a := x.coded(0, "ok")
	if v == nil {
		return a
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		x.s.problemf("%s: reply does not encode: %v", x.path, err)
		return x.refused(Refuse(-1, "wecomtest: reply does not encode"))
	}
	fields := bytes.TrimSpace(buf.Bytes())
	if x.handled && x.veiled() {
		var err error
		if fields, err = x.veilReply(fields); err != nil {
			return x.refused(err)
		}
	}
	if len(fields) < 2 || fields[0] != '{' {
		x.s.problemf("%s: reply is not an object", x.path)
		return x.refused(Refuse(-1, "wecomtest: reply is not an object"))
	}
	if fields = fields[1 : len(fields)-1]; len(fields) > 0 {
		a.body = append(append(append(a.body[:len(a.body)-1], ','), fields...), '}')
	}
	return a
}

// refused writes an errcode the way WeCom does: in body and headers, with a
// hint and the caller's address.
func (x *exchange) refused(err error) *answer {
	var r *Refusal
	if !errors.As(err, &r) {
		r = Refuse(-1, "wecomtest: "+err.Error())
	}
	sum := sha256.Sum256([]byte(strconv.Itoa(x.n)))
	msg := fmt.Sprintf("%s, hint: [%d_%d_%s], from ip: %s, more info at https://open.work.weixin.qq.com/devtool/query?e=%d",
		r.Msg, x.now.Unix(), x.n%100, hex.EncodeToString(sum[:16]), x.ip, r.Code)
	return x.coded(r.Code, msg)
}

func (x *exchange) coded(code int, msg string) *answer {
	if x.args != nil && x.json() && !x.whole {
		msg = "Warning: wrong json format. " + msg
	}
	text, err := json.Marshal(msg)
	if err != nil {
		text = []byte(`""`)
	}
	return &answer{
		status: http.StatusOK,
		code:   code,
		header: http.Header{
			"Content-Type": {"application/json; charset=UTF-8"},
			"Error-Code":   {strconv.Itoa(code)},
			"Error-Msg":    {msg},
		},
		body: fmt.Appendf(nil, `{"errcode":%d,"errmsg":%s}`, code, text),
	}
}

func (a *answer) write(w http.ResponseWriter) {
	if a.broken {
		breakOff(w)
		return
	}
	h := w.Header()
	maps.Copy(h, a.header)
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	if a.keep != nil {
		_, _ = w.Write(a.body[:*a.keep])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(a.body)
}

// zeroReply has the documented shape and nothing in it.
func zeroReply(e *endpoint) any {
	if e.Raw {
		return rawReply{ContentType: "application/octet-stream"}
	}
	return zeroObject(e.Response)
}

func zeroObject(fields []field) map[string]any {
	m := make(map[string]any, len(fields))
	for i := range fields {
		if f := &fields[i]; f.Required {
			m[f.Name] = zeroValue(f)
		}
	}
	return m
}

func zeroValue(f *field) any {
	switch f.Type {
	case "int", "unix", "float", "bool01":
		return 0
	case "bool":
		return false
	case "array":
		return []any{}
	case "object":
		return zeroObject(f.Fields)
	case "map":
		return map[string]any{}
	}
	return ""
}

package callback

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/wecomkit/wecom-go/internal/codec"
)

// maxEnvelope is how many tags or keys are read in search of the ciphertext.
// An envelope has eight; it is not verified yet, so a stranger sets its size.
const maxEnvelope = 64

// An Envelope is what WeCom sends and takes back: a ciphertext and what signs it.
type Envelope struct {
	Signature string // msg_signature: 40 hex digits
	Timestamp string // seconds since 1970
	Nonce     string
	Encrypt   string // base64
}

// ReadEnvelope takes the envelope out of a request: its decoded query, and its
// body, which is empty for a URL check. Other query parameters are ignored,
// so a callback URL may have some of its own. The body's first byte says
// whether it is XML or JSON; of both only the ciphertext counts, because
// nothing else in it is signed. It fails with [ErrEnvelope].
//
// An event is signed like a URL check. Who answers checks without a [Handler]
// must not echo what is XML or JSON, lest it opens recorded events for anybody.
//
// 「回调配置」 https://developer.work.weixin.qq.com/document/path/90930
func ReadEnvelope(query url.Values, body []byte) (Envelope, error) {
	env := Envelope{
		Signature: query.Get("msg_signature"),
		Timestamp: query.Get("timestamp"),
		Nonce:     query.Get("nonce"),
	}
	if env.Signature == "" || env.Timestamp == "" || env.Nonce == "" {
		return Envelope{}, fmt.Errorf("%w: msg_signature, timestamp or nonce is missing in the query", ErrEnvelope)
	}
	encrypt := query.Get("echostr")
	if body = trimBody(body); len(body) > 0 {
		var err error
		if encrypt, err = readEncrypt(body); err != nil {
			return Envelope{}, err
		}
	}
	// Base64 has no space: where one stands, something decoded the + of a URL twice.
	env.Encrypt = strings.ReplaceAll(strings.TrimSpace(encrypt), " ", "+")
	if env.Encrypt == "" {
		return Envelope{}, fmt.Errorf("%w: there is no ciphertext", ErrEnvelope)
	}
	return env, nil
}

// XML writes the envelope as the body of a request or of an answer.
func (e Envelope) XML() []byte {
	return fmt.Appendf(nil, "<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature><![CDATA[%s]]></MsgSignature>"+
		"<TimeStamp>%s</TimeStamp><Nonce><![CDATA[%s]]></Nonce></xml>", e.Encrypt, e.Signature, e.Timestamp, e.Nonce)
}

// JSON writes the envelope as the body of an answer to a request that came as
// JSON.
func (e Envelope) JSON() []byte {
	return fmt.Appendf(nil, `{"encrypt":%q,"msgsignature":%q,"timestamp":%s,"nonce":%q}`, e.Encrypt, e.Signature, e.Timestamp, e.Nonce)
}

// Query writes what signs the envelope as the query of a request whose body is
// the rest of it.
func (e Envelope) Query() url.Values {
	return url.Values{"msg_signature": {e.Signature}, "timestamp": {e.Timestamp}, "nonce": {e.Nonce}}
}

func readEncrypt(body []byte) (string, error) {
	switch body[0] {
	case '<':
		return readEncryptXML(string(body))
	case '{':
		return readEncryptJSON(body)
	default:
		return "", fmt.Errorf("%w: the body is neither XML nor JSON", ErrEnvelope)
	}
}

// readEncryptXML finds the text of the first Encrypt right under the root,
// without building a tree.
func readEncryptXML(s string) (string, error) {
	x, depth, wanted := xmlScanner{s: s}, 0, false
	for range maxEnvelope {
		tag, err := x.next()
		if err != nil {
			break
		}
		switch tag.kind {
		case tagOpen:
			wanted = depth == 1 && strings.EqualFold(tag.local, "Encrypt")
			depth++
		case tagClose:
			if wanted {
				return tag.text, nil
			}
			if depth--; depth <= 0 {
				return "", fmt.Errorf("%w: the envelope has no Encrypt", ErrEnvelope)
			}
		case tagEmpty:
		}
	}
	return "", fmt.Errorf("%w: the body is not an XML envelope", ErrEnvelope)
}

// readEncryptJSON takes the ciphertext from a JSON envelope. Samples have its
// key in both cases.
func readEncryptJSON(body []byte) (string, error) {
	var env struct {
		Lower string `json:"encrypt"`
		Upper string `json:"Encrypt"`
	}
	if err := codec.Decode(body, &env); err != nil {
		return "", fmt.Errorf("%w: the body is not a JSON envelope", ErrEnvelope)
	}
	if env.Lower == "" && env.Upper == "" {
		return "", fmt.Errorf("%w: the envelope has no encrypt", ErrEnvelope)
	}
	return cmp.Or(env.Lower, env.Upper), nil
}

// trimBody drops a byte order mark and white space in front of the first byte
// that says what the body is.
func trimBody(b []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\ufeff")), " \t\r\n")
}

package codec

import "reflect"

// patience is how far behind an errcode of 0 an errmsg is looked for. It stands
// right there; without a bound, a page that has none would be read twice.
const patience = 256

// Status finds errcode and errmsg in a reply and reads no further than it must.
//
// A reply without errcode has code 0. msg is nil if there is none, and else a
// part of body unless it has escapes; with code 0 it matters only for WeCom's
// remark that a request was malformed. ok is false if body is not a JSON object
// or breaks off before errcode: once the code is known, what follows does not
// change what it means.
func Status(body []byte) (code int, msg []byte, ok bool) {
	s := scanner{data: trimBOM(body)}
	if s.peek() != kindObject || s.enter() != nil {
		return 0, nil, false
	}
	haveCode, haveMsg := false, false
	for first := true; !haveCode || !haveMsg; first = false {
		more, err := s.more('}', first)
		if err != nil || !more {
			return code, msg, err == nil || haveCode
		}
		name, err := s.key()
		if err != nil {
			return code, msg, haveCode
		}
		switch string(name) {
		case "errcode":
			if code, ok = s.statusCode(); !ok {
				return 0, nil, false
			}
			haveCode = true
			if code == 0 {
				s.data = s.data[:min(len(s.data), s.pos+patience)]
			}
		case "errmsg":
			msg, err = s.statusMsg()
			haveMsg = true
		default:
			err = s.skip()
		}
		if err != nil {
			return code, msg, haveCode
		}
	}
	return code, msg, true
}

func (s *scanner) statusCode() (code int, ok bool) {
	k, text, err := s.scalarFor(reflect.TypeFor[int]())
	if err != nil {
		return 0, false
	}
	w, err := wholeFrom(k, text)
	n, ok := w.int64()
	return int(n), ok && err == nil && int64(int(n)) == n
}

// statusMsg returns the errmsg, nil for anything that is not text.
func (s *scanner) statusMsg() ([]byte, error) {
	if s.peek() != kindString {
		return nil, s.skip()
	}
	_, text, err := s.scalar()
	s.text = nil // it may be the caller's now
	return text, err
}

package wecomtest

import (
	"bytes"
	"encoding/json"
	"io"
)

// maxDepth bounds how deep a broken body may nest.
const maxDepth = 100

// parseBody reads a JSON object. Of a broken one it returns what stands
// before the fault, as WeCom does, and false.
func parseBody(body []byte) (fields map[string]any, ok bool) {
	if len(bytes.TrimSpace(body)) == 0 {
		return map[string]any{}, true
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&fields); err == nil && fields != nil {
		if _, err := dec.Token(); err == io.EOF {
			return fields, true
		}
		return fields, false
	}
	dec = json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	v, _ := partialValue(dec, 0)
	fields, _ = v.(map[string]any)
	if fields == nil {
		fields = map[string]any{}
	}
	return fields, false
}

// partialValue reads as much of one value as there is; done is false if the
// input broke off inside it.
func partialValue(dec *json.Decoder, depth int) (v any, done bool) {
	tok, err := dec.Token()
	if err != nil || depth > maxDepth {
		return nil, false
	}
	switch tok {
	case json.Delim('{'):
		m := map[string]any{}
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				return m, false
			}
			key, ok := name.(string)
			if !ok {
				return m, false
			}
			item, done := partialValue(dec, depth+1)
			if item != nil {
				m[key] = item
			}
			if !done {
				return m, false
			}
		}
		_, err := dec.Token()
		return m, err == nil
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			item, done := partialValue(dec, depth+1)
			if item != nil {
				list = append(list, item)
			}
			if !done {
				return list, false
			}
		}
		_, err := dec.Token()
		return list, err == nil
	}
	return tok, true
}

// hasUnicodeEscape reports whether body holds a \uXXXX escape.
func hasUnicodeEscape(body []byte) bool {
	for i := bytes.IndexByte(body, '\\'); i >= 0 && i+1 < len(body); {
		if body[i+1] == 'u' {
			return true
		}
		next := bytes.IndexByte(body[i+2:], '\\')
		if next < 0 {
			return false
		}
		i += 2 + next
	}
	return false
}

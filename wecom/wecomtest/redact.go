package wecomtest

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

const redacted = "REDACTED"

// secretNames end the names of parameters that stay out of the call log.
func secretNames() [7]string {
	return [...]string{"token", "secret", "ticket", "permanent_code", "auth_code", "tfa_code", "session_key"}
}

func secretParam(name string) bool {
	if name == loginCodeName {
		return true
	}
	for _, end := range secretNames() {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// namesSecret reports whether text may hold a secret parameter.
func namesSecret(text []byte) bool {
	for _, end := range secretNames() {
		if bytes.Contains(text, []byte(end)) {
			return true
		}
	}
	return bytes.Contains(text, []byte(`"`+loginCodeName+`"`))
}

// loginCodeName is the whole name of a parameter; many others end so.
const loginCodeName = "code"

// redactJSON hides the values of secret parameters, also in broken JSON.
func redactJSON(text []byte) []byte {
	if !namesSecret(text) {
		return text
	}
	names := secretNames()
	field := regexp.MustCompile(`("(?:` + loginCodeName + `|[^"\\]*(?:` + strings.Join(names[:], "|") + `))"\s*:\s*)"(?:[^"\\]|\\.)*"?`)
	return field.ReplaceAll(text, []byte(`${1}"`+redacted+`"`))
}

// redactXML hides the tickets, codes and tokens that events of suites bring.
func redactXML(text string) string {
	if !strings.Contains(text, "<SuiteId>") && !strings.Contains(text, "<ServiceCorpId>") {
		return text
	}
	element := regexp.MustCompile(`<(SuiteTicket|AuthCode|AccessToken)>.*?</(SuiteTicket|AuthCode|AccessToken)>`)
	return element.ReplaceAllString(text, "<$1>"+redacted+"</$1>")
}

// redactArgs is redactJSON for what is decoded; it leaves v as it is.
func redactArgs(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, val := range v {
			if _, text := val.(string); text && secretParam(name) {
				val = redacted
			}
			out[name] = redactArgs(val)
		}
		return out
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = redactArgs(out[i])
		}
		return out
	default:
		return v
	}
}

package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

// funcs are what templates can do beside calling methods.
func funcs() template.FuncMap {
	return template.FuncMap{
		"stamp":    stamp,
		"clock":    clockTime,
		"iso":      func(t time.Time) string { return t.Format(time.RFC3339) },
		"pretty":   pretty,
		"count":    count,
		"code":     codeName,
		"meaning":  func(code int) string { return wecom.Code(code).Meaning() },
		"clip":     clip,
		"join":     strings.Join,
		"body":     prettyBody,
		"dict":     dict,
		"duration": func(d api.Duration) string { return shortDuration(time.Duration(d)) },
	}
}

// stamp is a time as a list shows it.
func stamp(t time.Time) string { return t.Format("2006-01-02 15:04") }

// clockTime is the time of day of what happened just now.
func clockTime(t time.Time) string { return t.Format("15:04:05.000") }

// pretty lays out JSON for a reader, and leaves other text as it is.
func pretty(text string) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(text), "", "  "); err != nil {
		return text
	}
	return b.String()
}

// count says how many there are of something: 1 tag, 2 tags.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// shortDuration is 1h in place of 1h0m0s.
func shortDuration(d time.Duration) string {
	text := d.Round(10 * time.Microsecond).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// codeName is the name of an errcode without the prefix that all have.
func codeName(code int) string {
	name := wecom.Code(code).String()
	if strings.HasPrefix(name, "Code(") {
		return "unknown errcode"
	}
	return strings.TrimPrefix(name, "Code")
}

func clip(n int, text string) string {
	if list := []rune(text); len(list) > n {
		return string(list[:n]) + "…"
	}
	return text
}

// dict gives a part of a page several values.
func dict(pairs ...any) (map[string]any, error) {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// compactValue is a decoded value as JSON has it.
func compactValue(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

package isv_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
)

// A parrot refuses with the request in its errmsg, but for tokens.
type parrot struct{}

func (parrot) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	if strings.HasSuffix(r.URL.Path, "_token") {
		_, _ = io.WriteString(w, `{"suite_access_token":"tok-1","provider_access_token":"tok-2","expires_in":7200}`)
		return w.Result(), nil
	}
	body := ""
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(b)
	}
	q := r.URL.Query()
	reply, err := json.Marshal(map[string]any{
		"errcode": 40029,
		"errmsg":  "invalid: " + r.URL.String() + " " + body + " " + q.Get("code") + q.Get("js_code"),
	})
	if err != nil {
		return nil, err
	}
	_, _ = w.Write(reply)
	return w.Result(), nil
}

// failing loses every request with its URL in the error, but for tokens.
type failing struct{}

func (failing) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "_token") {
		return parrot{}.RoundTrip(r)
	}
	return nil, errors.New("no route to " + r.URL.String())
}

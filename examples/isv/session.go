package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

const (
	sessionCookie = "__Host-isv"
	sessionLife   = time.Hour // for so long one stays admin who is none any more
)

// sessions remember in a signed cookie of which corp a browser's owner is an
// admin. Any process reads what another one wrote.
type sessions struct {
	key   []byte
	clock wecom.Clock
}

// A session is corpid.end.mac, the first and the last in base64.
func (s sessions) begin(w http.ResponseWriter, corpID string) {
	value := fmt.Sprintf("%s.%d", base64.RawURLEncoding.EncodeToString([]byte(corpID)), s.clock.Now().Add(sessionLife).Unix())
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: value + "." + s.mac(value), Path: "/", MaxAge: int(sessionLife / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// corp returns of which corp the sender of a request is an admin.
func (s sessions) corp(r *http.Request) (corpID string, ok bool) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return "", false
	}
	dot := strings.LastIndexByte(cookie.Value, '.')
	if dot < 0 {
		return "", false
	}
	value, mac := cookie.Value[:dot], cookie.Value[dot+1:]
	if !hmac.Equal([]byte(mac), []byte(s.mac(value))) {
		return "", false
	}
	name, until, _ := strings.Cut(value, ".")
	end, err := strconv.ParseInt(until, 10, 64)
	if err != nil || s.clock.Now().Unix() >= end {
		return "", false
	}
	id, err := base64.RawURLEncoding.DecodeString(name)
	return string(id), err == nil
}

func (s sessions) mac(value string) string {
	h := hmac.New(sha256.New, s.key)
	_, _ = h.Write([]byte(value))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

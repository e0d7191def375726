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
	sessionCookie = "__Host-sidebar"
	sessionLife   = 12 * time.Hour
)

// sessions remember in a signed cookie which member a browser belongs to.
type sessions struct {
	key   []byte
	clock wecom.Clock
}

// A session is userid.end.mac, all of it in base64 or digits.
func (s sessions) begin(w http.ResponseWriter, userID string) {
	value := fmt.Sprintf("%s.%d", base64.RawURLEncoding.EncodeToString([]byte(userID)), s.clock.Now().Add(sessionLife).Unix())
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: value + "." + s.mac(value), Path: "/", MaxAge: int(sessionLife / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// member returns whose browser made the request.
func (s sessions) member(r *http.Request) (userID string, ok bool) {
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
	_, _ = h.Write([]byte("sidebar session 1\x00" + value))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

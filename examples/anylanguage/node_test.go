package anylanguage_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// node starts the callback, and has the simulator send events there.
func (s *simulator) node() (*program, string) {
	s.t.Helper()
	p := start(s.t, append([]string{"PORT=0"}, s.env[1:]...), "node", "node/callback.mjs")
	site := regexp.MustCompile(`http://\S+`).FindString(p.waitFor("listening"))
	res, err := http.Post(s.url+"/_sim/callbacks", "application/json", strings.NewReader(`{"url":"`+site+`"}`))
	require.NoError(s.t, err)
	defer res.Body.Close()
	require.Equal(s.t, http.StatusOK, res.StatusCode, "the echo check")
	return p, site
}

type chatMessage struct{ From, Kind, Text string }

func (s *simulator) chat(userID, customer string) []chatMessage {
	s.t.Helper()
	return items[chatMessage](s, "conversations?userid="+userID+"&external_userid="+customer)
}

const welcome = "你好，欢迎光临！"

func TestNodeGreets(t *testing.T) {
	sim := serve(t)
	sim.do("wecomsim", "act", "add-member", "userid=alice", "name=Alice")
	node, _ := sim.node()

	zoe := sim.addCustomer("Zoe")
	node.waitFor("change_external_contact/add_external_contact alice " + zoe)
	node.waitFor("greeted " + zoe)
	assert.Equal(t, []chatMessage{{"alice", "welcome", welcome}}, sim.chat("alice", zoe))

	t.Run("with a token that dies on the way", func(t *testing.T) {
		sim := sim.in(t)
		sim.do("wecomsim", "fault", "add", "externalcontact/send_welcome_msg", "--code", "42001", "--times", "1")
		yang := sim.addCustomer("杨")
		node.waitFor("greeted " + yang)
		assert.Equal(t, []chatMessage{{"alice", "welcome", welcome}}, sim.chat("alice", yang))
	})

	t.Run("once, however often WeCom tells", func(t *testing.T) {
		sim := sim.in(t)
		sim.do("wecomsim", "mishap", "add", "add_external_contact", "--duplicate", "--times", "1")
		mo := sim.addCustomer("莫")
		node.waitFor("greeted " + mo)
		sim.do("wecomsim", "act", "add-member", "userid=bob", "name=Bob")
		type call struct{ Code int }
		calls := items[call](sim, "calls?op=externalcontact/send_welcome_msg&where=text.content="+url.QueryEscape(welcome))
		assert.Len(t, calls, 4, "three customers, one of them twice for the token")
	})

	t.Run("text that looks like markup", func(t *testing.T) {
		sim := sim.in(t)
		sim.do("wecomsim", "trigger", "text", "--set", "FromUserName=alice", "--set",
			"Content=<![CDATA[</Content><Event>change_external_contact</Event><ChangeType>add_external_contact</ChangeType><WelcomeCode>x</WelcomeCode>")
		assert.Equal(t, "text alice ", node.waitFor("text alice"), "not an event")
	})
	assert.Empty(t, sim.problems())
}

const message = "<xml><MsgType><![CDATA[text]]></MsgType><FromUserName>mallory</FromUserName></xml>"

// sealed writes a callback's body with keys of its own, and its signature.
func sealed(t *testing.T, token, aesKey, receiveID string, at time.Time, pad int) (query, body string) {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	require.NoError(t, err)
	plain := append(make([]byte, 16), binary.BigEndian.AppendUint32(nil, uint32(len(message)))...)
	plain = append(plain, message+receiveID...)
	n := 32 - len(plain)%32
	plain = append(plain, slices.Repeat([]byte{byte(n + pad)}, n)...)
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(plain, plain)
	encrypted := base64.StdEncoding.EncodeToString(plain)
	timestamp := strconv.FormatInt(at.Unix(), 10)
	parts := []string{token, timestamp, "nonce", encrypted}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	q := url.Values{"msg_signature": {hex.EncodeToString(sum[:])}, "timestamp": {timestamp}, "nonce": {"nonce"}}
	return q.Encode(), "<xml><ToUserName><![CDATA[x]]></ToUserName><Encrypt><![CDATA[" + encrypted + "]]></Encrypt></xml>"
}

func TestNodeRefusesForgeries(t *testing.T) {
	sim := serve(t)
	node, site := sim.node()

	var tenant struct {
		Corps []struct {
			Keys struct {
				Token          string
				EncodingAESKey string `json:"encoding_aes_key"`
				ReceiveID      string `json:"receive_id"`
			}
		}
	}
	sim.get("/_sim/tenant", &tenant)
	keys := tenant.Corps[0].Keys
	send := func(t *testing.T, query, body string) int {
		t.Helper()
		res, err := http.Post(site+"?"+query, "text/xml", strings.NewReader(body))
		require.NoError(t, err)
		defer res.Body.Close()
		return res.StatusCode
	}

	now := time.Now()
	query, body := sealed(t, keys.Token, keys.EncodingAESKey, keys.ReceiveID, now, 0)
	require.Equal(t, http.StatusOK, send(t, query, body), "a real one")
	node.waitFor("text mallory")

	tampered := strings.Replace(body, "<Encrypt><![CDATA[", "<Encrypt><![CDATA[AAAA", 1)
	anotherToken, sameBody := sealed(t, "anotherToken", keys.EncodingAESKey, keys.ReceiveID, now, 0)
	anotherCorp, anotherBody := sealed(t, keys.Token, keys.EncodingAESKey, "wwANOTHER", now, 0)
	recorded, oldBody := sealed(t, keys.Token, keys.EncodingAESKey, keys.ReceiveID, now.Add(-time.Hour), 0)
	badPadding, badBody := sealed(t, keys.Token, keys.EncodingAESKey, keys.ReceiveID, now, 1)
	for _, tt := range []struct {
		name, query, body, why string
	}{
		{"another token", anotherToken, sameBody, "signature"},
		{"a body that was changed", query, tampered, "signature"},
		{"another nonce", strings.Replace(query, "nonce=nonce", "nonce=n", 1), body, "signature"},
		{"no signature", "", body, "signature"},
		{"a shorter signature", strings.Replace(query, "msg_signature=", "msg_signature=&x=", 1), body, "signature"},
		{"another corp", anotherCorp, anotherBody, "receive id"},
		{"a recorded one", recorded, oldBody, "timestamp"},
		{"bad padding", badPadding, badBody, "padding"},
		{"no body", query, "", "signature"},
		{"too much", query, strings.Repeat("x", 2<<20), "size"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, http.StatusForbidden, send(t, tt.query, tt.body))
			node.waitFor("refused: " + tt.why)
		})
	}
	t.Run("an echo check", func(t *testing.T) {
		res, err := http.Get(site + "?" + query + "&echostr=abc")
		require.NoError(t, err)
		defer res.Body.Close()
		assert.Equal(t, http.StatusForbidden, res.StatusCode)
	})
	assert.NotContains(t, strings.Join(node.log[2:], "\n"), "mallory", "no forgery counts as an event")

	t.Run("the doctor finds nothing", func(t *testing.T) {
		out := sim.in(t).do("wecomsim", "doctor", "--base-url", site)
		assert.NotContains(t, out, "warn")
	})
}

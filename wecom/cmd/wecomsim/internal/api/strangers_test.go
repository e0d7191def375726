package api_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Requests that other programs send, byte for byte, are answered in WeCom's own
// way: never with a redirect or an HTML page.
func TestRequestsOfStrangers(t *testing.T) {
	t.Parallel()
	w := populated(t)
	site := httptest.NewServer(w.api)
	t.Cleanup(site.Close)
	cred := w.srv.Credential()
	var granted struct {
		Token string `json:"access_token"`
	}
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/cgi-bin/gettoken?corpid="+cred.CorpID+"&corpsecret="+cred.Secret, http.NoBody))
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &granted))
	token := granted.Token
	list := "/cgi-bin/externalcontact/list?userid=alice&access_token=" + token
	tags := "/cgi-bin/externalcontact/get_corp_tag_list?access_token=" + token
	const body = "--b\r\nContent-Disposition: form-data; name=\"media\"; filename=\"春.txt\"\r\n\r\nmytext\r\n--b--\r\n"
	for _, tt := range []struct {
		name, request, want string
	}{
		{"HTTP/1.0 without a host", "GET " + list + " HTTP/1.0\r\n\r\n", `"external_userid":["wmZoe"]`},
		{"through it as a proxy", "GET http://qyapi.weixin.qq.com" + list + " HTTP/1.1\r\nHost: qyapi.weixin.qq.com\r\n\r\n", `"external_userid":["wmZoe"]`},
		{"another host", "GET " + list + " HTTP/1.1\r\nHost: qyapi.weixin.qq.com\r\n\r\n", `"external_userid":["wmZoe"]`},
		{"an offer of HTTP/2", "GET " + list + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n", `"external_userid":["wmZoe"]`},
		{"a body in chunks, of no type", "POST " + tags + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", `"group_name":"level"`},
		{"a body that is a form to curl", "POST " + tags + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2\r\n\r\n{}", `"group_name":"level"`},
		{"a POST without a body", "POST " + tags + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", `"group_name":"level"`},
		{"an upload that waits for 100", "POST /cgi-bin/media/upload?type=file&access_token=" + token + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: " + fmt.Sprint(len(body)) + "\r\n\r\n" + body, `"media_id":`},
		{"an upload without a boundary", "POST /cgi-bin/media/upload?type=file&access_token=" + token + " HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data\r\nContent-Length: " + fmt.Sprint(len(body)) + "\r\n\r\n" + body, `"errcode":44001`},
		{"two slashes", "GET //cgi-bin/gettoken?corpid=" + cred.CorpID + "&corpsecret=" + cred.Secret + " HTTP/1.1\r\nHost: x\r\n\r\n", `"errcode":404`},
		{"dots", "GET /cgi-bin/../cgi-bin/gettoken HTTP/1.1\r\nHost: x\r\n\r\n", `"errcode":404`},
		{"HEAD", "HEAD " + list + " HTTP/1.0\r\n\r\n", "Error-Code: 40058"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", site.Listener.Addr().String())
			require.NoError(t, err)
			defer conn.Close()
			_, err = io.WriteString(conn, tt.request)
			require.NoError(t, err)
			reader := bufio.NewReader(conn)
			method, _, _ := strings.Cut(tt.request, " ")
			res, err := http.ReadResponse(reader, &http.Request{Method: method})
			require.NoError(t, err)
			if res.StatusCode == http.StatusContinue {
				res, err = http.ReadResponse(reader, nil)
				require.NoError(t, err)
			}
			defer res.Body.Close()
			text, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			assert.Equal(t, "application/json; charset=UTF-8", res.Header.Get("Content-Type"))
			assert.Contains(t, string(text)+"Error-Code: "+res.Header.Get("Error-Code"), tt.want)
		})
	}
	t.Run("the address itself leads to the console", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{"/", "/_sim"} {
			rec := httptest.NewRecorder()
			w.api.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "http://localhost"+path, http.NoBody))
			assert.Equal(t, "/_sim/", rec.Header().Get("Location"), path)
		}
	})
}

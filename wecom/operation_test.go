package wecom_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

// An Operation may be written by hand. One that cannot work must say so, and
// must not send the token anywhere: a path without its slash would become part
// of the host's name.
func TestOperationThatCannotWorkIsNotSent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		op   wecom.Operation
		want string
	}{
		{"no method", wecom.Operation{Path: "/cgi-bin/x"}, "Method"},
		{"lower-case method", wecom.Operation{Method: "post", Path: "/cgi-bin/x"}, "Method"},
		{"method that WeCom does not know", wecom.Operation{Method: http.MethodDelete, Path: "/cgi-bin/x"}, "Method"},
		{"no path", wecom.Operation{Method: http.MethodGet}, "Path"},
		{"no leading slash", wecom.Operation{Method: http.MethodGet, Path: "cgi-bin/x"}, "Path"},
		{"path that would extend the host", wecom.Operation{Method: http.MethodGet, Path: ".evil.test/x"}, "Path"},
		{"path that would replace the host", wecom.Operation{Method: http.MethodGet, Path: "@evil.test/x"}, "Path"},
		{"whole URL", wecom.Operation{Method: http.MethodGet, Path: "https://qyapi.weixin.qq.com/cgi-bin/x"}, "Path"},
		{"query in the path", wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/x?type=1"}, "Path"},
		{"fragment in the path", wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/x#1"}, "Path"},
		{"space at the end", wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/x "}, "Path"},
		{"line break", wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/x\r\nHost: evil.test"}, "Path"},
		{"escapes", wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/%2e%2e/x"}, "Path"},
		{"two slashes", wecom.Operation{Method: http.MethodGet, Path: "//evil.test/x"}, "Path"},
		{"way up", wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/../x"}, "Path"},
		{"unknown credential", wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/x", Auth: 99}, "Auth"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := &peer{}
			err := call(t.Context(), p.client(t), test.op)
			require.ErrorContains(t, err, "wecom: Operation")
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, p.seen)
			_, err = wecom.Upload[wecom.Empty](t.Context(), p.client(t), test.op, nil, wecom.File{Name: "a.txt", Reader: strings.NewReader("text")}, 0)
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, p.seen)
		})
	}
}

func TestOperationsInUseCanWork(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/cgi-bin/user/get", "/cgi-bin/externalcontact/get_groupmsg_list_v2", "/cgi-bin/service/get_corp_token", "/x-1.2~3"} {
		require.NoError(t, call(t.Context(), (&peer{}).client(t), wecom.Operation{Method: http.MethodPost, Path: path}), path)
	}
}

// Every body that WeCom reads is an object. A []byte would go out as base64.
func TestDoRefusesABodyThatIsNoObject(t *testing.T) {
	t.Parallel()
	p := &peer{}
	c := p.client(t)
	for _, req := range []any{[]byte(`{"userid":"alice"}`), []string{"alice"}, "alice", 7, json.RawMessage(`[]`)} {
		_, err := wecom.Do[wecom.Empty](t.Context(), c, opWrite, req)
		require.ErrorContains(t, err, "want a JSON object", "%T", req)
		require.ErrorContains(t, err, opWrite.Path)
	}
	assert.Empty(t, p.seen)
	_, err := wecom.Do[wecom.Empty](t.Context(), c, opWrite, json.RawMessage(` {"userid":"alice"}`))
	require.NoError(t, err)
}

func TestDoWithoutAClient(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*wecom.Client{"nil": nil, "zero": new(wecom.Client)} {
		require.ErrorContains(t, call(t.Context(), c, opRead), "wecom.New", name)
		require.ErrorContains(t, c.Check(t.Context()), "wecom.New", name)
		_, err := c.Token(t.Context())
		require.ErrorContains(t, err, "wecom.New", name)
	}
}

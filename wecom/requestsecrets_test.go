package wecom_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

// What a request proves somebody with stays out of the error that repeats it.
func TestSecretsOfTheRequestStayOutOfErrors(t *testing.T) {
	t.Parallel()
	type login struct {
		Code string `json:"code"`
	}
	type nested struct {
		UserID  string   `json:"userid"`
		List    []login  `json:"list"`
		Tickets []string `json:"user_ticket"`
	}
	get := wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/auth/getuserinfo"}
	post := wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/auth/getuserdetail"}
	tests := []struct {
		name string
		op   wecom.Operation
		req  any
	}{
		{"query", get, login{"s3cr3t-code+&="}},
		{"body", post, login{"s3cr3t-code"}},
		{"inside a body", post, nested{"alice", []login{{"s3cr3t-code"}}, []string{"s3cr3t-ticket"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := &peer{serve: func(r *http.Request, _ int) string {
				body := new(strings.Builder)
				if r.Method == http.MethodPost {
					_ = r.Write(body)
				}
				return fmt.Sprintf(`{"errcode":40029,"errmsg":%q}`, "invalid code of alice: "+r.URL.Query().Get("code")+r.URL.RawQuery+body.String())
			}}
			c := p.client(t)

			_, err := wecom.Do[wecom.Empty](t.Context(), c, test.op, test.req)

			e, ok := errors.AsType[*wecom.Error](err)
			require.True(t, ok, "%v", err)
			assert.Contains(t, e.Msg, "invalid code of alice")
			assert.NotContains(t, e.Msg, "s3cr3t")
			leaks.show(err)
		})
	}
}

func TestShortWordsOfTheRequestStayInErrors(t *testing.T) {
	t.Parallel()
	p := &peer{serve: func(*http.Request, int) string { return `{"errcode":40029,"errmsg":"area 86 is wrong"}` }}
	_, err := wecom.Do[wecom.Empty](t.Context(), p.client(t), wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/x"}, map[string]string{"area_code": "86"})
	require.ErrorContains(t, err, "area 86 is wrong")
}

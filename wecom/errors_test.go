package wecom_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

var (
	opGet    = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/externalcontact/get", Read: true}
	opRemark = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/remark"}
	opToken  = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/gettoken", Read: true}
)

func TestErrorString(t *testing.T) {
	t.Parallel()
	retryAt := time.Date(2026, 11, 21, 8, 1, 0, 0, time.UTC)
	tests := []struct {
		name string
		err  wecom.Error
		want string
	}{
		{
			"not a customer",
			wecom.Error{Op: opGet, Code: 84061, Msg: "not external contact", Attempts: 1},
			"wecom: /cgi-bin/externalcontact/get: 84061 NotExternalContact: not external contact (the member deleted this customer or never added them back; a listing answers this for a member without customers)",
		},
		{
			"IP",
			wecom.Error{Op: opGet, Code: 60020, Msg: "not allow to access from your ip", IP: "203.0.113.9"},
			"wecom: /cgi-bin/externalcontact/get: 60020 IPNotAllowed: not allow to access from your ip (add 203.0.113.9 to 「企业可信IP」 on the app's page in the console, a provider to 「IP白名单」 under 「服务商信息」; it works about a minute later)",
		},
		{
			"IP not named",
			wecom.Error{Op: opGet, Code: 60020},
			"wecom: /cgi-bin/externalcontact/get: 60020 IPNotAllowed (add the calling IP to 「企业可信IP」 on the app's page in the console, a provider to 「IP白名单」 under 「服务商信息」; it works about a minute later)",
		},
		{
			"wrong secret",
			wecom.Error{Op: opToken, Code: 40001, Msg: "invalid credential"},
			"wecom: /cgi-bin/gettoken: 40001 InvalidSecret: invalid credential (copy the Secret again from the app's page under 「应用管理」 in the console, and check that the app is enabled and belongs to this CorpID; repeated wrong secrets shut the whole IP out of gettoken for an hour)",
		},
		{
			"wrong secret remembered",
			wecom.Error{Op: opToken, Code: 40013, Msg: "invalid corpid", Client: true, RetryAt: retryAt},
			"wecom: /cgi-bin/gettoken: not sent by the client: 40013 InvalidCorpID: invalid corpid (the client sends again from 2026-11-21T08:01:00Z; copy the CorpID (企业ID) from the page 「我的企业」 in the console)",
		},
		{
			"limit of WeCom",
			wecom.Error{Op: opGet, Code: 45009, Msg: "api freq out of limit", RetryAt: retryAt, Attempts: 1},
			"wecom: /cgi-bin/externalcontact/get: 45009 APIFreqLimit: api freq out of limit (WeCom is closed to this API until 2026-11-21T08:01:00Z)",
		},
		{
			"limit of the client",
			wecom.Error{Op: opGet, Code: 45009, RetryAt: retryAt, Client: true},
			"wecom: /cgi-bin/externalcontact/get: client rate limit, not sent (the client sends again from 2026-11-21T08:01:00Z)",
		},
		{
			"limit of the client, time unknown",
			wecom.Error{Op: opGet, Code: 45033, Client: true, Msg: "5 calls are running"},
			"wecom: /cgi-bin/externalcontact/get: client rate limit, not sent: 5 calls are running (make fewer calls or give ctx more time)",
		},
		{
			"busy to the end",
			wecom.Error{Op: opGet, Code: -1, Msg: "system busy", Attempts: 3},
			"wecom: /cgi-bin/externalcontact/get: -1 SystemBusy: system busy (tried 3 times; WeCom is busy: try again a little later, three times at most)",
		},
		{
			"wrong JSON",
			wecom.Error{Op: opRemark, Code: 40058, Msg: "Warning: wrong json format. invalid request"},
			"wecom: /cgi-bin/externalcontact/remark: 40058 InvalidArgument: Warning: wrong json format. invalid request (WeCom read the request only in part: a field has the wrong type)",
		},
		{
			"a code without advice",
			wecom.Error{Op: opGet, Code: 41045, Msg: "limit"},
			"wecom: /cgi-bin/externalcontact/get: 41045 ContactWayLimit: limit (contact way: corp has reached the ceiling for ones made by API)",
		},
		{
			"a code with its action's advice",
			wecom.Error{Op: opGet, Code: 301042, Msg: "no"},
			"wecom: /cgi-bin/externalcontact/get: 301042 ArchiveIPNotAllowed: no (calling IP not on the archive allow list; an administrator must change a setting or a right first)",
		},
		{
			"unknown code",
			wecom.Error{Op: opGet, Code: 99, Msg: "something new", HelpURL: "https://open.work.weixin.qq.com/devtool/query?e=99"},
			"wecom: /cgi-bin/externalcontact/get: 99: something new (https://open.work.weixin.qq.com/devtool/query?e=99)",
		},
		{"unknown code alone", wecom.Error{Op: opGet, Code: 99}, "wecom: /cgi-bin/externalcontact/get: 99"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, tt.err.Error())
		})
	}
}

func TestErrorThroughWrapping(t *testing.T) {
	t.Parallel()
	err := errors.Join(io.EOF, fmt.Errorf("sync alice: %w", &wecom.Error{Op: opGet, Code: wecom.CodeNotExternalContact, Hint: "12"}))

	require.ErrorIs(t, err, wecom.ErrNotFound)
	require.NotErrorIs(t, err, wecom.ErrOutcomeUnknown)
	assert.True(t, wecom.IsCode(err, wecom.CodeInvalidUserID, wecom.CodeNotExternalContact))
	assert.False(t, wecom.IsCode(err, wecom.CodeInvalidUserID))
	assert.False(t, wecom.IsCode(err))
	assert.False(t, wecom.IsCode(io.EOF, wecom.CodeOK))
	assert.False(t, wecom.IsCode(nil, wecom.CodeOK))
	e, ok := errors.AsType[*wecom.Error](err)
	require.True(t, ok)
	assert.Equal(t, "12", e.Hint)
}

func TestTransportErrorString(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	tests := []struct {
		name string
		err  wecom.TransportError
		want string
	}{
		{
			"not sent", wecom.TransportError{Op: opRemark, Err: refused, Attempts: 3},
			"wecom: /cgi-bin/externalcontact/remark: not sent: " + refused.Error() + " (tried 3 times)",
		},
		{
			"read", wecom.TransportError{Op: opGet, Err: io.ErrUnexpectedEOF, Sent: true, Attempts: 1},
			"wecom: /cgi-bin/externalcontact/get: no reply: unexpected EOF",
		},
		{
			"write", wecom.TransportError{Op: opRemark, Err: io.ErrUnexpectedEOF, Sent: true, Attempts: 1},
			"wecom: /cgi-bin/externalcontact/remark: no reply: unexpected EOF (WeCom may have carried the call out: look before repeating it)",
		},
		{
			"a proxy's page", wecom.TransportError{Op: opGet, HTTPStatus: 502, Err: errors.New("text/html, 3 KB"), Sent: true},
			"wecom: /cgi-bin/externalcontact/get: no usable reply, HTTP status 502: text/html, 3 KB",
		},
		{"nothing known", wecom.TransportError{Op: opGet}, "wecom: /cgi-bin/externalcontact/get: not sent"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, tt.err.Error())
		})
	}
}

func TestOutcomeUnknown(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  *wecom.TransportError
		want bool
	}{
		{"write sent", &wecom.TransportError{Op: opRemark, Sent: true, Err: io.EOF}, true},
		{"write not sent", &wecom.TransportError{Op: opRemark, Err: io.EOF}, false},
		{"read sent", &wecom.TransportError{Op: opGet, Sent: true, Err: io.EOF}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := fmt.Errorf("shop: %w", tt.err)
			assert.Equal(t, tt.want, errors.Is(err, wecom.ErrOutcomeUnknown))
			require.ErrorIs(t, err, io.EOF)
			require.NotErrorIs(t, err, wecom.ErrBusy)
		})
	}
}

func TestTransportErrorTimeout(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  error
		want bool
	}{
		{"ctx", fmt.Errorf("reading: %w", context.DeadlineExceeded), true},
		{"transport", &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, true},
		{"cancelled", context.Canceled, false},
		{"refused", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, false},
		{"nothing", nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, (&wecom.TransportError{Err: tt.err}).Timeout())
		})
	}
}

func TestErrorsInLogs(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	logger.Warn("refused", "err", &wecom.Error{Op: opGet, Code: 99, Msg: "new", Hint: "12", Attempts: 2})
	logger.Warn("lost", "err", &wecom.TransportError{Op: opRemark, Err: io.EOF, Attempts: 1, Sent: true})
	assert.Equal(t, `level=WARN msg=refused err.error="wecom: /cgi-bin/externalcontact/get: 99: new (tried 2 times)" err.op=/cgi-bin/externalcontact/get err.errcode=99 err.attempts=2 err.hint=12
level=WARN msg=lost err.error="wecom: /cgi-bin/externalcontact/remark: no reply: EOF (WeCom may have carried the call out: look before repeating it)" err.op=/cgi-bin/externalcontact/remark err.status=0 err.attempts=1 err.sent=true
`, log.String())
}

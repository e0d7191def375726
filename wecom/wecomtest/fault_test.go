package wecomtest_test

import (
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestFaultFailsTwiceThenWorks(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	fault := srv.Fault("getcallbackip").Times(2).Code(-1)

	codes := []int{c.get("getcallbackip").code(), c.get("getcallbackip").code(), c.get("getcallbackip").code()}

	assert.Equal(t, []int{-1, -1, 0}, codes)
	assert.Equal(t, 2, fault.Hits())
	assert.Equal(t, "code -1", srv.Calls().Op("getcallbackip").N(0).Fault)
}

func TestFaultsStrikeInTheirOrder(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	srv.Fault("/cgi-bin/getcallbackip").After(1).Times(1).Code(6000)
	srv.Fault("getcallbackip").Times(1).Code(-1)

	codes := []int{c.get("getcallbackip").code(), c.get("getcallbackip").code(), c.get("getcallbackip").code()}

	assert.Equal(t, []int{-1, 6000, 0}, codes)
}

func TestFaultWhere(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	for _, id := range []string{"alice", "bob"} {
		srv.AddMember(wecomtest.Member{UserID: id})
		srv.Seed().Customer(wecomtest.Customer{FollowUser: []wecomtest.Follow{{UserID: id}}})
	}
	c := newCaller(t, srv)
	srv.Fault("externalcontact/list").Where("userid", "bob").Code(-1)

	assert.Zero(t, c.get("externalcontact/list", "userid", "alice").code())
	assert.Equal(t, -1, c.get("externalcontact/list", "userid", "bob").code())
}

func TestFaultCodeComesAfterTheToken(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	fault := srv.Fault("getcallbackip").Times(1).Code(-1)

	srv.RevokeTokens()
	assert.Equal(t, 40014, c.get("getcallbackip").code())
	assert.Zero(t, fault.Hits())
	c.token = c.fetchToken(srv.Credential().Secret)
	assert.Equal(t, -1, c.get("getcallbackip").code())
}

func TestFaultOfTheNetwork(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		prepare func(*wecomtest.Fault)
		status  int
		body    string
		err     string
	}{
		{name: "http", prepare: func(f *wecomtest.Fault) { f.HTTP(502, "bad gateway") }, status: 502, body: "bad gateway"},
		{name: "not json", prepare: func(f *wecomtest.Fault) { f.NotJSON() }, status: 200, body: "<html><body>wecomtest: not WeCom</body></html>"},
		{name: "reset", prepare: func(f *wecomtest.Fault) { f.Reset() }, err: "EOF"},
		{name: "lost", prepare: func(f *wecomtest.Fault) { f.Lost() }, err: "EOF"},
		{name: "truncated", prepare: func(f *wecomtest.Fault) { f.Truncate(12) }, status: 200, body: `{"errcode":0`, err: "unexpected EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := wecomtest.New(t)
			c := newCaller(t, srv)
			tt.prepare(srv.Fault("getcallbackip").Times(1))

			r, err := c.try(http.MethodGet, "getcallbackip", url.Values{"access_token": {c.token}}, "")

			assert.Equal(t, tt.status, r.Status)
			assert.Equal(t, tt.body, r.Body)
			if tt.err == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tt.err)
			}
			assert.Equal(t, 1, srv.Calls().Op("getcallbackip").Len(), "net/http must not repeat the call by itself")
		})
	}
}

func TestLostCallIsCarriedOut(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	carried := 0
	srv.Handle("externalcontact/remark", func(wecomtest.Call) (any, error) {
		carried++
		return nil, nil
	})
	c := newCaller(t, srv)
	srv.Fault("externalcontact/remark").Times(1).Lost()
	srv.Fault("externalcontact/remark").After(1).Times(1).Reset()
	send := func() error {
		_, err := c.try(http.MethodPost, "externalcontact/remark", url.Values{"access_token": {c.token}}, `{"userid":"a","external_userid":"b"}`)
		return err
	}

	require.Error(t, send())
	assert.Equal(t, 1, carried, "lost")
	require.Error(t, send())
	assert.Equal(t, 1, carried, "reset")
}

func TestFaultDelayAndHang(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := wecomtest.New(t)
		c := newCaller(t, srv)
		srv.Fault("getcallbackip").Times(1).Delay(3 * time.Second)
		srv.Fault("get_api_domain_ip").Hang()
		start := time.Now()

		require.Zero(t, c.get("getcallbackip").code())
		assert.Equal(t, 3*time.Second, time.Since(start))

		client := *srv.HTTPClient()
		client.Timeout = time.Minute
		_, err := client.Get(srv.URL() + "/cgi-bin/get_api_domain_ip?access_token=" + c.token)
		require.Error(t, err)
		assert.Equal(t, time.Minute+3*time.Second, time.Since(start))
	})
}

func TestFaultProbIsRepeatable(t *testing.T) {
	t.Parallel()
	run := func() string {
		srv := wecomtest.New(t)
		c := newCaller(t, srv)
		srv.Fault("getcallbackip").Prob(0.5, 7).Code(-1)
		var out strings.Builder
		for range 20 {
			out.WriteString(c.get("getcallbackip").Header.Get("Error-Code") + " ")
		}
		return out.String()
	}

	first := run()

	assert.Equal(t, first, run())
	assert.Contains(t, first, "-1 ")
	assert.Contains(t, first, "0 ")
}

func TestUnusedFaultFailsTheTest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		opts []wecomtest.Option
		set  func(srv *wecomtest.Server)
		want []string
	}{
		{name: "never", set: func(s *wecomtest.Server) { s.Fault("gettoken").Code(-1) },
			want: []string{"wecomtest: fault on gettoken (code -1) never struck"}},
		{name: "too seldom", set: func(s *wecomtest.Server) { s.Fault("gettoken").Times(2).Lost() },
			want: []string{"wecomtest: fault on gettoken (lost) struck 0 of 2 times"}},
		{name: "no kind", set: func(s *wecomtest.Server) { s.Fault("gettoken").Times(2) },
			want: []string{"wecomtest: fault on gettoken does not say what happens"}},
		{name: "optional", set: func(s *wecomtest.Server) { s.Fault("gettoken").Optional().Code(-1) }},
		{name: "removed", set: func(s *wecomtest.Server) { s.Fault("gettoken").Code(-1).Remove() }},
		{name: "lenient", opts: []wecomtest.Option{wecomtest.WithLenient()},
			set: func(s *wecomtest.Server) { s.Fault("gettoken").Code(-1) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			r := record(t, tt.set, tt.opts...)

			assert.Equal(t, tt.want, r.errors)
		})
	}
}

func TestFaultOnUnknownOperation(t *testing.T) {
	t.Parallel()

	r := record(t, func(srv *wecomtest.Server) { srv.Fault("externalcontact/gett").Code(-1) })

	assert.Equal(t, `wecomtest: no operation "externalcontact/gett"; nearest: externalcontact/get, externalcontact/list, externalcontact/remark`, r.fatal)
}

func TestRefuseConnections(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)

	srv.RefuseConnections(1)
	_, err := c.try(http.MethodGet, "getcallbackip", nil, "")

	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	assert.Zero(t, c.get("getcallbackip").code())
}

func TestOldestFaultStrikesAlone(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	first := srv.Fault("getcallbackip").Code(-1)
	second := srv.Fault("getcallbackip").Optional().Code(6000)

	assert.Equal(t, -1, c.get("getcallbackip").code())
	assert.Equal(t, 1, first.Hits())
	assert.Zero(t, second.Hits())
	first.Remove()
	assert.Equal(t, 6000, c.get("getcallbackip").code())
}

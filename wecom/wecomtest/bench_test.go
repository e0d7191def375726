package wecomtest_test

import (
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		wecomtest.NewServer().Close()
	}
}

// BenchmarkCall is one read over memory, from a bare net/http client.
func BenchmarkCall(b *testing.B) {
	srv := wecomtest.New(b)
	id := srv.AddCustomer(srv.AddMember(wecomtest.Member{Name: "Alice"}), wecomtest.Customer{Name: "Zoe"})
	token := benchToken(b, srv)
	target := srv.URL() + "/cgi-bin/externalcontact/get?access_token=" + token + "&external_userid=" + id
	client := srv.HTTPClient()
	call := func() error {
		res, err := client.Get(target)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		_, err = io.Copy(io.Discard, res.Body)
		return err
	}
	b.Run("one after the other", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			require.NoError(b, call())
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
	})
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := call(); err != nil {
					b.Error(err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
	})
}

func benchToken(b *testing.B, srv *wecomtest.Server) string {
	b.Helper()
	cred := srv.Credential()
	q := url.Values{"corpid": {cred.CorpID}, "corpsecret": {cred.Secret}}
	res, err := srv.HTTPClient().Get(srv.URL() + "/cgi-bin/gettoken?" + q.Encode())
	require.NoError(b, err)
	defer res.Body.Close()
	require.Equal(b, http.StatusOK, res.StatusCode)
	return accessToken(b, res.Body)
}

// TestHundredThousandCustomers holds the store to its size.
func TestHundredThousandCustomers(t *testing.T) { //nolint:paralleltest // it measures the heap
	const n, limit = 100_000, 200 << 20
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)

	srv := wecomtest.New(t)
	alice := srv.Seed().Member(wecomtest.Member{Name: "Alice"})
	for i := range n {
		srv.Seed().Customer(wecomtest.Customer{
			Name: "Customer " + strconv.Itoa(i),
			FollowUser: []wecomtest.Follow{{
				UserID: alice, Remark: "Remark " + strconv.Itoa(i), State: "door", AddWay: 1,
				TagID: []string{"etSIM00000000000000000001", "etSIM00000000000000000002"},
			}},
		})
	}

	runtime.GC()
	runtime.ReadMemStats(&after)
	used := after.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc)
	t.Logf("%d customers take %d MiB", n, used>>20)
	require.Less(t, used, uint64(limit))
	runtime.KeepAlive(srv)
}

package wecomtest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		wecomtest.NewServer().Close()
	}
}

// BenchmarkCall reads customers of a thousand over memory: with bare net/http,
// which is the simulator and little else, and with the SDK's client.
func BenchmarkCall(b *testing.B) {
	srv := wecomtest.New(b)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	ids := make([]string, 1000)
	for i := range ids {
		ids[i] = srv.AddCustomer(alice, wecomtest.Customer{Name: "Customer " + strconv.Itoa(i)})
	}
	target := srv.URL() + "/cgi-bin/externalcontact/get?access_token=" + benchToken(b, srv) + "&external_userid="
	bare := srv.HTTPClient()
	client := srv.NewClient(wecom.WithLimiter(noLimit{}))
	op := wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/externalcontact/get", Doc: 92114, Read: true}
	type request struct {
		ExternalUserID string `json:"external_userid"`
	}
	for _, via := range []struct {
		name string
		call func(id string) error
	}{
		{"bare", func(id string) error {
			res, err := bare.Get(target + id)
			if err != nil {
				return err
			}
			defer res.Body.Close()
			_, err = io.Copy(io.Discard, res.Body)
			return err
		}},
		{"client", func(id string) error {
			_, err := wecom.Do[json.RawMessage](b.Context(), client, op, request{id})
			return err
		}},
	} {
		b.Run(via.name+"/one after the other", func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n++
				require.NoError(b, via.call(ids[n%len(ids)]))
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
		b.Run(via.name+"/parallel", func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				for n := 0; pb.Next(); n++ {
					if err := via.call(ids[n%len(ids)]); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}

// noLimit lets more than 10,000 calls a minute pass.
type noLimit struct{}

func (noLimit) Acquire(context.Context, wecom.LimitRequest) (func(), error) { return func() {}, nil }

func (noLimit) Refused(context.Context, wecom.LimitRequest) time.Time { return time.Time{} }

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

// BenchmarkFork copies a small corp and one of ten thousand customers.
func BenchmarkFork(b *testing.B) {
	for _, size := range []struct {
		name      string
		customers int
	}{{"small", 3}, {"10000 customers", 10_000}} {
		srv := wecomtest.New(b)
		alice := srv.Seed().Member(wecomtest.Member{Name: "Alice"})
		for i := range size.customers {
			srv.Seed().Customer(wecomtest.Customer{
				Name: "Customer " + strconv.Itoa(i),
				FollowUser: []wecomtest.Follow{{
					UserID: alice, Remark: "Remark " + strconv.Itoa(i), State: "door", AddWay: 1,
					TagID: []string{"etSIM00000000000000000001", "etSIM00000000000000000002"},
				}},
			})
		}
		data, err := srv.Snapshot()
		require.NoError(b, err)
		b.Run(size.name+"/Snapshot", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				_, err := srv.Snapshot()
				require.NoError(b, err)
			}
		})
		b.Run(size.name+"/Restore", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				require.NoError(b, srv.Restore(data))
			}
		})
		b.Run(size.name+"/Fork", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				srv.Fork(quiet{b}).Close()
			}
		})
	}
}

// quiet is a test without an end, for servers that are closed at once.
type quiet struct{ *testing.B }

func (quiet) Cleanup(func()) {}

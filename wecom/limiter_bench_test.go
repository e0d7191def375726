package wecom_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
)

// roomy is a limiter with windows that a benchmark does not fill.
func roomy() *wecom.LocalLimiter {
	limits := []wecom.Limit{perMinute(1 << 40), perHour(1 << 40)}
	return wecom.NewLimiter(wecom.LimiterPerCorp(limits...), wecom.LimiterPerIP(limits...))
}

func BenchmarkLimiterAcquire(b *testing.B) {
	ops := []struct {
		name string
		op   wecom.Operation
	}{
		{"windows", opPlain},
		{"in flight", wecom.Operation{Path: "/cgi-bin/externalcontact/mark_tag", InFlight: 5}},
	}
	for _, bb := range ops {
		b.Run(bb.name, func(b *testing.B) {
			limiter, req := roomy(), callOf("ww1", bb.op)
			b.ReportAllocs()
			for b.Loop() {
				release, err := limiter.Acquire(b.Context(), req)
				if err != nil {
					b.Fatal(err)
				}
				release()
			}
		})
	}
}

func BenchmarkLimiterAcquireParallel(b *testing.B) {
	limiter, req := roomy(), callOf("ww1", opPlain)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := limiter.Acquire(b.Context(), req); err != nil {
				b.Error(err)
			}
		}
	})
}

// manyCorps returns a call of each of 5,000 corps to each of four APIs.
func manyCorps() []wecom.LimitRequest {
	var reqs []wecom.LimitRequest
	for corp := range 5000 {
		for api := range 4 {
			op := wecom.Operation{Path: "/cgi-bin/api" + strconv.Itoa(api)}
			reqs = append(reqs, callOf("ww"+strconv.Itoa(corp), op))
		}
	}
	return reqs
}

func BenchmarkLimiterAcquire5000Corps(b *testing.B) {
	limiter, reqs := roomy(), manyCorps()
	for _, req := range reqs { // fill it first
		_, err := limiter.Acquire(b.Context(), req)
		require.NoError(b, err)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := limiter.Acquire(b.Context(), reqs[i%len(reqs)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

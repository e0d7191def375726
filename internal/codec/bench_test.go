package codec_test

import (
	"encoding/json"
	"testing"

	"github.com/wecomkit/wecom-go/internal/codec"
)

func BenchmarkDecode(b *testing.B) {
	bodies := []struct {
		name string
		body []byte
		into func() any
	}{
		{"small", []byte(small), func() any { return new(smallReply) }},
		{"page100", pageBody(100), func() any { return new(page) }},
		{"any100", pageBody(100), func() any { return new(any) }},
	}
	codecs := []struct {
		name   string
		decode func([]byte, any) error
	}{{"codec", codec.Decode}, {"encoding-json", json.Unmarshal}}
	for _, body := range bodies {
		for _, c := range codecs {
			b.Run(body.name+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(body.body)))
				for b.Loop() {
					if err := c.decode(body.body, body.into()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	msg := message()
	b.Run("message/codec", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := codec.AppendJSON(nil, msg); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("message/encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := stdEncode(msg); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkStatus(b *testing.B) {
	body := pageBody(100)
	b.ReportAllocs()
	for b.Loop() {
		if code, _, ok := codec.Status(body); !ok || code != 0 {
			b.Fatal(code, ok)
		}
	}
}

func BenchmarkQuery(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := codec.Query(struct {
			ExternalUserID string `json:"external_userid"`
			Cursor         string `json:"cursor,omitzero"`
			Limit          int    `json:"limit,omitzero"`
		}{"woAJ2GCAAAXtWyujaWJHDDGi0mACHAAA", "", 100}); err != nil {
			b.Fatal(err)
		}
	}
}

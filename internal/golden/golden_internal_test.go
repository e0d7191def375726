package golden

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLost(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want, got string
		paths           []string
	}{
		{"nothing", `{"a":1,"b":[{"c":"x"}]}`, `{"b":[{"c":"x","new":0}],"a":1}`, nil},
		{"a quoted number", `{"a":"12"}`, `{"a":12}`, nil},
		{"a field", `{"a":1,"b":{"c":2}}`, `{"b":{}}`, []string{".a", ".b.c"}},
		{"a changed value", `{"a":[{"b":true}]}`, `{"a":[{"b":false}]}`, []string{".a[0].b"}},
		{"an element", `{"a":[1,2]}`, `{"a":[1]}`, []string{".a"}},
		{"an object for a list", `{"a":[1]}`, `{"a":{}}`, []string{".a"}},
		{"digits of a large number", `{"a":4294967295000001}`, `{"a":4294967295000000}`, []string{".a"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.paths, lost("", parse(t, []byte(tt.want)), parse(t, []byte(tt.got))))
		})
	}
}

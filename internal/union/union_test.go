package union_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/union"
)

type shape interface{ kind() string }

type (
	circle struct {
		R int `json:"r"`
	}
	blob struct{ raw string }
)

func (circle) kind() string                  { return "circle" }
func (blob) kind() string                    { return "" }
func (b blob) MarshalJSON() ([]byte, error)  { return []byte(b.raw), nil }
func marshal(shapes []shape) ([]byte, error) { return union.MarshalList(shapes, shape.kind) }

func TestMarshalList(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		shapes []shape
		want   string
	}{
		{"nil", nil, `null`},
		{"empty", []shape{}, `[]`},
		{"value and pointer", []shape{circle{1}, &circle{2}}, `[{"msgtype":"circle","circle":{"r":1}},{"msgtype":"circle","circle":{"r":2}}]`},
		{"writes its own", []shape{blob{`{"msgtype":"x"}`}}, `[{"msgtype":"x"}]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, err := marshal(tt.shapes)
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(b))
		})
	}
}

func TestMarshalListOfNil(t *testing.T) {
	t.Parallel()
	for _, shapes := range [][]shape{{circle{}, nil}, {circle{}, (*circle)(nil)}} {
		_, err := marshal(shapes)
		require.ErrorIs(t, err, union.ErrNil)
		assert.ErrorContains(t, err, "element 1")
	}
}

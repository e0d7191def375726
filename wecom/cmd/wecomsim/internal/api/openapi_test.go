package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

func TestEveryRouteIsDocumented(t *testing.T) {
	t.Parallel()
	doc := api.OpenAPI()
	n := 0
	for _, path := range doc.Paths {
		n += len(path)
	}
	assert.Len(t, api.Routes(), n)
}

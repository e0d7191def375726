package api_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestSeeds(t *testing.T) {
	t.Parallel()
	for _, seed := range api.Seeds() {
		t.Run(seed.Name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)

			shown := w.get("seeds/" + seed.Name)
			parsed, err := wecomtest.ParseSeed([]byte(shown.Body), time.Now())
			require.NoError(t, err, "what is shown is a seed")
			loaded := w.ok("POST", "seeds", object{"name": seed.Name})

			assert.InDelta(t, len(parsed.Members), loaded.at("members"), 0)
			assert.Len(t, w.srv.Members(), len(parsed.Members))
			assert.Len(t, w.srv.Customers(), len(parsed.Customers))
			assert.Contains(t, w.refused(http.StatusBadRequest, "POST", "seeds", object{"name": seed.Name}), "already")
			assert.Len(t, w.srv.Customers(), len(parsed.Customers))
		})
	}
}

func TestSeedOfOnesOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.srv.AddCorp("Other")
	own := object{"version": 1, "members": []object{{"userid": "alice"}}, "customers": []object{{"name": "Zoe", "follow_user": []object{{"userid": "alice", "create_time": "-3d"}}}}}

	assert.InDelta(t, 1.0, w.ok("POST", "seeds?corp="+other.CorpID(), object{"seed": own}).at("customers"), 0)

	assert.Empty(t, w.srv.Members())
	assert.Equal(t, "Zoe", other.Customers()[0].Name)
	var schema object
	require.NoError(t, json.Unmarshal([]byte(w.get("seeds/schema").Body), &schema))
	assert.Contains(t, schema["properties"], "tag_groups")

	for want, body := range map[string]object{
		"want name or seed": {}, `no seed "big"; there are small-shop, messy`: {"name": "big"},
		`seed: members[0].user: is not known; nearest: userid`: {"seed": object{"version": 1, "members": []object{{"user": "x"}}}},
		`version: is missing; want 1`:                          {"seed": object{}},
	} {
		status := http.StatusBadRequest
		if body["name"] == "big" {
			status = http.StatusNotFound
		}
		assert.Contains(t, w.refused(status, "POST", "seeds", body), want)
	}
	w.refused(http.StatusNotFound, "GET", "seeds/big", nil)
	w.refused(http.StatusNotFound, "POST", "seeds?corp=x", object{"name": "messy"})
}

package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

const addCustomer = "change_external_contact/add_external_contact"

func TestTrigger(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		body object
		want []string // in the event
		set  []any
	}{
		{"as on its page", object{"event": addCustomer}, []string{"<UserID><![CDATA[alice]]></UserID>", "<ExternalUserID><![CDATA[wmZoe]]></ExternalUserID>"}, []any{}},
		{"text", object{"event": addCustomer, "set": object{"State": "fair"}}, []string{"<State><![CDATA[fair]]></State>"}, []any{"State=fair"}},
		{"number", object{"event": addCustomer, "set": object{"CreateTime": 1700000000}}, []string{"<CreateTime>1700000000</CreateTime>"}, []any{"CreateTime=1700000000"}},
		{"number as text", object{"event": addCustomer, "set": object{"CreateTime": "1700000000"}}, []string{"<CreateTime>1700000000</CreateTime>"}, []any{"CreateTime=1700000000"}},
		{"list", object{"event": "change_external_chat/update", "set": object{"MemChangeList.Item": []string{"wm1", "wm2"}}}, []string{"<Item><![CDATA[wm1]]></Item><Item><![CDATA[wm2]]></Item>"}, []any{`MemChangeList.Item=["wm1","wm2"]`}},
		{"message", object{"event": "text", "set": object{"Content": "hi", "AgentID": nil}}, []string{"<MsgType><![CDATA[text]]></MsgType>", "<Content><![CDATA[hi]]></Content>"}, []any{"AgentID=null", "Content=hi"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := populated(t)
			w.srv.Callback(w.acknowledge())
			r := w.ok("POST", "trigger", tt.body)
			body, _ := r.at("deliveries.0.body").(string)
			for _, part := range tt.want {
				if tt.name == "list" {
					assert.Regexp(t, `<Item>(<!\[CDATA\[)?wm1(\]\]>)?</Item><Item>(<!\[CDATA\[)?wm2(\]\]>)?</Item>`, body)
					continue
				}
				assert.Contains(t, body, part)
			}
			assert.Equal(t, tt.set, r.at("set"))
			assert.Equal(t, tt.body["event"], r.at("event"))
			assert.Equal(t, true, w.get("deliveries/1?wait=10s").at("ok"))
		})
	}
}

func TestTriggerRefuses(t *testing.T) {
	t.Parallel()
	w := populated(t)
	assert.Contains(t, w.refused(http.StatusBadRequest, "POST", "trigger", object{"event": addCustomer}), "there is none")
	w.srv.Callback(w.acknowledge())
	for body, want := range map[*object]string{
		{"event": "change_external_contact/ad_external_contact"}:       "nearest: " + addCustomer,
		{"event": addCustomer, "set": object{"Stat": "x"}}:             "Stat",
		{"event": addCustomer, "set": object{"CreateTime": "soon"}}:    "a time in seconds",
		{"event": addCustomer, "set": object{"State": object{"a": 1}}}: "State",
		{"event": addCustomer, "set": []string{"State"}}:               "body: set: want an object",
		{"event": 7}: "body: event: want a string",
	} {
		assert.Contains(t, w.refused(http.StatusBadRequest, "POST", "trigger", *body), want)
	}
	assert.Empty(t, w.srv.Deliveries())
	assert.InDelta(t, len(w.srv.EventNames()), w.get("trigger").at("total"), 0)
}

// TestSamplesCanBeSet gives each value that an event has to set, as it is.
func TestSamplesCanBeSet(t *testing.T) {
	t.Parallel()
	w := populated(t)
	w.srv.Callback(w.acknowledge())
	set := 0
	for _, name := range w.srv.EventNames() {
		var sample api.EventSample
		require.NoError(t, json.Unmarshal([]byte(w.get("trigger/"+name).Body), &sample))
		overrides := []wecomtest.Override{}
		for _, v := range sample.Values {
			overrides = append(overrides, wecomtest.SetText(v.Path, v.Value))
			set++
		}
		_, err := w.srv.NewEvent(name, overrides...)
		assert.NoError(t, err, name)
	}
	assert.Greater(t, set, 500)
	added := w.get("trigger/change_external_contact/add_external_contact").Body
	assert.Contains(t, added, `"path": "State"`)
	assert.Contains(t, added, `"value": "wmZoe"`)
	assert.Contains(t, w.refused(http.StatusNotFound, "GET", "trigger/change_external_contact/added", nil), "nearest")
}

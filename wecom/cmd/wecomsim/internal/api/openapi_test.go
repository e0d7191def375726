package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

// document is the OpenAPI document as a client reads it.
type document struct {
	t     *testing.T
	whole object
}

func readDocument(t *testing.T, w *world) *document {
	t.Helper()
	d := &document{t: t}
	require.NoError(t, json.Unmarshal([]byte(w.get("openapi.json").Body), &d.whole))
	return d
}

// operation is one entry of paths.
type operation struct {
	method, path string
	about        object
}

func (d *document) operations() []operation {
	var list []operation
	paths := d.whole["paths"].(object)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for _, method := range slices.Sorted(maps.Keys(paths[path].(object))) {
			list = append(list, operation{strings.ToUpper(method), path, paths[path].(object)[method].(object)})
		}
	}
	return list
}

// params are the names of the operation's parameters in path or query.
func (o operation) params(in string) []string {
	names := []string{}
	list, _ := o.about["parameters"].([]any)
	for _, p := range list {
		if p.(object)["in"] == in {
			names = append(names, p.(object)["name"].(string))
		}
	}
	return names
}

func (o operation) stream() bool {
	_, is := at(o.about, "responses", "200", "content")["text/event-stream"]
	return is
}

// at follows names into objects.
func at(v object, path ...string) object {
	for _, name := range path {
		v, _ = v[name].(object)
	}
	return v
}

// schema is that of the request or the reply.
func (o operation) schema(path ...string) object {
	return at(o.about, append(path, "content", "application/json", "schema")...)
}

// resolve follows a $ref.
func (d *document) resolve(schema object) object {
	if ref, ok := schema["$ref"].(string); ok {
		name, found := strings.CutPrefix(ref, "#/components/schemas/")
		require.True(d.t, found, ref)
		target := at(d.whole, "components", "schemas", name)
		require.NotNil(d.t, target, ref)
		return target
	}
	return schema
}

// check reports where a value is not what a schema says.
func (d *document) check(where string, v any, schema object) []string {
	schema = d.resolve(schema)
	wrong := func(format string, args ...any) []string {
		return []string{where + ": " + fmt.Sprintf(format, args...)}
	}
	switch schema["type"] {
	case "object":
		m, ok := v.(object)
		if !ok {
			return wrong("%T is no object", v)
		}
		return d.checkObject(where, m, schema)
	case "array":
		list, ok := v.([]any)
		if !ok {
			return wrong("%T is no array", v)
		}
		var all []string
		for i, item := range list {
			all = append(all, d.check(fmt.Sprintf("%s[%d]", where, i), item, schema["items"].(object))...)
		}
		return all
	case "string":
		if _, ok := v.(string); !ok {
			return wrong("%T is no string", v)
		}
	case "integer", "number":
		if _, ok := v.(float64); !ok {
			return wrong("%T is no number", v)
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			return wrong("%T is no boolean", v)
		}
	case nil: // anything
	default:
		return wrong("unknown type %v", schema["type"])
	}
	return nil
}

func (d *document) checkObject(where string, m, schema object) []string {
	var all []string
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, ok := m[name.(string)]; !ok {
			all = append(all, where+": "+name.(string)+" is missing")
		}
	}
	for name, v := range m {
		p, ok := at(schema, "properties")[name].(object)
		if !ok {
			if more, ok := schema["additionalProperties"].(object); ok {
				all = append(all, d.check(where+"."+name, v, more)...)
			} else {
				all = append(all, where+": "+name+" is not documented")
			}
			continue
		}
		all = append(all, d.check(where+"."+name, v, p)...)
	}
	return all
}

func TestTheDocumentIsWhole(t *testing.T) {
	t.Parallel()
	d := readDocument(t, newWorld(t))
	assert.Equal(t, "3.1.0", d.whole["openapi"])
	ids := make(map[any]bool)
	documented := make(map[string]bool)
	for _, o := range d.operations() {
		assert.False(t, ids[o.about["operationId"]], "%v is there twice", o.about["operationId"])
		ids[o.about["operationId"]] = true
		assert.NotEmpty(t, o.about["summary"], o.path)
		documented[o.method+" "+o.path] = true
	}
	for _, r := range api.Routes() {
		assert.True(t, documented[r.Method+" "+strings.ReplaceAll(r.Path, "...}", "}")], "%s %s is not documented", r.Method, r.Path)
	}
	assert.Len(t, documented, len(api.Routes()))
}

// TestRoutesTakeWhatIsDocumented asks each route for what it takes, by giving it
// something that it does not.
func TestRoutesTakeWhatIsDocumented(t *testing.T) {
	t.Parallel()
	w := populated(t)
	d := readDocument(t, w)
	for _, o := range d.operations() {
		t.Run(o.method+" "+o.path, func(t *testing.T) {
			t.Parallel()
			w := &world{t: t, srv: w.srv, api: w.api}
			path := o.path
			for _, name := range o.params("path") {
				path = strings.ReplaceAll(path, "{"+name+"}", "1")
			}
			msg := w.refused(http.StatusBadRequest, o.method, path+"?no_such_parameter=1", object{})
			assert.ElementsMatch(t, o.params("query"), listed(msg), msg)
			if o.method != http.MethodPost {
				return
			}
			schema := d.resolve(o.schema("requestBody"))
			properties := slices.Collect(maps.Keys(at(schema, "properties")))
			body := object{"no_such_field": 1}
			required, _ := schema["required"].([]any)
			for _, name := range required {
				body[name.(string)] = d.example(at(schema, "properties", name.(string)))
			}
			msg = w.refused(http.StatusBadRequest, o.method, path, body)
			assert.ElementsMatch(t, properties, listed(msg), msg)
			delete(body, "no_such_field")
			for _, name := range required {
				less := maps.Clone(body)
				delete(less, name.(string))
				assert.Equal(t, "body: "+name.(string)+" is missing", w.refused(http.StatusBadRequest, o.method, path, less))
			}
		})
	}
}

// listed are the names that a refusal ends with.
func listed(msg string) []string {
	_, list, _ := strings.Cut(msg, "there are ")
	if list == "none" {
		return []string{}
	}
	return strings.Split(list, ", ")
}

// example is a value that a schema allows.
func (d *document) example(schema object) any { return d.exampleAt(schema, 0) }

func (d *document) exampleAt(schema object, depth int) any {
	schema = d.resolve(schema)
	switch schema["type"] {
	case "object":
		v := object{}
		for name, p := range at(schema, "properties") {
			if depth < 4 { // some hold themselves
				v[name] = d.exampleAt(p.(object), depth+1)
			}
		}
		return v
	case "array":
		if depth > 4 {
			return []any{}
		}
		return []any{d.exampleAt(schema["items"].(object), depth+1)}
	case "integer":
		return 1
	case "number":
		return 0.5
	case "boolean":
		return true
	case "string":
		switch schema["format"] {
		case "date-time":
			return "2030-01-01T00:00:00Z"
		case "duration":
			return "1s"
		case "base64":
			return "eA=="
		}
		return "x"
	}
	return "x"
}

// TestRepliesAreAsDocumented holds what each route shows against its schema.
func TestRepliesAreAsDocumented(t *testing.T) {
	t.Parallel()
	w := busy(t)
	d := readDocument(t, w)
	values := map[string]string{
		"userid": "alice", "external_userid": "wmZoe", "chat_id": w.srv.GroupChats()[0].ChatID, "n": "1", "op": "externalcontact/get",
		"media_id": w.srv.MediaFiles()[0].MediaID, "event": "change_external_contact/add_external_contact",
		"name": "small-shop",
	}
	asked := 0
	for _, o := range d.operations() {
		if o.method != http.MethodGet || o.stream() {
			continue
		}
		path := o.path
		for _, name := range o.params("path") {
			require.NotEmpty(t, values[name], path)
			path = strings.ReplaceAll(path, "{"+name+"}", values[name])
		}
		switch {
		case strings.HasSuffix(path, "/conversations"):
			path += "?userid=alice&external_userid=wmZoe"
		case strings.HasSuffix(path, "/appmessages"):
			path += "?userid=alice"
		}
		r := w.get(path)
		var v any
		require.NoError(t, json.Unmarshal([]byte(r.Body), &v))
		assert.Empty(t, d.check(path, v, o.schema("responses", "200")))
		if items, ok := v.(object)["items"].([]any); ok {
			assert.NotEmpty(t, items, "%s shows nothing to check", path)
		}
		asked++
	}
	assert.Greater(t, asked, 25)
}

// busy is a populated world in which everything that can be listed is.
func busy(t *testing.T) *world {
	t.Helper()
	w := populated(t)
	w.srv.Callback(w.acknowledge())
	w.ok("POST", "acts/write-to-member", object{"userid": "alice", "external_userid": "wmZoe", "text": "hello"})
	w.ok("POST", "acts/post-moment", object{"userid": "alice", "text": "spring"})
	w.ok("POST", "acts/send-mass", object{"userid": "alice", "to": []string{"wmZoe"}, "text": "sale"})
	w.ok("POST", "acts/add-robot", object{"name": "R"})
	w.ok("POST", "acts/add-aibot", object{"name": "B"})
	w.ok("POST", "acts/add-suite", object{"name": "S"})
	w.ok("POST", "acts/delete-member", object{"userid": "alice", "external_userid": "wmZoe"})
	w.ok("POST", "faults", object{"op": "externalcontact/list", "code": 45009, "where": object{"userid": "x"}})
	w.ok("POST", "mishaps", object{"of": []string{"text"}, "delay": "1s"})
	w.ok("POST", "chaos", object{"profile": "flaky-nat"})
	w.ok("DELETE", "chaos/1", nil)
	w.ok("POST", "limits", object{"op": "externalcontact/get_follow_user_list", "max": 100, "per": "1m"})
	w.srv.Seed().Media(wecomtestMedia())
	call := func(op string, body object) {
		r := w.do("POST", "/cgi-bin/"+op+"?access_token="+w.token(), body)
		require.InDelta(t, 0.0, r.at("errcode"), 0, r.Body)
	}
	w.do("GET", "/cgi-bin/externalcontact/get_follow_user_list?access_token="+w.token(), nil)
	call("externalcontact/add_contact_way", object{"type": 1, "scene": 2, "user": []string{"alice"}})
	call("externalcontact/groupchat/add_join_way", object{"scene": 2, "chat_id_list": []string{w.srv.GroupChats()[0].ChatID}})
	call("externalcontact/customer_acquisition/create_link", object{"link_name": "fair", "range": object{"user_list": []string{"alice"}}})
	call("externalcontact/group_welcome_template/add", object{"text": object{"content": "welcome"}})
	w.ok("POST", "acts/add-member", object{"userid": "bob"})
	call("appchat/create", object{"name": "staff", "owner": "alice", "userlist": []string{"alice", "bob"}, "chatid": "staff"})
	call("message/send", object{"touser": "alice", "msgtype": "text", "agentid": w.srv.App().AgentID, "text": object{"content": "hi"}})
	w.srv.WaitDeliveries(1)
	return w
}

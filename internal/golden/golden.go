// Package golden checks request and result types against the examples of the
// official pages, which lie in testdata/<op>/{request,response}.json with their
// page and date in testdata/README.md.
package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"reflect"
	"slices"
	"testing"

	"github.com/wecomkit/wecom-go/internal/codec"
)

// A Case is one operation. Request and Response point to fresh values of its
// types, or are nil if it has none. Built stands for Request if its type is only
// written: it is the value that gives the example.
type Case struct {
	Op       string
	Request  any
	Built    any
	Response any
}

// Run decodes each example with unknown fields refused and encodes it again. A
// request must come out as it was, and a response must lose nothing. Every
// directory of testdata must have a case.
func Run(t *testing.T, cases []Case) {
	t.Helper()
	dir := os.DirFS("testdata")
	read := map[string]bool{}
	for _, c := range cases {
		request, response := path.Join(c.Op, "request.json"), path.Join(c.Op, "response.json")
		read[request], read[response] = c.Request != nil || c.Built != nil, c.Response != nil
		t.Run(c.Op, func(t *testing.T) {
			t.Parallel()
			if c.Request != nil {
				example := load(t, dir, request)
				decode(t, example, c.Request)
				same(t, example, encode(t, c.Request))
			}
			if c.Built != nil {
				same(t, load(t, dir, request), encode(t, c.Built))
			}
			if c.Response != nil {
				example := load(t, dir, response)
				if reply, ok := example.(map[string]any); ok {
					delete(reply, "errcode")
					delete(reply, "errmsg")
				}
				decode(t, example, c.Response)
				for _, at := range lost("", example, encode(t, c.Response)) {
					t.Errorf("response: %s is lost or changed", at)
				}
			}
		})
	}
	files, err := fs.Glob(dir, "*/re*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !read[file] {
			t.Errorf("testdata/%s: no case reads it", file)
		}
	}
}

func load(t *testing.T, dir fs.FS, file string) any {
	t.Helper()
	body, err := fs.ReadFile(dir, file)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, body)
}

// decode reads an example into v and refuses fields that v does not have.
func decode(t *testing.T, example, v any) {
	t.Helper()
	if err := codec.DecodeStrict([]byte(text(example)), v); err != nil {
		t.Fatal(err)
	}
}

// encode returns what goes out for v.
func encode(t *testing.T, v any) any {
	t.Helper()
	body, err := codec.AppendJSON(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, body)
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Errorf("request:\nwant %v\ngot  %v", text(want), text(got))
	}
}

func parse(t *testing.T, body []byte) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

// lost returns the paths of all values in want that got does not have.
func lost(at string, want, got any) []string {
	var paths []string
	switch want := want.(type) {
	case map[string]any:
		got, _ := got.(map[string]any)
		for name, w := range want {
			paths = append(paths, lost(at+"."+name, w, got[name])...)
		}
	case []any:
		got, _ := got.([]any)
		if len(got) != len(want) {
			return []string{at}
		}
		for i, w := range want {
			paths = append(paths, lost(fmt.Sprintf("%s[%d]", at, i), w, got[i])...)
		}
	default:
		if fmt.Sprint(want) != fmt.Sprint(got) { // a number may come quoted
			paths = []string{at}
		}
	}
	slices.Sort(paths)
	return paths
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

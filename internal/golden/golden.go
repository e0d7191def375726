// Package golden checks request and result types against the examples of the
// official pages, which lie in testdata/<op>/{request,response}.json with their
// page and date in testdata/README.md.
package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
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
	for _, c := range cases {
		t.Run(c.Op, func(t *testing.T) {
			t.Parallel()
			if c.Request != nil {
				want, got := roundTrip(t, filepath.Join("testdata", c.Op, "request.json"), c.Request)
				if !reflect.DeepEqual(want, got) {
					t.Errorf("request:\nwant %v\ngot  %v", text(want), text(got))
				}
			}
			if c.Built != nil {
				want, got := written(t, filepath.Join("testdata", c.Op, "request.json"), c.Built)
				if !reflect.DeepEqual(want, got) {
					t.Errorf("request:\nwant %v\ngot  %v", text(want), text(got))
				}
			}
			if c.Response != nil {
				want, got := roundTrip(t, filepath.Join("testdata", c.Op, "response.json"), c.Response)
				for _, path := range lost("", want, got) {
					t.Errorf("response: %s is lost or changed", path)
				}
			}
		})
	}
	dirs, err := filepath.Glob(filepath.Join("testdata", "*", "re*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range dirs {
		op := filepath.Base(filepath.Dir(file))
		i := slices.IndexFunc(cases, func(c Case) bool { return c.Op == op })
		if i < 0 || (filepath.Base(file) == "request.json") && cases[i].Request == nil && cases[i].Built == nil || (filepath.Base(file) == "response.json") && cases[i].Response == nil {
			t.Errorf("%s: no case reads it", file)
		}
	}
}

// roundTrip returns what is in the file, and what v makes of it.
func roundTrip(t *testing.T, file string, v any) (want, got any) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want = parse(t, body)
	if reply, ok := want.(map[string]any); ok && filepath.Base(file) == "response.json" {
		delete(reply, "errcode")
		delete(reply, "errmsg")
		if body, err = json.Marshal(reply); err != nil {
			t.Fatal(err)
		}
	}
	if err := codec.DecodeStrict(body, v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	out, err := codec.AppendJSON(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return want, parse(t, out)
}

// written returns what is in the file, and how v is encoded.
func written(t *testing.T, file string, v any) (want, got any) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out, err := codec.AppendJSON(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, body), parse(t, out)
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
func lost(path string, want, got any) []string {
	var paths []string
	switch want := want.(type) {
	case map[string]any:
		got, _ := got.(map[string]any)
		for name, w := range want {
			paths = append(paths, lost(path+"."+name, w, got[name])...)
		}
	case []any:
		got, _ := got.([]any)
		if len(got) != len(want) {
			return []string{path}
		}
		for i, w := range want {
			paths = append(paths, lost(fmt.Sprintf("%s[%d]", path, i), w, got[i])...)
		}
	default:
		if fmt.Sprint(want) != fmt.Sprint(got) { // a number may come quoted
			paths = []string{path}
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

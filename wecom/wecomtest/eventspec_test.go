package wecomtest_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type eventRow struct {
	Name, Kind, Title, Read, From, Answer, Within, Note string

	Doc      []int
	Forms    []string
	Scopes   []string
	Elements []eventElement
}

type eventElement struct {
	Name, Type, Form, Of string

	Required, Repeat, Absent bool

	Value    any
	Values   []any
	Times    int
	After    int64
	Only     int
	Elements []eventElement
}

func TestEventTable(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("spec/events/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	seen := make(map[string]bool)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.DisallowUnknownFields()
		var rows []eventRow
		require.NoError(t, dec.Decode(&rows), file)
		for _, r := range rows {
			assert.False(t, seen[r.Name], "%s twice", r.Name)
			seen[r.Name] = true
			r.check(t)
		}
	}
}

func (r eventRow) check(t *testing.T) {
	t.Helper()
	assert.Contains(t, []string{"", "message"}, r.Kind, r.Name)
	assert.NotEmpty(t, r.Title, r.Name)
	assert.NotEmpty(t, r.Doc, r.Name)
	assert.Contains(t, []string{"", "member", "none"}, r.From, r.Name)
	assert.Contains(t, []string{"", "success"}, r.Answer, r.Name)
	assert.Contains(t, []string{"", "1s"}, r.Within, r.Name)
	assert.NotEmpty(t, r.Forms, r.Name)
	for _, f := range r.Forms {
		assert.Contains(t, []string{"corp", "suite", "provider"}, f, r.Name)
	}
	for _, s := range r.Scopes {
		assert.Contains(t, []string{"component", "contact", "directory", "provider", "school"}, s, r.Name)
	}
	if r.Read == "" {
		assert.NotEmpty(t, r.Note, "%s was not compared with a page: from where is it?", r.Name)
	} else {
		_, err := time.Parse(time.DateOnly, r.Read)
		assert.NoError(t, err, r.Name)
	}
	checkElements(t, r.Name, r.Elements)
}

func checkElements(t *testing.T, path string, list []eventElement) {
	t.Helper()
	for i, el := range list {
		at := path + "." + el.Name
		assert.Contains(t, []string{"string", "int", "float", "unix", "bool", "list", "object", "head"}, el.Type, at)
		assert.Contains(t, []string{"", "corp", "suite"}, el.Form, at)
		assert.Contains(t, []string{
			"", "agent", "corp", "customer", "groupChat", "groupMember", "link", "member", "member2", "memberDepartment",
			"memberName", "memberVersion", "msgid", "tag", "tagGroup", "welcome",
		}, el.Of, at)
		assert.Equal(t, el.Type == "object", len(el.Elements) > 0, "%s: an object has elements", at)
		assert.False(t, slices.ContainsFunc(list[:i], func(other eventElement) bool { return other.Name == el.Name }), "%s twice", at)
		assert.True(t, el.Repeat || el.Times == 0, "%s: times is for what repeats", at)
		for _, v := range append(slices.Clone(el.Values), el.Value) {
			checkValue(t, at, el.Type, v)
		}
		checkElements(t, at, el.Elements)
	}
}

// checkValue allows the text of a number: it stands in CDATA.
func checkValue(t *testing.T, at, typ string, v any) {
	t.Helper()
	switch v := v.(type) {
	case nil:
	case bool:
		assert.Equal(t, "bool", typ, at)
	case float64:
		assert.Contains(t, []string{"int", "float", "unix"}, typ, at)
	case string:
		assert.Contains(t, []string{"string", "list", "int", "float"}, typ, at)
		if typ == "int" || typ == "float" {
			assert.True(t, json.Valid([]byte(v)), at)
		}
	default:
		t.Errorf("%s: a %T", at, v)
	}
}

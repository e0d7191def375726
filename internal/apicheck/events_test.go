package apicheck_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// An eventRow is one event of the simulator's table.
type eventRow struct {
	Name   string   `json:"name"`
	Doc    []int    `json:"doc"`
	Read   string   `json:"read"`
	Forms  []string `json:"forms"`
	Scopes []string `json:"scopes"`
	Answer string   `json:"answer"`
	Note   string   `json:"note"`
}

func eventTable(t *testing.T) []eventRow {
	t.Helper()
	files, err := filepath.Glob("../../wecom/wecomtest/spec/events/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var all []eventRow
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		var rows []eventRow
		require.NoError(t, json.Unmarshal(body, &rows), file)
		all = append(all, rows...)
	}
	slices.SortFunc(all, func(a, b eventRow) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// writeEvents writes the part of FIDELITY.md about events.
func writeEvents(b *bytes.Buffer, rows []eventRow) {
	unread := 0
	for _, r := range rows {
		if r.Read == "" {
			unread++
		}
	}
	fmt.Fprintf(b, "\n## Events\n\n`Server.Trigger` sends %d events and messages by these names, each as the sample of its page looks.\n"+
		"%d of them were not compared with a page; the last column says where they are from. The forms are `corp`\n"+
		"(Event, CreateTime), `suite` (InfoType, SuiteId: 指令回调) and `provider` (InfoType, ServiceCorpId: 系统事件接收URL).\n"+
		"No name needs a switch of the console: whoever has the scope hears it.\n\n", len(rows), unread)
	b.WriteString("| event | read | forms | scope | answer | note |\n|---|---|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(b, "| [`%s`](https://developer.work.weixin.qq.com/document/path/%d) | %s | %s | %s | %s | %s |\n",
			r.Name, r.Doc[0], orNo(r.Read), strings.Join(r.Forms, " "), strings.Join(r.Scopes, " or "), r.Answer, strings.ReplaceAll(r.Note, "|", `\|`))
	}
}

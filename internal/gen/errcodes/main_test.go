package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCommittedFileIsCurrent(t *testing.T) {
	t.Parallel()
	want, err := generate(codesTSV, actionsTSV)
	require.NoError(t, err)
	got, err := os.ReadFile("../../../wecom/codes_gen.go")
	require.NoError(t, err)
	if string(got) != string(want) {
		t.Error("wecom/codes_gen.go is out of date: run go generate ./wecom")
	}
}

func TestReadSortsAndJoins(t *testing.T) {
	t.Parallel()
	rows, err := read("7\tB\tb\trate\n-1\tA\ta\tbusy\n", "7\tB\twait_window\twhy\n")
	require.NoError(t, err)
	assert.Equal(t, []row{
		{-1, "A", "a", "classBusy", "actionNever"},
		{7, "B", "b", "classRate", "actionWindow"},
	}, rows)
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	const good = "1\tA\ta\tbusy\n"
	tests := []struct{ name, codes, actions, want string }{
		{"short row", "1\tA\ta\n", "", "errcodes.tsv:1: 3 columns"},
		{"code no number", good + "x\tB\tb\tbusy\n", "", "errcodes.tsv:2: strconv"},
		{"no name", "1\t\ta\tbusy\n", "", "errcodes.tsv:1: name"},
		{"name no identifier", "1\tA-B\ta\tbusy\n", "", `name "A-B"`},
		{"name twice", good + "2\tA\tb\tbusy\n", "", "name A again"},
		{"code twice", good + "1\tB\tb\tbusy\n", "", "code 1 again"},
		{"no meaning", "1\tA\t\tbusy\n", "", "no meaning"},
		{"unknown class", "1\tA\ta\tlazy\n", "", `class "lazy"`},
		{"short action", good, "1\tA\twait_window\n", "actions.tsv:1: 3 columns"},
		{"action of unknown code", good, "2\tA\twait_window\tx\n", "unknown code 2"},
		{"action under another name", good, "1\tB\twait_window\tx\n", "1 is A, not B"},
		{"unknown action", good, "1\tA\thope\tx\n", `action "hope"`},
		{"two actions", good, "1\tA\twait_window\tx\n1\tA\twait_window\tx\n", "code 1 again"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := read(tt.codes, tt.actions)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

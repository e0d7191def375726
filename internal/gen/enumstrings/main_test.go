package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCommittedFileIsCurrent(t *testing.T) {
	t.Parallel()
	want, err := generate("../../../callback")
	require.NoError(t, err)
	got, err := os.ReadFile("../../../callback/enums_gen.go")
	require.NoError(t, err)
	if string(got) != string(want) {
		t.Error("callback/enums_gen.go is out of date: run go generate ./callback")
	}
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, source, want string
	}{
		{"enum", "type Color int\nconst (\n\tColorRed Color = 1\n\tColorBlue Color = 4\n)", "case ColorRed:\n\t\treturn \"Red\"\n\tcase ColorBlue:\n\t\treturn \"Blue\"\n"},
		{"type left out", "type LinkType int\nconst LinkNone LinkType = 0", "case LinkNone:\n\t\treturn \"None\"\n"},
		{"other number", "type Color int\nconst ColorRed Color = 1", "return \"Color(\" + strconv.Itoa(int(v)) + \")\""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			src, err := generate(writePackage(t, tt.source))
			require.NoError(t, err)
			assert.Contains(t, string(src), tt.want)
		})
	}
}

func TestGenerateLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	src, err := generate(writePackage(t, `type color int
const colorRed color = 1
type Word string
const WordYes Word = "yes"
type Number int
const limit = 3
`))
	require.NoError(t, err)
	assert.NotContains(t, string(src), "func ")
}

func TestGenerateRefuses(t *testing.T) {
	t.Parallel()
	_, err := generate(writePackage(t, "type Color int\nconst Red Color = 1"))
	require.ErrorContains(t, err, "Red is a Color, and its name does not begin like that")
	_, err = generate(writePackage(t, "type Color"))
	require.Error(t, err)
}

// writePackage makes a package of one file.
func writePackage(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "p.go"), []byte("package p\n"+source+"\n"), 0o600))
	return dir
}

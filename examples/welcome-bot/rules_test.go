package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writeRules puts a rules file beside a picture.
func writeRules(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	picture, err := os.ReadFile("poster.png")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "poster.png"), picture, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tiny.png"), []byte("tiny"), 0o600))
	file := filepath.Join(dir, "rules.json")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestReadRules(t *testing.T) {
	t.Parallel()
	r, err := readRules("rules.json")
	require.NoError(t, err)
	assert.Equal(t, "spring-fair", r.find("spring-fair").State)
	assert.Same(t, r.Default, r.find("nowhere"))
	assert.Same(t, r.Default, r.find(""))
	assert.Equal(t, []label{{"客户等级", "新客户"}, {"来源渠道", "春季展会"}}, r.find("spring-fair").labels())
}

func TestRulesThatAreWrong(t *testing.T) {
	t.Parallel()
	one := func(rule string) string { return `{"rules": [` + rule + `]}` }
	card := func(a string) string { return one(`{"state": "a", "attachments": [` + a + `]}`) }
	for _, tt := range []struct{ name, text, want string }{
		{"no JSON", "{\n\"rules\": [\n}", "rules.json:3: invalid character"},
		{"cut off", `{"rules": [`, "rules.json:1: unexpected EOF"},
		{"misspelt", "{\n\"rules\": [\n{\"state\": \"a\", \"txt\": \"hi\"}]}", `rules.json:3: json: unknown field "txt"`},
		{"another type", one(`{"state": 1}`), "rules.json:1: json: cannot unmarshal number"},
		{"more behind", one(`{"state": "a", "text": "hi"}`) + "}", "something follows"},
		{"empty", "{}", "there are no rules"},
		{"null", one("null"), "rules[0]: is null"},
		{"no state", one(`{"text": "hi"}`), "rules[0]: has no state"},
		{"twice", one(`{"state": "a", "text": "hi"}, {"state": "a", "text": "ho"}`), `rules[1]: there is a rule for the state "a" already`},
		{"default with a state", `{"default": {"state": "a", "text": "hi"}}`, "default: has a state"},
		{"nothing to do", one(`{"state": "a"}`), "rules[0]: does nothing"},
		{"long text", one(`{"state": "a", "text": "` + strings.Repeat("茶", 1334) + `"}`), "rules[0]: text: 4002 bytes, at most 4000"},
		{"many attachments", card(strings.Repeat(`{"image": {"file": "poster.png"}},`, 9) + `{"image": {"file": "poster.png"}}`), "attachments: 10, at most 9"},
		{"empty attachment", card(`{}`), "attachments[0]: want one of image, link and miniprogram"},
		{"double attachment", card(`{"image": {"file": "poster.png"}, "link": {"title": "a", "url": "https://a.example"}}`), "attachments[0]: want one of"},
		{"no such picture", card(`{"image": {"file": "none.png"}}`), "attachments[0]: image: file: "},
		{"small picture", card(`{"image": {"file": "tiny.png"}}`), "tiny.png has 4 bytes"},
		{"directory", card(`{"image": {"file": "."}}`), ". is no file"},
		{"picture without a file", card(`{"image": {}}`), "image: file: is missing"},
		{"link without a title", card(`{"link": {"url": "https://a.example"}}`), "link: title: is missing"},
		{"link without a page", card(`{"link": {"title": "a", "url": "shop"}}`), `link: url: "shop" is no address`},
		{"mini program without a page", card(`{"miniprogram": {"title": "a", "appid": "wx1", "cover": "poster.png"}}`), "miniprogram: page: is missing"},
		{"mini program with a long title", card(`{"miniprogram": {"title": "` + strings.Repeat("茶", 22) + `", "appid": "wx1", "page": "/", "cover": "poster.png"}}`), "title: 66 bytes, at most 64"},
		{"empty group", one(`{"state": "a", "tags": {"g": []}}`), `the group "g" has none`},
		{"empty tag", one(`{"state": "a", "tags": {"g": [""]}}`), "tags: a name: is missing"},
		{"long tag", one(`{"state": "a", "tags": {"g": ["` + strings.Repeat("茶", 31) + `"]}}`), "31 characters, at most 30"},
		{"long remark", one(`{"state": "a", "remark": "{name}` + strings.Repeat("茶", 21) + `"}`), "remark without the name: 21 characters, at most 20"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := readRules(writeRules(t, tt.text))
			require.ErrorContains(t, err, tt.want)
		})
	}
}

// Whoever writes rules wants to hear of everything at once.
func TestRulesNameAllThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := readRules(writeRules(t, `{"rules": [{"text": "hi"}, {"state": "b"}], "default": {"attachments": [{}]}}`))
	require.ErrorContains(t, err, "rules[0]: has no state")
	require.ErrorContains(t, err, "rules[1]: does nothing")
	require.ErrorContains(t, err, "default: attachments[0]: want one of")
}

func TestRemarkFits(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 30)
	for _, tt := range []struct{ name, remark, customer, want string }{
		{"short", "{name} · 展会", "Zoe", "Zoe · 展会"},
		{"long", "{name} · 展会", long, strings.Repeat("长", 15) + " · 展会"},
		{"twice", "{name}{name}", long, strings.Repeat("长", 20)},
		{"fixed", "展会", long, "展会"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, (&rule{Remark: tt.remark}).remark(tt.customer))
		})
	}
}

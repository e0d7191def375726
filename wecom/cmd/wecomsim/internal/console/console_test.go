package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/console"
)

// crawl visits every page that links lead to.
func crawl(w *world, visit func(path, page string)) []string {
	w.t.Helper()
	todo := []string{api.Prefix}
	seen := map[string]bool{api.Prefix: true}
	alike := 0
	for i := 0; i < len(todo); i++ {
		if strings.Contains(todo[i], "/console/spec") || strings.Contains(todo[i], "/console/trigger?") {
			if alike++; alike > 40 {
				continue // they are many
			}
		}
		require.Less(w.t, i, 3000, "links without end: %s", todo[i])
		page := w.show(todo[i])
		visit(todo[i], page)
		for _, link := range links(page) {
			link, _, _ = strings.Cut(link, "#")
			if !strings.HasPrefix(link, api.Prefix) || seen[link] {
				continue
			}
			seen[link] = true
			if strings.HasPrefix(link, "/_sim/acts/") {
				continue // where a button posts
			}
			route := !strings.HasPrefix(link, api.Prefix+"console/") && !strings.HasPrefix(link, api.Prefix+"?")
			if route || strings.Contains(link, "/assets/") || strings.Contains(link, "/console/media/") {
				assert.Equal(w.t, http.StatusOK, w.do("GET", link, nil).Code, link)
				continue
			}
			todo = append(todo, link)
		}
	}
	return todo
}

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	for name, world := range map[string]func(*testing.T) *world{"empty": newWorld, "full": full} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			doc := api.OpenAPI()
			forms := 0
			paths := crawl(w, func(path, page string) {
				for _, form := range regexp.MustCompile(`(?s)<form ([^>]*)>(.*?)</form>`).FindAllStringSubmatch(page, -1) {
					if strings.Contains(form[1], "data-api") {
						forms++
						checkForm(w, doc, path, form[1], form[2])
					}
				}
			})
			assert.Greater(t, forms, 50)
			for _, p := range console.Pages() {
				if p.Path == api.Prefix+"{$}" || name == "empty" && strings.Contains(p.Path, "{") {
					continue
				}
				begin, _, _ := strings.Cut(p.Path, "{")
				assert.True(t, slices.ContainsFunc(paths, func(path string) bool {
					path, _, _ = strings.Cut(path, "?")
					return path == begin || strings.Contains(p.Path, "{") && strings.HasPrefix(path, begin)
				}), "no link leads to %s", p.Path)
			}
		})
	}
}

// checkForm holds a form against the route that it posts to: it has the fields
// that must be given, and none that are not taken.
func checkForm(w *world, doc *api.Document, page, attributes, fields string) {
	w.t.Helper()
	assert.Contains(w.t, fields, "<output>", "%s: %s has no place to say what came of it", page, attributes)
	actions := []string{attribute(attributes, "action")}
	for _, m := range regexp.MustCompile(`formaction="[^"]*"`).FindAllString(fields, -1) {
		actions = append(actions, attribute(m, "formaction"))
	}
	for _, action := range actions {
		where := page + ": " + action
		if method := attribute(attributes, "data-method"); method != "" {
			rec := w.do("POST", action, object{})
			assert.Equal(w.t, http.StatusMethodNotAllowed, rec.Code, where)
			assert.Contains(w.t, rec.Header().Get("Allow"), method, where)
			continue
		}
		// A route takes the parameters of the address before it asks for JSON.
		assert.Equal(w.t, http.StatusUnsupportedMediaType, w.do("POST", action, nil).Code, where)
		path, _, _ := strings.Cut(action, "?")
		body := doc.Paths[path]["post"]
		if body == nil {
			continue // its path has a name in it, and no body
		}
		schema := body.RequestBody.Content["application/json"].Schema
		if ref, ok := strings.CutPrefix(schema.Ref, "#/components/schemas/"); ok {
			schema = doc.Components.Schemas[ref]
		}
		var names []string
		for _, m := range regexp.MustCompile(`<(?:input|select|textarea)[^>]* name="[^"]*"[^>]*`).FindAllString(fields, -1) {
			if flag := attribute(m, "data-flag"); flag != "" {
				assert.Contains(w.t, schema.Properties, flag, where)
			}
			if strings.Contains(m, `type="radio"`) {
				continue // its value is the flag
			}
			name, _, _ := strings.Cut(attribute(m, "name"), ".")
			names = append(names, name)
			assert.Contains(w.t, schema.Properties, name, where)
		}
		if strings.Contains(fields, "data-whole") {
			continue // the body is a file
		}
		for _, name := range schema.Required {
			assert.Contains(w.t, names, name, where)
		}
	}
}

func attribute(tag, name string) string {
	m := regexp.MustCompile(`(?:^| )` + name + `="([^"]*)"`).FindStringSubmatch(tag)
	if m == nil {
		return ""
	}
	return strings.ReplaceAll(m[1], "&amp;", "&")
}

// TestPagesAreNoRoutes: what the API answers no page can hide, and the other
// way round.
func TestPagesAreNoRoutes(t *testing.T) {
	t.Parallel()
	for _, p := range console.Pages() {
		for _, r := range api.Routes() {
			assert.NotEqual(t, r.Path, p.Path)
		}
		assert.True(t, p.Path == api.Prefix+"{$}" || strings.HasPrefix(p.Path, api.Prefix+"console/"), p.Path)
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	w := full(t)
	media := w.srv.MediaFiles()
	for _, path := range []string{"/_sim/", "/_sim/console/calls", "/_sim/console/nowhere", "/_sim/console/assets/console.js", "/_sim/console/media/" + media[0].MediaID} {
		h := w.do("GET", path, nil).Header()
		assert.Contains(t, h.Get("Content-Security-Policy"), "default-src '", path)
		assert.NotContains(t, h.Get("Content-Security-Policy"), "unsafe", path)
		assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
	}
	for _, m := range media {
		rec := w.do("GET", "/_sim/console/media/"+m.MediaID, nil)
		assert.Equal(t, m.Type == "image", rec.Header().Get("Content-Type") == "image/png")
		assert.Equal(t, m.Type == "file", strings.HasPrefix(rec.Header().Get("Content-Disposition"), "attachment"))
		assert.Contains(t, rec.Header().Get("Content-Security-Policy"), "sandbox")
	}
	assert.Equal(t, http.StatusNotFound, w.do("GET", "/_sim/console/media/none", nil).Code)
}

func TestEveryPageHasTheClockAndNeedsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	w := full(t)
	w.post("/_sim/clock/freeze", object{"at": "2099-01-02T03:04:05Z"})
	crawl(w, func(path, page string) {
		assert.Regexp(t, `id="now" data-tick data-frozen="true" datetime="2099-01-02T03:04:05Z"`, page, path)
		assert.NotRegexp(t, `<[^>]* style=`, page, "%s: the policy forbids styles here", path)
		assert.NotRegexp(t, `<[^>]* on\w+=`, regexp.MustCompile(`="[^"]*"`).ReplaceAllString(page, ""), "%s: the policy forbids scripts here", path)
		assert.NotRegexp(t, `(?:src|<link[^>]* href)="https?:`, page, path)
	})
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{
		"nowhere", "members/x", "customers/x", "groupchats/x", "acts/x", "calls?corp=x", "spec/externalcontact/gte",
	} {
		rec := w.do("GET", "/_sim/console/"+path, nil)
		assert.Equal(t, http.StatusNotFound, rec.Code, path)
		assert.Contains(t, rec.Body.String(), `aria-label="Screens"`, "%s: one can go on from there", path)
	}
	rec := w.do("GET", "/_sim/console/calls", nil, "Console-Panels", "nothing<b>")
	assert.Equal(t, http.StatusBadRequest, rec.Code)
	assert.NotContains(t, rec.Body.String(), "<b>")
	assert.Equal(t, http.StatusMethodNotAllowed, w.do("POST", "/_sim/console/calls", object{}).Code)
}

func TestPanelsCanBeHadAlone(t *testing.T) {
	t.Parallel()
	w := full(t)
	panels := 0
	crawl(w, func(path, page string) {
		if u, err := url.Parse(path); err != nil || u.RawQuery != "" {
			return
		}
		for _, m := range regexp.MustCompile(`<\w+ [^>]*\bdata-live="[^"]*"`).FindAllString(page, -1) {
			id := attribute(m, "id")
			require.NotEmpty(t, id, m)
			part := w.show(path, "Console-Panels", id)
			assert.Regexp(t, `^<\w+ [^>]*\bid="`+id+`"`, part, path)
			assert.NotContains(t, part, "<html")
			panels++
		}
	})
	assert.Greater(t, panels, 20)
	both := w.show("/_sim/console/calls", "Console-Panels", "calls,clock")
	assert.Contains(t, both, `id="calls"`)
	assert.Contains(t, both, `id="clock"`)
}

func TestTheThemeIsChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.Contains(t, w.show("/_sim/"), `<html lang="en">`)
	assert.Contains(t, w.show("/_sim/", "Cookie", "theme=dark"), `data-theme="dark"`)
	assert.Contains(t, w.show("/_sim/", "Cookie", `theme=">`), `<html lang="en">`)
}

func TestAnotherCorp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.srv.AddCorp("Second <corp>")
	w.act("add-member", object{"userid": "alice", "name": "Of the first"})
	other.AddMember(memberNamed("Of the second"))
	q := "?corp=" + other.CorpID()
	page := w.show("/_sim/console/members" + q)
	assert.Contains(t, text(page), "Of the second")
	assert.NotContains(t, text(page), "Of the first")
	for _, link := range links(page) {
		if strings.HasPrefix(link, "/_sim/console/") && !strings.Contains(link, "/assets/") {
			assert.Contains(t, link, q, "the corp stays chosen")
		}
	}
	assert.Contains(t, page, `action="/_sim/acts/add-member`+q+`"`)
	assert.Contains(t, w.show("/_sim/console/members"), `href="/_sim/`+q+`"`)
}

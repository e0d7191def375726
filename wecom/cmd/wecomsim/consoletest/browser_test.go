package consoletest_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const patience = time.Minute // for a page, on a machine that does much else

// A tab is one of a browser, on a simulator.
type tab struct {
	t   *testing.T
	ctx context.Context
	sim *simulator
}

// open starts a browser. What its console complains of fails the test, but for
// what the network says of paths that are to be refused.
func open(t *testing.T, sim *simulator, refused ...string) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("no-sandbox", os.Geteuid() == 0), // Chromium has no sandbox for root
		chromedp.Flag("disable-dev-shm-usage", true))
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			options = append(options, chromedp.ExecPath(path))
			break
		}
	}
	browser, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(browser)
	w := &tab{t, ctx, sim}
	// The first action starts the browser, which lives as long as its context.
	require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)), "is Chromium installed?")
	messages := chromedp.Console(ctx)
	var reader sync.WaitGroup
	reader.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			expected := m.Source == "network" && slices.ContainsFunc(refused, func(path string) bool { return strings.Contains(m.URL, path) })
			if (m.Type == chromedp.ConsoleError || m.IsException()) && !expected {
				assert.Fail(t, "the console complains", "%s (%s)", m, m.URL)
			}
		}
	})
	t.Cleanup(func() {
		closeTab()
		reader.Wait()
	})
	return w
}

func (w *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	get(w, chromedp.Steps(steps...))
}

func get[T any](w *tab, action chromedp.Action[T]) T {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		w.screenshot("failed")
	}
	require.NoError(w.t, err)
	return value
}

// js is what an expression is on the page.
func js[T any](w *tab, expression string) T {
	w.t.Helper()
	return get(w, chromedp.Evaluate[T](expression))
}

// quoted is a text in JavaScript.
func quoted(text string) string { return strconv.Quote(text) }

// until waits for something to hold on the page.
func (w *tab) until(condition string) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		ok, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool]("Boolean("+condition+")"))
		if err == nil && ok {
			return
		}
		if time.Now().After(deadline) || w.ctx.Err() != nil {
			w.screenshot("failed")
			require.Fail(w.t, "it never held", "%s (%v)", condition, err)
		}
		require.NoError(w.t, chromedp.Do(w.ctx, chromedp.Sleep(50*time.Millisecond)))
	}
}

// visit opens a page, and waits until it is live.
func (w *tab) visit(path string) {
	w.t.Helper()
	w.do(chromedp.Navigate(w.sim.base + path))
	w.live()
}

func (w *tab) live() {
	w.t.Helper()
	w.until(`document.getElementById("live")?.hidden === false`)
}

// fill writes into a field of a form, found by where the form posts to.
func (w *tab) fill(action, field, value string) {
	w.t.Helper()
	w.do(chromedp.SendKeys(chromedp.CSS(form(action)+fmt.Sprintf(" [name=%q]", field)), value))
}

// submit presses the button of a form.
func (w *tab) submit(action string) {
	w.t.Helper()
	w.do(chromedp.Click(chromedp.CSS(form(action) + " button:not([type=button])")))
}

func form(action string) string { return fmt.Sprintf("main form[action^=%q]", action) }

// press types keys where the focus is.
func (w *tab) press(keys string) {
	w.t.Helper()
	w.do(chromedp.KeyEvent(keys))
}

// shortcut presses a key as a browser does: what the page makes of it types
// nothing.
func (w *tab) shortcut(keys string) {
	w.t.Helper()
	for _, key := range keys {
		for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
			_, err := chromedp.Call(w.ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: string(key), Text: string(key)})
			require.NoError(w.t, err)
		}
	}
}

// theme lets the system be light or dark.
func (w *tab) theme(name string) {
	w.t.Helper()
	_, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	})
	require.NoError(w.t, err)
}

func (w *tab) screenshot(name string) {
	w.t.Helper()
	if png, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100)); assert.NoError(w.t, err) {
		require.NoError(w.t, os.WriteFile(filepath.Join(w.t.ArtifactDir(), name+".png"), png, 0o600))
	}
}

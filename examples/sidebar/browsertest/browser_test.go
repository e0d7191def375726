package browsertest_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const patience = time.Minute // for a page, on a machine that does much else

// The program serves the page in a simulated corp; a stand-in plays the ww
// object of the JS-SDK.
func startSidebar(t *testing.T) (site string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "sidebar")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	build.Dir = ".."
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)

	cmd := exec.Command(program, "-simulate", "-addr", "localhost:0")
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		assert.NoError(t, cmd.Wait(), "the sidebar stops when asked to")
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	site = regexp.MustCompile(`http://localhost:\d+`).FindString(line)
	require.NotEmpty(t, site, line)
	return site
}

// startChromium opens a tab as wide as the toolbar.
func startChromium(t *testing.T) (tab context.Context) {
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
	tab, closeTab := chromedp.NewContext(browser)
	t.Cleanup(closeTab)
	// The first action starts the browser, which lives as long as its context.
	require.NoError(t, chromedp.Do(tab, chromedp.EmulateViewport(360, 760, chromedp.EmulateScale(2))), "is Chromium installed?")
	return tab
}

func do(t *testing.T, tab context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	get(t, tab, chromedp.Steps(steps...))
}

func get[T any](t *testing.T, tab context.Context, action chromedp.Action[T]) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	require.NoError(t, err)
	return value
}

// theme lets the browser be light or dark.
func theme(t *testing.T, tab context.Context, name string) {
	t.Helper()
	_, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	})
	require.NoError(t, err)
}

func screenshot(t *testing.T, tab context.Context, name string) {
	t.Helper()
	png := get(t, tab, chromedp.FullScreenshot(100))
	assert.Greater(t, len(png), 5000, "a page with something on it")
	require.NoError(t, os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), png, 0o600))
}

const main = chromedp.CSS("main")

// settled waits for the page to have shown what it has to show.
func settled() chromedp.Action[chromedp.Void] {
	return chromedp.WaitVisible(chromedp.CSS(`main[aria-busy="false"]`))
}

// button is that of a tag, in a state.
func button(name, pressed string) chromedp.Search {
	return chromedp.Search(fmt.Sprintf(`//button[text()=%q and @aria-pressed=%q]`, name, pressed))
}

func TestSidebar(t *testing.T) {
	site := startSidebar(t)
	tab := startChromium(t)

	for _, name := range []string{"light", "dark"} {
		theme(t, tab, name)
		do(t, tab, chromedp.Navigate(site+"/?from=toolbar"), settled())
		shown := get(t, tab, chromedp.Text(main))
		for _, want := range []string{"卓依 Zoe", "@微信", "卓小姐 · 春茶展", "扫描二维码", "另有 1 位同事在跟进", "客户等级", "爱聊茶"} {
			assert.Contains(t, shown, want)
		}
		screenshot(t, tab, "zoe-"+name)
	}

	t.Run("logged in on the way, and back where it was", func(t *testing.T) {
		assert.Equal(t, site+"/?from=toolbar", get(t, tab, chromedp.Location()))
		assert.Empty(t, get(t, tab, chromedp.Evaluate[string]("document.cookie")), "no script can read the session")
	})

	t.Run("a tag goes on and off", func(t *testing.T) {
		for _, state := range [][2]string{{"false", "true"}, {"true", "false"}} {
			do(t, tab, chromedp.Click(button("核心", state[0])), chromedp.WaitVisible(button("核心", state[1])))
			assert.Equal(t, "核心", get(t, tab, chromedp.Evaluate[string]("document.activeElement.textContent")), "the keyboard stays where it was")
			do(t, tab, chromedp.Reload(), settled(), chromedp.WaitVisible(button("核心", state[1])))
		}
	})

	t.Run("a customer with a company", func(t *testing.T) {
		do(t, tab, chromedp.Navigate(site+"/?customer=woYang"), settled())
		assert.Contains(t, get(t, tab, chromedp.Text(main)), "@远帆贸易")
		screenshot(t, tab, "yang")
	})

	t.Run("somebody else's customer", func(t *testing.T) {
		do(t, tab, chromedp.Navigate(site+"/?customer=wmStray"), settled())
		assert.Equal(t, "这位联系人还不是你的客户。", get(t, tab, chromedp.Text(main)))
		screenshot(t, tab, "stray")
	})
}

package anylanguage_test

import (
	"net"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What README.md shows is run, line by line: its four blocks are two programs
// and what one types beside them.
func TestReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	text := strings.NewReplacer("127.0.0.1:7070", freeAddr(t), "127.0.0.1:8080", freeAddr(t)).Replace(string(readme))
	var blocks []string
	for _, m := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(text, -1) {
		blocks = append(blocks, m[1])
	}
	require.Len(t, blocks, 4)
	base := regexp.MustCompile(`WECOM_BASE_URL=(\S+)`).FindStringSubmatch(text)[1]
	site := regexp.MustCompile(`callback set (http\S+)`).FindStringSubmatch(text)[1]
	port := site[strings.LastIndexByte(site, ':')+1 : len(site)-1]
	env := []string{"PATH=" + programs + ":" + os.Getenv("PATH"), "GOBIN=" + programs, "WECOMSIM_URL=" + base, "PORT=" + port}

	simulator := start(t, env, "sh", "-euc", "cd ../..\n"+strings.Replace(blocks[0], "wecomsim serve", "exec wecomsim serve --addr "+strings.TrimPrefix(base, "http://"), 1))
	var exports string
	for range 2 {
		exports += strings.TrimSpace(simulator.waitFor("export ")) + "\n"
	}
	assert.Contains(t, blocks[1], exports, "as the simulator prints it")
	simulator.waitFor("Ctrl-C")

	first := sh(t, env, "cd ../..\n"+blocks[1])
	assert.Contains(t, first, `"name":"Zoe"`)
	assert.Contains(t, first, `"tag_name":"核心"`)

	node := start(t, env, "sh", "-euc", exports+strings.Replace(blocks[2], "node ", "exec node ", 1))
	node.waitFor("listening at " + site)
	second := sh(t, env, exports+strings.Replace(blocks[3], "\ncurl", "\nread -r greeted <&3\ncurl", 1), func() { node.waitFor("greeted wmSIM00000000000000000002") })
	assert.Contains(t, second, welcome)

	scripts, err := os.ReadDir("curl")
	require.NoError(t, err)
	for _, s := range scripts {
		if s.Name() != "lib.sh" {
			assert.Contains(t, text, "(curl/"+s.Name()+")", "every script is in the table")
		}
	}
}

// sh runs what one types, with one line to read once after is done.
func sh(t *testing.T, env []string, script string, after ...func()) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-euxc", script)
	cmd.Env = append(os.Environ(), env...)
	if after != nil {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		cmd.ExtraFiles = []*os.File{r} // descriptor 3
		defer r.Close()
		go func() {
			defer w.Close()
			after[0]()
			_, _ = w.WriteString("\n")
		}()
	}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// freeAddr is an address that nobody listens at.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return "127.0.0.1:" + strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

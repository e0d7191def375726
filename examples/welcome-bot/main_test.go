package main

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/internal/leakcheck"
)

// asBot makes the test binary run main: the tests kill it, and they could not
// kill themselves.
const asBot = "WELCOME_BOT_TEST_MAIN=1"

func TestMain(m *testing.M) {
	if os.Getenv("WELCOME_BOT_TEST_MAIN") != "" {
		main()
		return
	}
	leakcheck.Main(m)
}

// command runs this binary as a bot.
func command(t *testing.T) func(args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	return func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), exe, args...)
		cmd.Env = append(cmd.Env, asBot, "GORACE=atexit_sleep_ms=0")
		return cmd
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, runDemo(t.Context(), &out, command(t)))
	for _, line := range []string{
		`Zoe: greetings 1, tags ["新客户" "春季展会"], remark "Zoe · 春季展会"`,
		"alice: [miniprogram] 春茶预订",
		`Max: greetings 1, tags [], remark ""`,
		"send_welcome_msg     41051 ChatAlreadyStarted",
		`Max: greetings 1, tags ["新客户" "春季展会"], remark "Max · 春季展会"`,
		`Ann: greetings 1, tags ["新客户" "上海门店"], remark ""`,
		`Bob: greetings 0, tags ["新客户" "上海门店"], remark ""`,
		"7 customers",
	} {
		assert.Contains(t, out.String(), line)
	}
	if runtime.GOOS != "windows" {
		assert.Contains(t, out.String(), `"greeted":1,"too_late":1,"tagged":2`)
	}
}

func TestRunSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	getenv := func(string) string { return "" }
	err := run(t.Context(), []string{"-rules", "none.json"}, getenv, new(bytes.Buffer))
	require.ErrorContains(t, err, "none.json")

	err = run(t.Context(), []string{"-rules", "rules.json"}, getenv, new(bytes.Buffer))
	for _, name := range []string{"WECOM_CALLBACK_TOKEN", "WECOM_CALLBACK_AES_KEY", "WECOM_CORP_ID", "WECOM_SECRET"} {
		require.ErrorContains(t, err, name+" is not set")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := run(t.Context(), []string{"-rules", "rules.json", "-check", "store-shanghai", "nowhere"}, os.Getenv, &out)
	require.NoError(t, err)
	assert.Equal(t, `state "store-shanghai"
  text         你好！这里是上海门店，营业时间 10:00–21:00。
  link         到店路线 https://shop.example/shanghai
  tag          客户等级/新客户
  tag          来源渠道/上海门店
state "nowhere", by the default
  text         你好，很高兴认识你！有什么可以帮你的？
`, out.String())

	out.Reset()
	require.NoError(t, run(t.Context(), []string{"-rules", "rules.json", "-check"}, os.Getenv, &out))
	assert.Contains(t, out.String(), "image        poster.png\n")
	assert.Contains(t, out.String(), "miniprogram  春茶预订 wx8bd80126147dfabc /pages/spring, cover poster.png\n")
	assert.Contains(t, out.String(), "remark       {name} · 春季展会\n")
	assert.Contains(t, out.String(), "all other customers\n")
}

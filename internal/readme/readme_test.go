// Package readme_test holds the code that the READMEs show, compiled and run.
package readme_test

import (
	"bytes"
	"log"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/internal/leakcheck"
	"github.com/wecomkit/wecom-go/wecom/isv"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

// Every Go block of the READMEs is a region of a test file here, to the letter.
func TestGoBlocksAreCompiled(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	for _, name := range []string{"example_test.go", "simulator_test.go"} {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		code.Write(b)
	}
	regions := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?s)// README: \w+\n(.*?)\n\n?// README: end`).FindAllStringSubmatch(code.String(), -1) {
		regions[strings.TrimSpace(m[1])] = false
	}
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		readme, err := os.ReadFile("../../" + name)
		require.NoError(t, err)
		shown := map[string]bool{}
		for _, b := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
			block := strings.TrimSpace(b[1])
			assert.Contains(t, regions, block, "no test compiles this block of %s", name)
			shown[block] = true
		}
		for region := range regions {
			assert.True(t, shown[region], "%s does not show this:\n%s", name, region)
		}
	}
}

func TestProgramSaysWhatIsMissing(t *testing.T) {
	t.Setenv("WECOM_CORP_ID", "")
	require.ErrorContains(t, run(), "WECOM_CORP_ID")
}

func TestPrintVIPs(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	alice := srv.AddMember(wecomtest.Member{Name: "Alice"})
	srv.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	require.NoError(t, printVIPs(t.Context(), contact.New(srv.NewClient()), alice, "etVIP"))
	assert.Equal(t, 1, srv.Calls().Op("externalcontact/batch/get_by_user").Len())
}

func TestCountMembers(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Handle("user/list_id", func(wecomtest.Call) (any, error) {
		return map[string]any{"dept_user": []map[string]any{{"userid": "alice"}, {"userid": "bob"}}}, nil
	})
	n, err := countMembers(t.Context(), srv.NewClient())
	require.NoError(t, err)
	assert.Equal(t, 2, n)
}

func TestServeManyCorps(t *testing.T) {
	srv := wecomtest.New(t)
	app := srv.AddSuite(wecomtest.Suite{Name: "Greeter"})
	suite, err := isv.NewSuite(isv.SuiteCredential{SuiteID: app.SuiteID, Secret: app.Secret}, isv.WithClientOptions(srv.Options()...))
	require.NoError(t, err)
	inbox, err := callback.OpenFileInbox(t.TempDir(), nil)
	require.NoError(t, err)
	h, err := serveManyCorps(suite, callback.Keys(srv.SuiteKeys(app.SuiteID)), inbox)
	require.NoError(t, err)
	var said bytes.Buffer
	log.SetOutput(&said)
	defer log.SetOutput(os.Stderr)

	require.NoError(t, srv.SetCallback(wecomtest.Callback{SuiteID: app.SuiteID, Handler: h}))
	srv.WaitDeliveries(1)
	corp := srv.AddCorp("Tea")
	alice := corp.AddMember(wecomtest.Member{Name: "Alice"})
	corp.Act().AuthorizeSuite(app.SuiteID, wecomtest.Authorization{})
	srv.WaitDeliveries(2)
	require.Eventually(t, func() bool {
		_, err := suite.Client(t.Context(), corp.OpenCorpID(""))
		return err == nil
	}, 5*time.Second, time.Millisecond)
	corp.AddCustomer(alice, wecomtest.Customer{Name: "Zoe"})
	srv.WaitDeliveries(3)
	srv.WaitCalls("externalcontact/get", 1)
	require.NoError(t, h.Close(t.Context()))
	require.NoError(t, inbox.Close())

	assert.Contains(t, said.String(), "Tea came, 1 of its members have customers")
	assert.Contains(t, said.String(), corp.OpenCorpID("")+" has a new customer: Zoe")
}

package callback_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/wecomkit/wecom-go/internal/leakcheck"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		if err := victim(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	leakcheck.Main(m)
}

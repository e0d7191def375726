package cli_test

import (
	"flag"
	"fmt"
	"testing"

	"github.com/wecomkit/wecom-go/internal/leakcheck"
	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/cli"
)

func TestMain(m *testing.M) { leakcheck.Main(m, everyFlagWasUsed) }

// everyFlagWasUsed fails a run of all tests in which a flag of a command stood
// on no command line.
func everyFlagWasUsed() error {
	if flag.Lookup("test.run").Value.String() != "" || flag.Lookup("test.skip").Value.String() != "" {
		return nil
	}
	for _, cmd := range cli.Commands() {
		for _, name := range cmd.Flags() {
			if _, ok := used.Load(cmd.Name + " " + name); !ok {
				return fmt.Errorf("no test runs wecomsim %s with %s", cmd.Name, name)
			}
		}
		if _, ok := used.Load(cmd.Name); !ok {
			return fmt.Errorf("no test runs wecomsim %s", cmd.Name)
		}
	}
	return nil
}

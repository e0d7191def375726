package cli

import (
	"context"
	"flag"
	"fmt"
	"regexp"
	"strings"
)

func helpCommand() Command {
	return Command{
		Name:        "help",
		Synopsis:    []string{"[command]"},
		Summary:     "tell how a command is used",
		Description: []string{"Without a command it lists them all."},
		Examples:    []Example{{"Read about faults", "wecomsim help fault"}},
		bind: func(*flag.FlagSet) func(context.Context, *call) error {
			return func(_ context.Context, c *call) error {
				switch len(c.args) {
				case 0:
					fmt.Fprint(c.Stdout, overview())
					return nil
				case 1:
				default:
					return usagef("unexpected %q", c.args[1])
				}
				cmd, ok := find(c.args[0])
				if !ok {
					return usagef("no command %q%s", c.args[0], didYouMean(c.args[0], names()))
				}
				fmt.Fprint(c.Stdout, cmd.manual())
				return nil
			}
		},
	}
}

// overview lists the commands.
func overview() string {
	var b strings.Builder
	b.WriteString("wecomsim is a WeCom on your desk, for programs in any language.\n\n")
	var rows [][]string
	for _, cmd := range Commands() {
		rows = append(rows, []string{"  wecomsim " + cmd.Name, cmd.Summary})
	}
	columns(&b, rows...)
	b.WriteString("\nStart with wecomsim serve. wecomsim help <command> tells more about each.\n\nExit codes:\n\n")
	columns(&b, exitCodes("  ")...)
	return b.String()
}

func exitCodes(indent string) [][]string {
	return [][]string{
		{indent + "0", "done"},
		{indent + "1", "not done: the message says why"},
		{indent + "2", "the command line is wrong"},
		{indent + "3", "nobody answers at the simulator's address"},
		{indent + "4", "doctor or replay --check found something wrong"},
	}
}

// manual is the page of a command.
func (cmd *Command) manual() string {
	var b strings.Builder
	fmt.Fprintf(&b, "NAME\n    wecomsim %s - %s\n\nSYNOPSIS\n", cmd.Name, cmd.Summary)
	for _, line := range cmd.Synopsis {
		lines := wrap(together(strings.TrimSpace("wecomsim "+cmd.Name+" "+line)), 72)
		fmt.Fprintf(&b, "    %s\n", strings.ReplaceAll(strings.Join(lines, "\n        "), nbsp, " "))
	}
	b.WriteString("\nDESCRIPTION\n")
	for i, text := range cmd.Description {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(indented(text, 4))
	}
	if options := cmd.options(); options != "" {
		b.WriteString("\nOPTIONS\n" + options)
	}
	b.WriteString("\nEXAMPLES\n")
	for i, e := range cmd.Examples {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(indented(e.About+":", 4))
		fmt.Fprintf(&b, "        %s\n", e.Line)
	}
	return b.String()
}

const nbsp = "\u00a0"

// together lets no line end within short brackets or between a flag and its
// value.
func together(synopsis string) string {
	return regexp.MustCompile(`\[[^][|]{1,40}\]|--[a-z-]+ [a-z]+`).ReplaceAllStringFunc(synopsis, func(s string) string {
		return strings.ReplaceAll(s, " ", nbsp)
	})
}

// options describes the flags.
func (cmd *Command) options() string {
	var b strings.Builder
	flags, _ := cmd.flags(&call{Env: Env{Getenv: func(string) string { return "" }}, client: &client{}})
	flags.VisitAll(func(f *flag.Flag) {
		name, about := flag.UnquoteUsage(f)
		fmt.Fprintf(&b, "    %s %s", dashed(f.Name), name)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "0s" && f.DefValue != "-1" {
			about += " (" + f.DefValue + ")"
		}
		fmt.Fprintf(&b, "\n%s", indented(about, 8))
	})
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

// dashed is a flag as it is written.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

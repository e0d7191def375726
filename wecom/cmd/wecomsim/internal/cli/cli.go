// Package cli is the command line of wecomsim: one file for each command. All
// but serve are clients of the API under /_sim/.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// The exit codes of the program.
const (
	ExitOK      = 0 // done
	ExitFailed  = 1 // not done: the message says why
	ExitUsage   = 2 // the command line is wrong
	ExitOffline = 3 // nobody answers at the simulator's address
	ExitFound   = 4 // doctor found something wrong
)

// An Env is what a command sees of the world.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(name string) string
}

// A Command is one verb of the program.
type Command struct {
	Name        string
	Synopsis    string   // what follows the name
	Summary     string   // in one line
	Description []string // paragraphs
	Examples    []Example
	Client      bool // it talks to a running simulator: --server and -o

	// bind declares the flags and returns what to run once they are parsed.
	bind func(flags *flag.FlagSet) func(ctx context.Context, c *call) error
}

// An Example is a command line and what it is for.
type Example struct{ About, Line string }

// A call is a command at work.
type call struct {
	Env
	args   []string
	client *client
	json   bool
}

// usageError is a command line that is wrong.
type usageError struct{ msg string }

func (e *usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// Commands lists what the program does.
func Commands() []Command {
	return []Command{
		serveCommand(),
	}
}

// Main runs a command line and returns the exit code.
func Main(ctx context.Context, args []string, env Env) int {
	if len(args) == 0 {
		fmt.Fprint(env.Stderr, overview())
		return ExitUsage
	}
	switch args[0] {
	case "-h", "-help", "--help":
		fmt.Fprint(env.Stdout, overview())
		return ExitOK
	}
	cmd, ok := find(args[0])
	if !ok {
		fmt.Fprintf(env.Stderr, "wecomsim: no command %q; wecomsim help lists them\n", args[0])
		return ExitUsage
	}
	return report(env, cmd.Name, cmd.run(ctx, args[1:], env))
}

func find(name string) (Command, bool) {
	for _, cmd := range Commands() {
		if cmd.Name == name {
			return cmd, true
		}
	}
	return Command{}, false
}

// run parses the flags, which may stand anywhere, and does the work.
func (cmd *Command) run(ctx context.Context, args []string, env Env) error {
	c := &call{Env: env}
	flags, work := cmd.flags(c)
	for {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				fmt.Fprint(env.Stdout, cmd.manual())
				return nil
			}
			return usagef("%s", strings.ReplaceAll(err.Error(), " -", " --"))
		}
		if args = flags.Args(); len(args) == 0 {
			return work(ctx, c)
		}
		c.args, args = append(c.args, args[0]), args[1:]
	}
}

// flags declares the command's flags.
func (cmd *Command) flags(c *call) (*flag.FlagSet, func(context.Context, *call) error) {
	flags := flag.NewFlagSet(cmd.Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	return flags, cmd.bind(flags)
}

// report prints an error and returns the exit code.
func report(env Env, name string, err error) int {
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(err, context.Canceled):
		return ExitOK // interrupted, which is how some commands end
	}
	fmt.Fprintf(env.Stderr, "wecomsim %s: %v\n", name, err)
	if _, ok := errors.AsType[*usageError](err); ok {
		fmt.Fprintf(env.Stderr, "wecomsim help %s tells how it is used\n", name)
		return ExitUsage
	}
	return ExitFailed
}

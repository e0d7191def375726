// Package cli is the command line of wecomsim: one file for each command. All
// but serve, doctor, record, replay, help and completion are clients of the API
// under /_sim/.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The exit codes of the program.
const (
	ExitOK      = 0 // done
	ExitFailed  = 1 // not done: the message says why
	ExitUsage   = 2 // the command line is wrong
	ExitOffline = 3 // nobody answers at the simulator's address
	ExitFound   = 4 // doctor or replay --check found something wrong
)

// An Env is what a command sees of the world.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(name string) string
	Now            func() time.Time
	Sleep          func(ctx context.Context, d time.Duration) error // nil is the system's clock
}

// sleep returns ctx.Err() if ctx ends before d has passed.
func (e *Env) sleep(ctx context.Context, d time.Duration) error {
	if e.Sleep != nil {
		return e.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A Command is one verb of the program.
type Command struct {
	Name        string
	Synopsis    []string // what follows the name, in one way or several
	Summary     string   // in one line
	Description []string // paragraphs
	Examples    []Example
	Words       []string // that may follow the name, for completions
	Server      bool     // it talks to a running simulator: --server
	Output      bool     // it prints text or JSON: -o

	// Routes are what of the API it is for, as "GET /_sim/calls".
	Routes []string

	// bind declares the flags and returns what to run once they are parsed.
	bind func(flags *flag.FlagSet) func(ctx context.Context, c *call) error
}

// An Example is a command line and what it is for.
type Example struct{ About, Line string }

// A call is a command at work.
type call struct {
	Env
	*client // of the simulator

	flags *flag.FlagSet
	args  []string
	json  bool
}

// usageError is a command line that is wrong.
type usageError struct{ msg string }

func (e *usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// errFound is that a command found something wrong, and has said so.
var errFound = errors.New("something is wrong")

// Commands lists what the program does, in the order in which help shows it.
func Commands() []Command {
	return []Command{
		serveCommand(),
		seedCommand(),
		actCommand(),
		triggerCommand(),
		listenCommand(),
		doctorCommand(),
		showCommand(),
		callsCommand(),
		deliveriesCommand(),
		callbackCommand(),
		corpCommand(),
		faultCommand(),
		mishapCommand(),
		chaosCommand(),
		limitsCommand(),
		clockCommand(),
		snapshotCommand(),
		resetCommand(),
		specCommand(),
		recordCommand(),
		replayCommand(),
		helpCommand(),
		completionCommand(),
	}
}

// Main runs a command line and returns the exit code.
func Main(ctx context.Context, args []string, env Env) int {
	env.Stdout, env.Stderr = plain{env.Stdout}, plain{env.Stderr}
	if len(args) == 0 {
		fmt.Fprint(env.Stderr, overview())
		return ExitUsage
	}
	name := args[0]
	switch name {
	case "-h", "-help", "--help":
		name = "help"
	}
	cmd, ok := find(name)
	if !ok {
		fmt.Fprintf(env.Stderr, "wecomsim: no command %q%s; wecomsim help lists them\n", name, didYouMean(name, names()))
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
	c := &call{Env: env, client: &client{http: &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}}}}
	defer c.http.CloseIdleConnections()
	flags, work := cmd.flags(c)
	c.flags = flags
	var rest []string // what follows -- is no flag
	if i := slices.Index(args, "--"); i >= 0 {
		args, rest = args[:i], args[i+1:]
	}
	for {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				fmt.Fprint(env.Stdout, cmd.manual())
				return nil
			}
			return flagError(flags, err)
		}
		if args = flags.Args(); len(args) == 0 {
			c.args = append(c.args, rest...)
			return work(ctx, c)
		}
		c.args, args = append(c.args, args[0]), args[1:]
	}
}

// flagError puts what package flag complains of as the manual writes it.
func flagError(flags *flag.FlagSet, err error) error {
	msg := err.Error()
	if name, unknown := strings.CutPrefix(msg, "flag provided but not defined: -"); unknown {
		var known []string
		flags.VisitAll(func(f *flag.Flag) { known = append(known, f.Name) })
		if near := nearest(name, known); near != "" {
			return usagef("no flag %s (did you mean %s?)", dashed(name), dashed(near))
		}
		return usagef("no flag %s", dashed(name))
	}
	if name, needs := strings.CutPrefix(msg, "flag needs an argument: -"); needs {
		return usagef("%s needs a value", dashed(name))
	}
	if value, rest, ok := strings.Cut(strings.TrimPrefix(msg, "invalid value "), " for flag -"); ok {
		name, why, _ := strings.Cut(rest, ": ")
		if why == "parse error" {
			why = "it cannot be read"
		}
		return usagef("%s %s: %s", dashed(name), value, why)
	}
	return usagef("%s", msg)
}

// only refuses flags beside those that are named and the common ones: none is
// ignored in silence.
func (c *call) only(of string, names ...string) (err error) {
	c.flags.Visit(func(f *flag.Flag) {
		if f.Name != "server" && f.Name != "o" && !slices.Contains(names, f.Name) && err == nil {
			err = usagef("%s takes no %s", of, dashed(f.Name))
		}
	})
	return err
}

// given reports whether a flag stands on the command line.
func (c *call) given(name string) (given bool) {
	c.flags.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}

// flags declares the command's flags.
func (cmd *Command) flags(c *call) (*flag.FlagSet, func(context.Context, *call) error) {
	flags := flag.NewFlagSet(cmd.Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	if cmd.Server {
		flags.StringVar(&c.base, "server", serverOf(c.Getenv), "the simulator is at `URL`; $WECOMSIM_URL if not given")
	}
	if cmd.Output {
		flags.Func("o", "print `format`: text or json", func(format string) error {
			c.json = format == "json"
			if !c.json && format != "text" {
				return errors.New("want text or json")
			}
			return nil
		})
	}
	return flags, cmd.bind(flags)
}

// serverOf is where the simulator is if --server does not say.
func serverOf(getenv func(string) string) string {
	if url := getenv("WECOMSIM_URL"); url != "" {
		return url
	}
	return "http://" + defaultAddr
}

// report prints an error and returns the exit code.
func report(env Env, name string, err error) int {
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(err, errFound):
		return ExitFound
	case errors.Is(err, context.Canceled):
		err = errors.New("interrupted")
	}
	fmt.Fprintf(env.Stderr, "wecomsim %s: %v\n", name, err)
	if _, ok := errors.AsType[*usageError](err); ok {
		fmt.Fprintf(env.Stderr, "wecomsim help %s tells how it is used\n", name)
		return ExitUsage
	}
	if _, ok := errors.AsType[*offlineError](err); ok {
		return ExitOffline
	}
	return ExitFailed
}

// noArgs refuses what stands beside the flags.
func (c *call) noArgs() error {
	if len(c.args) > 0 {
		return usagef("unexpected %q", c.args[0])
	}
	return nil
}

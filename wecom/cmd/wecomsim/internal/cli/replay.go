package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"sync"

	"github.com/wecomkit/wecom-go/wecom/wecomtest/cassette"
)

func replayCommand() Command {
	return Command{
		Name:     "replay",
		Synopsis: []string{"<file> [--listen host:port]", "--check <file>"},
		Summary:  "answer as WeCom did in a recording, or look at what is in one",
		Description: []string{
			"Answers programs as WeCom answered while the file was recorded, and nothing else: a request must be the one that was recorded, to the last character of its body, except for secrets and tokens. Another one is answered with 404, and what is different is printed. Each call is answered as often as it was recorded; calls for tokens as often as they come.",
			"It ends with 1 if somebody asked what is not in the recording, or if nobody made a call that is: a test runs the program against it, interrupts it, and looks at that.",
			"With --check it holds the file against the simulator's table of the official API instead, lists fields that no page names, other types, and fields that are missing, and ends with 4 if there are any.",
		},
		Examples: []Example{
			{"Test a program with a recording", "wecomsim replay testdata/welcome.json"},
			{"See whether WeCom answers as its pages say", "wecomsim replay --check testdata/welcome.json"},
		},
		bind: func(flags *flag.FlagSet) func(context.Context, *call) error {
			listen := flags.String("listen", "127.0.0.1:0", "listen at `host:port`; a port is found if it is 0")
			check := flags.Bool("check", false, "hold the file against the simulator's table")
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 1 {
					return usagef("want one file")
				}
				recording, err := readCassette(c.args[0])
				if err != nil {
					return err
				}
				if *check {
					return checkCassette(c.Stdout, recording)
				}
				return replay(ctx, c, recording, *listen)
			}
		},
	}
}

func readCassette(name string) (*cassette.Cassette, error) {
	data, err := os.ReadFile(name) //nolint:gosec // it is what the user names
	if err != nil {
		if wrong, ok := errors.AsType[*fs.PathError](err); ok {
			err = wrong.Err
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	recording, err := cassette.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return recording, nil
}

func checkCassette(w io.Writer, recording *cassette.Cassette) error {
	list := cassette.Check(recording)
	for _, d := range list {
		fmt.Fprintln(w, d)
	}
	if len(list) > 0 {
		return errFound
	}
	fmt.Fprintf(w, "%d calls, as the official pages say\n", len(recording.Interactions))
	return nil
}

func replay(ctx context.Context, c *call, recording *cassette.Cassette, listen string) error {
	player := cassette.NewPlayer(recording)
	site, err := openSite(ctx, listen, &complainer{player: player, w: c.Stdout})
	if err != nil {
		return err
	}
	cred := player.Credential()
	fmt.Fprintf(c.Stdout, `Answering at %[1]s as WeCom did in %[2]d recorded calls

  export WECOM_BASE_URL=%[1]s WECOM_CORP_ID=%[3]s WECOM_SECRET=%[4]s

Ctrl-C ends it, and tells which of them nobody made.

`, site.base, len(recording.Interactions), cred.CorpID, cred.Secret)
	select {
	case err = <-site.ended:
	case <-ctx.Done():
		site.drain()
	}
	if err := errors.Join(err, site.close()); err != nil {
		return err
	}
	return replayed(c.Stdout, player)
}

// replayed says how it went.
func replayed(w io.Writer, player *cassette.Player) error {
	unused := player.Unused()
	for i := range unused {
		fmt.Fprintln(w, "nobody made", unused[i].String())
	}
	if wrong := len(player.Problems()); wrong > 0 || len(unused) > 0 {
		return fmt.Errorf("%d requests were not in the recording, %d of the recording were not made", wrong, len(unused))
	}
	fmt.Fprintln(w, "every call of the recording was made, and no other")
	return nil
}

// A complainer prints what the player finds wrong.
type complainer struct {
	player *cassette.Player
	w      io.Writer

	mu   sync.Mutex // guards seen
	seen int
}

func (h *complainer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.player.ServeHTTP(w, r)
	h.mu.Lock()
	defer h.mu.Unlock()
	for problems := h.player.Problems(); h.seen < len(problems); h.seen++ {
		fmt.Fprintln(h.w, problems[h.seen])
	}
}

package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest/cassette"
)

const officialURL = "https://qyapi.weixin.qq.com"

func recordCommand() Command {
	return Command{
		Name:     "record",
		Synopsis: []string{"--out file|directory [--upstream URL] [--listen host:port] [--keep field ...] [--media]"},
		Summary:  "write down what programs and WeCom say to each other, with pseudonyms",
		Description: []string{
			"Stands between programs and WeCom, hands on what they say, and writes it to a file for replay. This is real traffic: calls change real data. In the file, secrets, tokens, people, ids, texts and whatever else is not known to be harmless have pseudonyms: the same value has the same one throughout a file, and another in another. Files leave their size and hash.",
			"Names of fields stay, and so do numbers that are nobody's: amounts, times, errcodes. Read the file before you give it away.",
			"It listens on this machine alone, unless told otherwise, and needs https to reach any other.",
		},
		Examples: []Example{
			{"Record what a program does in a test corp", "wecomsim record --out testdata/welcome.json"},
			{"Keep the words of messages, which are the program's own", "wecomsim record --out testdata/welcome.json --keep text.content"},
			{"Record what it does with the simulator", "wecomsim record --out testdata/welcome.json --upstream http://127.0.0.1:7070"},
		},
		bind: bindRecord,
	}
}

type recordFlags struct {
	upstream, out, listen string
	keep                  []string
	media                 bool
}

func bindRecord(flags *flag.FlagSet) func(context.Context, *call) error {
	var f recordFlags
	flags.StringVar(&f.out, "out", "", "write to this `file`, which must not be there yet, or to a new one in this directory")
	flags.StringVar(&f.upstream, "upstream", officialURL, "WeCom is at `URL`")
	flags.StringVar(&f.listen, "listen", "127.0.0.1:0", "listen at `host:port`; a port is found if it is 0")
	flags.Func("keep", "keep the text of this `field`, named content or text.content; once for each", func(name string) error {
		f.keep = append(f.keep, name)
		return nil
	})
	flags.BoolVar(&f.media, "media", false, "keep what is in files, as it is")
	return func(ctx context.Context, c *call) error {
		if err := c.noArgs(); err != nil {
			return err
		}
		if f.out == "" {
			return usagef("--out: want a file or a directory")
		}
		return f.record(ctx, c)
	}
}

// saveEvery is how much of a recording is lost if the program is killed.
const saveEvery = time.Second

func (f *recordFlags) record(ctx context.Context, c *call) error {
	name, err := f.file(c.Now())
	if err != nil {
		return err
	}
	opts := []cassette.RecordOption{
		cassette.WithKept(f.keep...),
		cassette.WithOutcomes(func(o cassette.Outcome) { printRecorded(c.Stdout, o) }),
	}
	if f.media {
		opts = append(opts, cassette.WithMedia())
	}
	rec, err := cassette.NewRecorder(f.upstream, opts...)
	if err != nil {
		return usagef("--upstream: %v", err)
	}
	defer rec.Close()
	site, err := openSite(ctx, f.listen, rec)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Stdout, `Recording what programs say to %[1]s, at %[2]s, into %[3]s

  export WECOM_BASE_URL=%[2]s

This is real traffic: calls change real data, and secrets come by. The file has pseudonyms
in their place; read it before you give it away. Ctrl-C ends it.

`, f.upstream, site.base, name)
	if !site.local {
		fmt.Fprint(c.Stderr, "Other machines can reach this address.\n")
	}
	return errors.Join(f.save(ctx, rec, site, name, c.Stdout), site.close())
}

// save writes the recording as it grows, until ctx ends.
func (f *recordFlags) save(ctx context.Context, rec *cassette.Recorder, site *site, name string, w io.Writer) error {
	tick := time.NewTicker(saveEvery)
	defer tick.Stop()
	saved := 0
	for {
		var ended error
		done := false
		select {
		case <-tick.C:
		case ended = <-site.ended:
			done = true
		case <-ctx.Done():
			site.drain()
			done = true
		}
		recording := rec.Cassette()
		if n := len(recording.Interactions); n > saved {
			if err := recording.Save(name); err != nil {
				return errors.Join(ended, err)
			}
			saved = n
		}
		if !done {
			continue
		}
		if saved == 0 {
			fmt.Fprintln(w, "nothing was recorded")
		} else {
			fmt.Fprintf(w, "%d calls are in %s\n", saved, name)
		}
		return ended
	}
}

// file is where to write.
func (f *recordFlags) file(now time.Time) (string, error) {
	name := f.out
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, "recording-"+now.Format("20060102-150405")+".json")
	}
	switch _, err := os.Stat(name); {
	case err == nil:
		return "", fmt.Errorf("--out: %s is there already", name)
	case !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("--out: %w", err)
	}
	if _, err := os.Stat(filepath.Dir(name)); err != nil {
		return "", fmt.Errorf("--out: %w", err)
	}
	return name, nil
}

func printRecorded(w io.Writer, o cassette.Outcome) {
	switch {
	case o.Err != nil:
		fmt.Fprintf(w, "%4d  %s  not recorded: %v\n", o.N, o.Name, o.Err)
	case o.Code != 0:
		fmt.Fprintf(w, "%4d  %s  %d, errcode %d\n", o.N, o.Name, o.Status, o.Code)
	default:
		fmt.Fprintf(w, "%4d  %s  %d\n", o.N, o.Name, o.Status)
	}
}

// A site is a handler at an address.
type site struct {
	base   string
	local  bool // nobody else can reach it
	server *http.Server
	ended  chan error
}

func openSite(ctx context.Context, addr string, h http.Handler) (*site, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &site{
		base:   baseURL(listener.Addr()),
		local:  isLocal(listener.Addr()),
		server: &http.Server{Handler: h, ReadHeaderTimeout: time.Minute},
		ended:  make(chan error, 1),
	}
	go func() { s.ended <- ignoreClosed(s.server.Serve(listener)) }()
	return s, nil
}

// drainTime is how long calls that are under way may take to their end.
const drainTime = 5 * time.Second

// drain lets calls that are under way end.
func (s *site) drain() {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	_ = s.server.Shutdown(ctx) // close ends what is left
}

// close ends everything.
func (s *site) close() error { return s.server.Close() }

package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A keeper keeps a simulator in a file, or forgets it if there is none.
type keeper struct {
	*call

	file string
	sim  *wecomtest.Server
	api  *api.API
}

// begin goes on with the file, or puts the seeds in and makes one.
func (k *keeper) begin(ctx context.Context, seeds []string) error {
	defer k.api.Begin()
	if k.file == "" {
		return sow(ctx, k.api, seeds)
	}
	switch found, err := k.load(); {
	case err != nil:
		return err
	case !found:
		if err := sow(ctx, k.api, seeds); err != nil {
			return err
		}
	case len(seeds) > 0:
		fmt.Fprintf(k.Stderr, "wecomsim serve: goes on with %s; --seed is for a new file\n", k.file)
	}
	return k.save()
}

// start lets the time pass that has passed since the file was saved, and keeps
// the file up to date until finish is called.
func (k *keeper) start() (finish func() error) {
	if k.file == "" {
		return func() error { return nil }
	}
	k.api.CatchUp()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- k.keep(ctx) }()
	return func() error {
		cancel()
		return <-ended
	}
}

// load goes on with what the file holds, if there is one.
func (k *keeper) load() (found bool, err error) {
	text, err := os.ReadFile(k.file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = k.sim.Restore(text)
	}
	if err != nil {
		return false, fmt.Errorf("--persist %s: %s; it stays as it is: give another file to begin anew", k.file, strings.TrimPrefix(err.Error(), "wecomtest: "))
	}
	return true, nil
}

// save writes the file.
func (k *keeper) save() error {
	text, err := k.sim.Snapshot()
	if err == nil {
		err = writeFile(k.file, text)
	}
	if err != nil {
		return fmt.Errorf("--persist: %w", err)
	}
	return nil
}

const (
	persistEvery = 2 * time.Second // at most
	persistShare = 10              // of the time goes to other things, for each part that goes to saving
)

// keep saves after changes, not long after and not too often, and once more
// when ctx ends.
func (k *keeper) keep(ctx context.Context) error {
	for {
		wait := k.api.Watch()
		began := k.Now()
		if err := k.save(); err != nil && ctx.Err() == nil {
			fmt.Fprintf(k.Stderr, "wecomsim serve: %v\n", err)
		}
		pause := max(persistEvery, persistShare*k.Now().Sub(began))
		if wait(ctx) != nil || k.sleep(ctx, pause) != nil {
			return k.save()
		}
	}
}

// writeFile puts a whole file in the place of another one, or leaves that one.
// Nobody else may read it.
func writeFile(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package callback

import (
	"errors"
	"os"
	"syscall"
)

// lockFile opens a file that nobody else can open so, until it is closed or
// the process ends. It reports false if somebody has.
func lockFile(name string) (f *os.File, ok bool, err error) {
	f, err = os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the caller chose the directory
	if err != nil {
		return nil, false, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, false, nil
		}
		return nil, false, &os.PathError{Op: "flock", Path: name, Err: err}
	}
	return f, true, nil
}

// syncDir makes it durable which files a directory has.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the caller chose the directory
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

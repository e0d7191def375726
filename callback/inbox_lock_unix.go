//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package callback

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// A fileLock is a lock that ends with its process.
type fileLock struct{ file *os.File }

// Close unlocks, rather than just close the file: a child process that is on
// its way from fork to exec has it open, too.
func (l fileLock) Close() error {
	return errors.Join(syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN), l.file.Close())
}

// lockFile opens a file that nobody else can open so, until it is closed or
// the process ends. It reports false if somebody has.
func lockFile(name string) (lock io.Closer, ok bool, err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the caller chose the directory
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
	return fileLock{f}, true, nil
}

// syncDir makes it durable which files a directory has.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the caller chose the directory
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

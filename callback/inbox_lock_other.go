//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package callback

import (
	"errors"
	"io"
	"os"
)

// lockFile fails: this system has no lock that ends with its process.
func lockFile(name string) (lock io.Closer, ok bool, err error) {
	return nil, false, &os.PathError{Op: "lock", Path: name, Err: errors.ErrUnsupported}
}

func syncDir(string) error { return errors.ErrUnsupported }

package callback

import (
	"errors"
	"io"
	"os"
	"syscall"
)

const errSharingViolation = syscall.Errno(32)

// lockFile opens a file that nobody else can open so, until it is closed or
// the process ends. It reports false if somebody has.
func lockFile(name string) (lock io.Closer, ok bool, err error) {
	path, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, false, &os.PathError{Op: "open", Path: name, Err: err}
	}
	const unshared = 0
	h, err := syscall.CreateFile(path, syscall.GENERIC_READ|syscall.GENERIC_WRITE, unshared, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, errSharingViolation) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, &os.PathError{Op: "open", Path: name, Err: err}
	}
	return os.NewFile(uintptr(h), name), true, nil
}

// syncDir has nothing to do: Windows cannot sync a directory, and NTFS keeps
// the order of its changes.
func syncDir(string) error { return nil }

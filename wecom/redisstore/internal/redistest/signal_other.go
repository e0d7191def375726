//go:build !unix

package redistest

import (
	"errors"
	"os"
)

func pause(*os.Process) error  { return errors.New("a process can be paused on Unix only") }
func resume(*os.Process) error { return errors.New("a process can be paused on Unix only") }

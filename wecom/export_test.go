package wecom

import (
	"fmt"
	"io"
)

// DebugResty turns on resty's own debug log of c, which no option does.
func DebugResty(c *Client, w io.Writer) {
	c.sender.rest.SetDebug(true).SetLogger(restyLog{w})
}

type restyLog struct{ w io.Writer }

func (l restyLog) Errorf(format string, v ...any) { _, _ = fmt.Fprintf(l.w, format, v...) }
func (l restyLog) Warnf(format string, v ...any)  { _, _ = fmt.Fprintf(l.w, format, v...) }
func (l restyLog) Debugf(format string, v ...any) { _, _ = fmt.Fprintf(l.w, format, v...) }

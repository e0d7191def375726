package cli

import (
	"io"
	"strings"
	"unicode"
)

// plain is a terminal that names and messages cannot command: what they hold of
// control characters is printed as �.
type plain struct{ io.Writer }

func (p plain) Write(b []byte) (int, error) {
	text := string(b)
	safe := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
	if _, err := io.WriteString(p.Writer, safe); err != nil {
		return 0, err
	}
	return len(b), nil
}

// wide are the characters that take two columns of a terminal: those of East
// Asia, and pictures.
//
//nolint:gochecknoglobals // a table
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1},
		{Lo: 0x2e80, Hi: 0x303e, Stride: 1},
		{Lo: 0x3041, Hi: 0xa4cf, Stride: 1},
		{Lo: 0xac00, Hi: 0xd7a3, Stride: 1},
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1},
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1},
		{Lo: 0xff00, Hi: 0xff60, Stride: 1},
		{Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1f300, Hi: 0x1f64f, Stride: 1},
		{Lo: 0x1f680, Hi: 0x1f6ff, Stride: 1},
		{Lo: 0x1f900, Hi: 0x1faff, Stride: 1},
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1},
	},
}

// width is how many columns of a terminal a text takes.
func width(s string) (n int) {
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case unicode.Is(wide, r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// columns prints rows in columns. The last of a row may be as long as it likes.
func columns(w io.Writer, rows ...[]string) {
	var widths []int
	for _, row := range rows {
		row = trimmed(row)
		for j, cell := range row {
			if j == len(widths) {
				widths = append(widths, 0)
			}
			if j < len(row)-1 {
				widths[j] = max(widths[j], width(cell))
			}
		}
	}
	var b strings.Builder
	for _, row := range rows {
		row = trimmed(row)
		for j, cell := range row {
			if j < len(row)-1 {
				cell += strings.Repeat(" ", widths[j]-width(cell)+2)
			}
			b.WriteString(cell)
		}
		b.WriteByte('\n')
	}
	_, _ = io.WriteString(w, b.String())
}

// trimmed is a row without the empty cells at its end, or its line would end
// with spaces.
func trimmed(row []string) []string {
	for len(row) > 0 && row[len(row)-1] == "" {
		row = row[:len(row)-1]
	}
	return row
}

package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// show prints an answer of the API: as JSON, or as text does.
func (c *call) show(v any, text func(w io.Writer)) error {
	if !c.json {
		text(c.Stdout)
		return nil
	}
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Stdout, "%s\n", data)
	return nil
}

// oneLine is a text without line breaks, cut to n characters.
func oneLine(s string, n int) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return string(runes)
}

// wrap breaks a paragraph into lines.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// indented is wrapped text behind so many spaces.
func indented(text string, spaces int) string {
	lines := wrap(text, 80-spaces)
	for i := range lines {
		lines[i] = strings.Repeat(" ", spaces) + lines[i] + "\n"
	}
	return strings.Join(lines, "")
}

// pairs reads key=value arguments.
func pairs(args []string) (list [][2]string, err error) {
	for _, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
		if !ok || key == "" {
			return nil, usagef("want key=value, not %q", arg)
		}
		if slices.ContainsFunc(list, func(p [2]string) bool { return p[0] == key }) {
			return nil, usagef("%s is there twice", key)
		}
		list = append(list, [2]string{key, value})
	}
	return list, nil
}

package callback

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom"
)

const (
	maxDepth    = 32    // the deepest event known has seven levels
	maxElements = 65536 // far more than fit into an event that WeCom would send
)

var errTooBig = errors.New("too many or too deep elements")

// A document is an event as a tree, the same for XML and JSON: objects are
// elements with children, and an array repeats its element.
type document struct {
	nodes []node
}

// A node is one element. Its links are indexes into the nodes; 0, the root,
// stands for none.
type node struct {
	name        string
	text        string // of an element without children
	first, last int32
	next        int32
}

// readDocument reads s, which begins with '<' or '{'.
func readDocument(s string) (*document, error) {
	d := &document{nodes: make([]node, 0, 24)}
	if s[0] == '<' {
		return d, d.readXML(s)
	}
	return d, d.readJSON(s)
}

func (d *document) add(parent int32, name string) (int32, error) {
	if len(d.nodes) >= maxElements {
		return 0, errTooBig
	}
	i := int32(len(d.nodes)) //nolint:gosec // below maxElements
	d.nodes = append(d.nodes, node{name: name})
	if i == 0 {
		return 0, nil
	}
	p := &d.nodes[parent]
	if p.first == 0 {
		p.first = i
	} else {
		d.nodes[p.last].next = i
	}
	p.last = i
	return i, nil
}

func (d *document) readXML(s string) error {
	x := xmlScanner{s: s}
	open := make([]level, 0, maxDepth)
	for {
		tag, err := x.next()
		if err != nil {
			return err
		}
		if tag.kind == tagClose {
			open, err = d.closeTag(open, tag)
		} else {
			open, err = d.openTag(open, tag)
		}
		if err != nil {
			return err
		}
		if len(open) == 0 {
			return nil // what follows the root is ignored
		}
	}
}

// A level is an element whose closing tag is still to come.
type level struct {
	node int32
	name string // as the closing tag has it
}

func (d *document) openTag(open []level, t tag) ([]level, error) {
	var parent int32
	if n := len(open); n > 0 {
		parent = open[n-1].node
	}
	i, err := d.add(parent, t.local)
	if err != nil || t.kind == tagEmpty {
		return open, err
	}
	if len(open) == maxDepth {
		return open, errTooBig
	}
	return append(open, level{i, t.name}), nil
}

func (d *document) closeTag(open []level, t tag) ([]level, error) {
	top := len(open) - 1
	if top < 0 || open[top].name != t.name {
		return open, errXML
	}
	if n := &d.nodes[open[top].node]; n.first == 0 {
		n.text = t.text
	}
	return open[:top], nil
}

func (d *document) readJSON(s string) error {
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	return d.readValue(dec, 0, "", 0)
}

func (d *document) readValue(dec *json.Decoder, parent int32, name string, depth int) error {
	if depth > maxDepth {
		return errTooBig
	}
	token, err := dec.Token()
	if err != nil {
		return err
	}
	if token == json.Delim('[') {
		for dec.More() {
			if err := d.readValue(dec, parent, name, depth+1); err != nil {
				return err
			}
		}
		_, err := dec.Token()
		return err
	}
	i, err := d.add(parent, name)
	if err != nil {
		return err
	}
	switch v := token.(type) {
	case json.Delim: // {
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return err
			}
			if err := d.readValue(dec, i, key.(string), depth+1); err != nil { //nolint:forcetypeassert // keys are strings
				return err
			}
		}
		_, err := dec.Token()
		return err
	case string:
		d.nodes[i].text = v
	case json.Number:
		d.nodes[i].text = v.String()
	case bool:
		d.nodes[i].text = strconv.FormatBool(v)
	case nil:
	}
	return nil
}

// An element is one element of a document, the zero element one that is not
// there: every question to it has an empty answer.
type element struct {
	doc *document
	i   int32
}

func (d *document) root() element { return element{doc: d} }

// find returns e's first child of that name. Case is ignored: WeCom writes
// UserID here and UserId there.
func (e element) find(name string) element {
	if e.doc == nil {
		return element{}
	}
	return e.doc.scan(e.doc.nodes[e.i].first, name)
}

// again returns the next element of the same name beside e.
func (e element) again() element {
	n := &e.doc.nodes[e.i]
	return e.doc.scan(n.next, n.name)
}

func (d *document) scan(i int32, name string) element {
	for ; i != 0; i = d.nodes[i].next {
		if n := d.nodes[i].name; len(n) == len(name) && (n == name || strings.EqualFold(n, name)) {
			return element{d, i}
		}
	}
	return element{}
}

func (e element) exists() bool { return e.doc != nil }

// text is the child's text as it came.
func (e element) text(name string) string {
	if c := e.find(name); c.exists() {
		return c.doc.nodes[c.i].text
	}
	return ""
}

// word is the child's text without the space around it.
func (e element) word(name string) string { return strings.TrimSpace(e.text(name)) }

// int is the child's number; 0 if it is empty or not a number.
func (e element) int(name string) int64 {
	s := e.word(name)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// float is the child's number; 0 if it is empty or not a number.
func (e element) float(name string) float64 {
	n, err := strconv.ParseFloat(e.word(name), 64)
	if err != nil {
		return 0
	}
	return n
}

// time is the child's seconds since 1970; 0 is the zero time.
func (e element) time(name string) wecom.UnixTime {
	n := e.int(name)
	if n == 0 {
		return wecom.UnixTime{}
	}
	return wecom.NewUnixTime(time.Unix(n, 0))
}

// list is every value of the child: of its items if it has some, else of its
// text, split at commas; of all children of that name, if it is repeated. A
// list without a value is nil.
func (e element) list(name string) []string {
	var values []string
	for c := e.find(name); c.exists(); c = c.again() {
		n := &c.doc.nodes[c.i]
		if n.first == 0 {
			values = appendSplit(values, n.text)
			continue
		}
		for i := n.first; i != 0; i = c.doc.nodes[i].next {
			if s := strings.TrimSpace(c.doc.nodes[i].text); s != "" {
				values = append(values, s)
			}
		}
	}
	return values
}

// ints is every number of the child, found like those of list. What is not a
// number is left out.
func (e element) ints(name string) []int64 {
	var numbers []int64
	for _, s := range e.list(name) {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// each is every child of that name as read makes it. Without one it is nil.
func each[T any](e element, name string, read func(element) T) []T {
	var all []T
	for c := e.find(name); c.exists(); c = c.again() {
		all = append(all, read(c))
	}
	return all
}

func appendSplit(values []string, s string) []string {
	for v := range strings.SplitSeq(s, ",") {
		if v = strings.TrimSpace(v); v != "" {
			values = append(values, v)
		}
	}
	return values
}

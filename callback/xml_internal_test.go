package callback

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzXML compares with encoding/xml: whatever that accepts is accepted, and
// gives the same elements, in the same places, with the same texts.
func FuzzXML(f *testing.F) {
	for _, s := range []string{
		"<", "<a", "<a/>", "<a>&#x41;&amp;&lt&;&#0;&#xD800;&#x110000;</a>", "<a b='>'><c/>x\r\n\ry</a>", "<a:b></a:b>",
		"<a><![CDATA[]]]]><![CDATA[>]]></a>", "<?xml version='1.0'?><a><!-- - --></a>", "<a></a >", "<a:b:c/>", "<a:/>", "<:a/>",
		"<xml><a>1</a><b><c>2</c><c><d>3</d></c></b>\n<e><![CDATA[4]]></e></xml>", "<a><b>x<c/>y</b></a>", "<a b = \"/\" c='\"'/>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" || s[0] != '<' {
			return
		}
		want, ok := standardElements(s)
		if !ok {
			return
		}
		doc, err := readDocument(s)
		require.NoError(t, err, "encoding/xml reads %v", want)
		require.Equal(t, want, doc.elements(nil, 0, 0))
	})
}

type flatElement struct {
	depth      int
	name, text string // text only if the element has no children
}

func (d *document) elements(list []flatElement, i int32, depth int) []flatElement {
	n := d.nodes[i]
	list = append(list, flatElement{depth, n.name, n.text})
	for c := n.first; c != 0; c = d.nodes[c].next {
		list = d.elements(list, c, depth+1)
	}
	return list
}

// standardElements reports false for what encoding/xml refuses, and for what
// this package refuses on purpose: a document type, text in front of the root,
// too much and too deep.
func standardElements(s string) ([]flatElement, bool) {
	var (
		dec   = xml.NewDecoder(strings.NewReader(s))
		list  []flatElement
		stack []int // indexes into list
		texts []string
		leaf  []bool
	)
	for {
		token, err := dec.Token()
		if err != nil {
			return nil, false
		}
		switch token := token.(type) {
		case xml.Directive:
			return nil, false
		case xml.CharData:
			if len(stack) == 0 {
				if len(bytes.Trim(token, " \t\r\n")) > 0 {
					return nil, false
				}
				continue
			}
			texts[len(texts)-1] += string(token)
		case xml.StartElement:
			if len(stack) == maxDepth || len(list) == maxElements {
				return nil, false
			}
			if len(leaf) > 0 {
				leaf[len(leaf)-1] = false
			}
			list = append(list, flatElement{depth: len(stack), name: token.Name.Local})
			stack, texts, leaf = append(stack, len(list)-1), append(texts, ""), append(leaf, true)
		case xml.EndElement:
			top := len(stack) - 1
			if leaf[top] {
				list[stack[top]].text = texts[top]
			}
			stack, texts, leaf = stack[:top], texts[:top], leaf[:top]
			if top == 0 {
				return list, true
			}
		}
	}
}

package console

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestPrettyBody(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"<xml><A>1</A></xml>":                "<xml>\n  <A>1</A>\n</xml>",
		"<xml><A><![CDATA[<b>]]></A></xml>":  "<xml>\n  <A><![CDATA[<b>]]></A>\n</xml>",
		"<xml><L><I>1</I><I>2</I></L></xml>": "<xml>\n  <L>\n    <I>1</I>\n    <I>2</I>\n  </L>\n</xml>",
		"<xml><A></A></xml>":                 "<xml>\n  <A></A>\n</xml>",
		`{"a":1}`:                            "{\n  \"a\": 1\n}",
		"</a></b>":                           "</a>\n</b>",
		"neither":                            "neither",
	} {
		assert.Equal(t, want, prettyBody(in))
	}
}

func TestShortDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		time.Hour: "1h", time.Minute: "1m", 90 * time.Minute: "1h30m", 20 * time.Second: "20s", 10 * time.Minute: "10m",
		time.Hour + time.Second: "1h0m1s", 24 * time.Hour: "24h", 147185: "150µs",
	} {
		assert.Equal(t, want, shortDuration(d))
	}
}

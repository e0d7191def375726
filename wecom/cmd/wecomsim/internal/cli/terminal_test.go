package cli_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What people are called does not command the terminal of who looks at it.
func TestNamesAreNoCommands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ok("act", "add-member", "userid=alice", "name=Alice")
	w.ok("act", "add-customer", "userid=alice", "external_userid=wmEve", "name=\x1b[2J\x1b]0;gone\a\u009b31m\r\x7f")
	assert.Equal(t, "wmEve  �[2J�]0;gone��31m��  alice\n", w.ok("show", "customers"))
	assert.NotContains(t, w.fails(1, "show", "customers", "\x1b[2J"), "\x1b")
}

// Columns are as wide as a terminal shows them.
func TestColumnsOfChinese(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ok("act", "add-member", "userid=alice", "name=Alice")
	for id, name := range map[string]string{"wm1": "Zoe", "wm2": "小鱼儿🐟", "wm3": "e\u0301a", "wm4": "ﾂｲ", "wm5": "한국"} {
		w.ok("act", "add-customer", "userid=alice", "external_userid="+id, "name="+name)
	}
	assert.Equal(t, ""+
		"wm1  Zoe       alice\n"+
		"wm2  小鱼儿🐟  alice\n"+
		"wm3  e\u0301a        alice\n"+
		"wm4  ﾂｲ        alice\n"+
		"wm5  한국      alice\n", w.ok("show", "customers"))
}

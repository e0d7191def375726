package graph_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest/internal/graph"
)

type pair struct {
	left, right string
	n           int
}

type base struct{ id string }

type shape interface{ area() float64 }

type square struct{ side float64 }

func (s square) area() float64 { return s.side * s.side }

type circle struct {
	radius float64
	twin   *node
}

func (c *circle) area() float64 { return c.radius }

// outside is what a graph may refer to and does not hold.
type outside struct{ name string }

// node has one field of every form.
type node struct {
	base

	name    string
	on      bool
	small   int8
	big     uint64
	ratio   float32
	raw     json.RawMessage
	data    []byte
	at      time.Time
	wait    time.Duration
	list    []string
	three   [3]int
	sum     [2]byte
	bySum   map[[2]byte]bool
	byTwo   map[[2]int]bool
	byName  map[string]*node
	byPair  map[pair]int
	byN     map[int64][]pair
	flags   map[bool]uint8
	nested  struct{ deep, deeper []*node }
	next    *node
	time    *time.Time
	shape   shape
	shapes  []shape
	server  *outside
	servers []*outside
	self    []node
}

func codec(t testing.TB) *graph.Codec[node, *outside] {
	t.Helper()
	c, err := graph.New[node, *outside](graph.Named[square]("square"), graph.Named[*circle]("circle"))
	require.NoError(t, err)
	return c
}

var theOutside = map[string]*outside{"1": {"1"}, "2": {"2"}} // referred to, never changed

func find(name string) (*outside, bool) {
	o, ok := theOutside[name]
	return o, ok
}

func nameOf(o *outside) (string, error) {
	if theOutside[o.name] != o {
		return "", errors.New("nobody knows " + o.name)
	}
	return o.name, nil
}

func save(t testing.TB, n *node) string {
	t.Helper()
	data, err := codec(t).Marshal(n, nameOf)
	require.NoError(t, err)
	assert.True(t, json.Valid(data), "%s", data)
	return string(data)
}

func load(t testing.TB, data string) *node {
	t.Helper()
	n := new(node)
	require.NoError(t, codec(t).Unmarshal([]byte(data), n, find))
	return n
}

func TestEveryForm(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 7, 1, 8, 30, 0, 123456789, time.FixedZone("", 8*60*60))
	n := &node{
		base: base{id: "n1"}, name: "café ☕ \"quoted\" \\ \n\x01\xff\xfe", on: true, small: -128, big: 1<<64 - 1, ratio: 0.1,
		raw: json.RawMessage(`{"a":1}`), data: []byte{0, 1, 2}, at: at, wait: time.Hour,
		list: []string{}, three: [3]int{1, 0, 3}, sum: [2]byte{0, 1}, bySum: map[[2]byte]bool{{2, 1}: true, {1, 9}: false}, byTwo: map[[2]int]bool{{10, 1}: true, {9, 1}: true},
		byPair: map[pair]int{{"b", "a", 2}: 1, {"a", "b", 10}: 2, {"a", "b", 9}: 3},
		byN:    map[int64][]pair{10: nil, 9: {}, -1: {{left: "x"}}},
		flags:  map[bool]uint8{true: 1, false: 0},
		byName: map[string]*node{"z": {name: "z"}, "a": nil, "\xffbad": {}},
		time:   &at, shape: square{2}, shapes: []shape{nil, &circle{radius: 1}, square{}},
		server: theOutside["1"], servers: []*outside{theOutside["2"], nil},
		self: []node{{name: "inner"}},
	}

	data := save(t, n)
	got := load(t, data)

	want := `{"base":{"id":"n1"},"name":"café ☕ \"quoted\" \\ \u000a\u0001\udcff\udcfe","on":true,"small":-128,"big":18446744073709551615,` +
		`"ratio":0.1,"raw":"{\"a\":1}","data":"AAEC","at":"2026-07-01T08:30:00.123456789+08:00","wait":3600000000000,"list":[],"three":[1,0,3],"sum":"AAE=",` +
		`"bySum":[["AQk=",false],["AgE=",true]],"byTwo":[[[9,1],true],[[10,1],true]],` +
		`"byName":{"a":null,"z":{"name":"z"},"\udcffbad":{}},` +
		`"byPair":[[{"left":"a","right":"b","n":9},3],[{"left":"a","right":"b","n":10},2],[{"left":"b","right":"a","n":2},1]],` +
		`"byN":[[-1,[{"left":"x"}]],[9,[]],[10,null]],"flags":[[false,0],[true,1]],"time":"2026-07-01T08:30:00.123456789+08:00",` +
		`"shape":{"as":"square","is":{"side":2}},"shapes":[null,{"as":"circle","is":{"radius":1}},{"as":"square","is":{}}],` +
		`"server":"1","servers":["2",null],"self":[{"name":"inner"}]}`
	assert.Equal(t, want, data)
	assert.Equal(t, data, save(t, got))
	assert.True(t, n.at.Equal(got.at))
	assert.Equal(t, got.at, *got.time, "one zone for each offset")
	n.at, got.at, n.time, got.time = time.Time{}, time.Time{}, nil, nil
	assert.Equal(t, n, got)
	assert.Same(t, n.server, got.server)
}

func TestSharingSurvives(t *testing.T) {
	t.Parallel()
	shared := &node{name: "shared"}
	shared.next = shared
	n := &node{next: shared, byName: map[string]*node{"b": {next: shared}, "a": shared}, shape: &circle{twin: shared}}
	n.shapes = []shape{n.shape}

	data := save(t, n)
	got := load(t, data)

	assert.Equal(t, data, save(t, got))
	assert.Same(t, got.next, got.next.next)
	assert.Same(t, got.next, got.byName["a"])
	assert.Same(t, got.next, got.byName["b"].next)
	assert.Same(t, got.next, got.shape.(*circle).twin)
	assert.Same(t, got.shape, got.shapes[0])
	assert.NotSame(t, got.next, got.byName["b"])
}

// TestRandomGraphs holds graphs with every kind of sharing and cycles against
// what becomes of them.
func TestRandomGraphs(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		n := randomGraph(r)
		data := save(t, n)

		got := load(t, data)

		assert.Equal(t, data, save(t, got), "seed %d", seed)
		assert.Equal(t, n, got, "seed %d", seed)
		got.next = &node{name: "changed"}
		assert.Equal(t, data, save(t, n), "seed %d: what was loaded is its own", seed)
	}
}

func randomGraph(r *rand.Rand) *node {
	all := make([]*node, 1+r.IntN(20))
	for i := range all {
		all[i] = &node{name: "n" + strconv.Itoa(i)}
	}
	one := func() *node {
		if r.IntN(5) == 0 {
			return nil
		}
		return all[r.IntN(len(all))]
	}
	text := func() string {
		b := make([]byte, r.IntN(6))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return string(b)
	}
	circles := []*circle{{radius: 1}, {radius: 2, twin: one()}}
	for _, n := range all {
		n.next, n.nested.deep = one(), []*node{one(), one()}
		n.name, n.data, n.ratio = text(), []byte(text()), r.Float32()
		n.at = time.Unix(r.Int64N(1<<33), r.Int64N(1e9)).UTC()
		if r.IntN(2) == 0 {
			n.byName = map[string]*node{text(): one(), text(): one(), text(): one()}
		}
		if r.IntN(2) == 0 {
			n.byPair = map[pair]int{{left: text(), n: r.IntN(3)}: 1, {right: text()}: 2}
		}
		switch r.IntN(4) {
		case 0:
			n.shape = circles[r.IntN(2)]
		case 1:
			n.shape = square{r.Float64()}
		case 2:
			n.shapes = []shape{circles[0], nil, circles[1]}
		}
		n.self = make([]node, r.IntN(2))
		for i := range n.self {
			n.self[i].next = one()
		}
	}
	return all[0]
}

func TestTimes(t *testing.T) {
	t.Parallel()
	shanghai := time.FixedZone("LMT", 8*60*60+5*60+43)
	for _, test := range []struct {
		name string
		at   time.Time
		want string
	}{
		{"zero", time.Time{}, `{}`},
		{"zero elsewhere", time.Time{}.In(shanghai), `{}`},
		{"seconds in the offset", time.Date(1900, 1, 1, 8, 5, 43, 0, shanghai), `{"at":"1900-01-01T00:00:00Z"}`},
		{"utc", time.Unix(0, 1).UTC(), `{"at":"1970-01-01T00:00:00.000000001Z"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			data := save(t, &node{at: test.at})
			assert.Equal(t, test.want, data)
			assert.True(t, load(t, data).at.Equal(test.at))
		})
	}
	_, err := codec(t).Marshal(&node{at: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}, nil)
	require.EqualError(t, err, "graph: .at: the year 10000 has no place in RFC 3339")
	now := time.Now()
	assert.Equal(t, save(t, &node{at: now}), save(t, &node{at: now.Round(0)}), "no monotonic clock")
}

func TestUnmarshalRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, data, want string }{
		{"nothing", ``, `want '{' at byte 0`},
		{"no end", `{"name":"a"`, `want ',' at byte 11`},
		{"more", `{}{}`, `something follows the end at byte 2`},
		{"unknown field", `{"next":{"nam":"a"}}`, `.next: a graph_test.node has no field "nam" at byte 14`},
		{"field twice", `{"on":true,"on":true}`, `the field "on" comes late or twice at byte 15`},
		{"field late", `{"on":true,"name":"a"}`, `the field "name" comes late or twice at byte 17`},
		{"other type", `{"name":1}`, `.name: want a string at byte 8`},
		{"too large", `{"small":128}`, `.small: "128" is no int8 at byte 12`},
		{"negative", `{"big":-1}`, `.big: "-1" is no uint64 at byte 9`},
		{"a fraction", `{"small":1.5}`, `.small: "1.5" is no int8 at byte 12`},
		{"null for a string", `{"name":null}`, `.name: want a string at byte 8`},
		{"no bool", `{"on":1}`, `.on: want true or false at byte 6`},
		{"no time", `{"at":"yesterday"}`, `.at: "yesterday" is no time at byte 17`},
		{"another time", `{"at":"2026-01-01T00:00:00+00:00"}`, `.at: "2026-01-01T00:00:00+00:00" is no time at byte 33`},
		{"no base64", `{"data":"?"}`, `.data: a string is no base64 at byte 11`},
		{"other base64", `{"data":"AB=="}`, `.data: a string is no base64 at byte 14`},
		{"array too short", `{"three":[1,2]}`, `.three: a [3]int has 3 elements at byte 14`},
		{"array too long", `{"three":[1,2,3,4]}`, `.three: a [3]int has 3 elements at byte 16`},
		{"bytes too short", `{"sum":"AA=="}`, `.sum: a [2]uint8 has 2 bytes at byte 13`},
		{"key twice", `{"byName":{"a":null,"a":null}}`, `.byName: the key ["a"] comes late or twice at byte 23`},
		{"key late", `{"byN":[[2,null],[1,null]]}`, `.byN: the key [1] comes late or twice at byte 19`},
		{"in a list", `{"byN":[[7,[{},{"n":"x"}]]]}`, `.byN[7][1].n: want a number at byte 20`},
		{"dangling", `{"next":{"#":1}}`, `.next: object 1 was not there before at byte 15`},
		{"number skipped", `{"next":{"#":2,"is":{}}}`, `.next: object 2 comes after object 0 at byte 14`},
		{"number zero", `{"next":{"#":0}}`, `.next: "0" is no number of an object at byte 14`},
		{"object of another type", `{"next":{"#":1,"is":{}},"time":{"#":1}}`, `.time: object 1 is a graph_test.node, not a time.Time at byte 38`},
		{"unknown name", `{"shape":{"as":"cube","is":{}}}`, `.shape: no graph_test.shape goes by the name "cube" at byte 21`},
		{"nobody outside", `{"server":"3"}`, `.server: there is no *graph_test.outside "3" at byte 13`},
		{"lone surrogate", `{"name":"\ud800"}`, `.name: a string has an escape that means nothing at byte 9`},
		{"control character", "{\"name\":\"\n\"}", `.name: a string has a control character at byte 9`},
		{"no UTF-8", "{\"name\":\"\xff\"}", `.name: a string is no UTF-8 at byte 10`},
		{"no end of a string", `{"name":"a`, `.name: a string does not end at byte 10`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := codec(t).Unmarshal([]byte(test.data), new(node), find)
			require.EqualError(t, err, "graph: "+test.want)
		})
	}
}

func TestTooDeep(t *testing.T) {
	t.Parallel()
	const n = 1_000_000
	err := codec(t).Unmarshal([]byte(strings.Repeat(`{"next":`, n)+"null"+strings.Repeat("}", n)), new(node), find)
	require.ErrorContains(t, err, "…")
	require.ErrorContains(t, err, "too deep")

	first := &node{}
	for last, i := first, 0; i < n; i++ {
		last.next = &node{}
		last = last.next
	}
	_, err = codec(t).Marshal(first, nil)
	require.ErrorContains(t, err, "too deep")
}

func TestLooseSpaces(t *testing.T) {
	t.Parallel()
	data := save(t, randomGraph(rand.New(rand.NewPCG(5, 1))))
	var loose strings.Builder
	enc := json.NewEncoder(&loose)
	enc.SetEscapeHTML(false)
	enc.SetIndent(" ", "\t")
	require.NoError(t, enc.Encode(json.RawMessage(data)))

	assert.Equal(t, data, save(t, load(t, loose.String())))
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"func", refused[struct{ a struct{ f []func() } }](), ".a.f[]: a func() cannot be saved"},
		{"chan", refused[struct{ c map[string]chan int }](), ".c[]: a chan int cannot be saved"},
		{"any", refused[struct{ a any }](), ".a: a interface {} cannot be saved: no type is named that may stand in it"},
		{"complex", refused[struct{ a complex64 }](), ".a: a complex64 cannot be saved"},
		{"uintptr", refused[struct{ a uintptr }](), ".a: a uintptr cannot be saved"},
		{"pointer to pointer", refused[struct{ a **int }](), ".a: a **int cannot be saved: what it points to has an identity of its own"},
		{"pointer to map", refused[struct{ a *map[string]int }](), ".a: a *map[string]int cannot be saved: what it points to has an identity of its own"},
		{"pointers as keys", refused[struct{ a map[*int]int }](), ".a: a map[*int]int cannot be saved: its keys have no order"},
		{"times as keys", refused[struct{ a map[time.Time]int }](), ".a: a map[time.Time]int cannot be saved: its keys have no order"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, test.err, test.want)
		})
	}
}

func refused[T any]() error {
	_, err := graph.New[T, *outside]()
	return err
}

func TestMarshalRefuses(t *testing.T) {
	t.Parallel()
	c, err := graph.New[node, *outside](graph.Named[square]("square"))
	require.NoError(t, err)
	_, err = c.Marshal(&node{next: &node{shapes: []shape{square{}, &circle{}}}}, nil)
	require.EqualError(t, err, "graph: .next.shapes[1]: a *graph_test.circle has no name to go by in a graph_test.shape")
	inside := &node{self: make([]node, 2)}
	inside.next = &inside.self[1]
	_, err = c.Marshal(inside, nameOf)
	require.EqualError(t, err, "graph: .self[1]: a pointer to this graph_test.node cannot be saved: it is part of something else")
	inside = &node{at: time.Unix(0, 0)}
	inside.time = &inside.at
	_, err = c.Marshal(inside, nameOf)
	require.EqualError(t, err, "graph: .at: a pointer to this time.Time cannot be saved: it is part of something else")
	nan := float32(0)
	_, err = c.Marshal(&node{servers: []*outside{theOutside["1"], {"9"}}}, nameOf)
	require.EqualError(t, err, "graph: .servers[1]: nobody knows 9")
	_, err = c.Marshal(&node{ratio: nan / nan}, nil)
	require.EqualError(t, err, "graph: .ratio: NaN is no number in JSON")
}

func TestShape(t *testing.T) {
	t.Parallel()
	c, err := graph.New[struct {
		list []pair
		s    shape
	}, *outside](graph.Named[square]("square"))
	require.NoError(t, err)
	assert.Equal(t, `graph_test.pair
	left string
	right string
	n int
graph_test.shape
	as square: graph_test.square
graph_test.square
	side float64
struct { list []graph_test.pair; s graph_test.shape }
	list []graph_test.pair
	s graph_test.shape
`, c.Shape())
}

// FuzzUnmarshal: whatever the bytes, there is an error or a value that saves
// and loads again.
func FuzzUnmarshal(f *testing.F) {
	for seed := range uint64(10) {
		f.Add([]byte(save(f, randomGraph(rand.New(rand.NewPCG(seed, 1))))))
	}
	f.Add([]byte(`{"next":{"#":1,"is":{"next":{"#":1}}},"shape":{"as":"circle","is":{"twin":{"#":1}}}}`))
	f.Add([]byte(`{"byPair":[[{"left":"a"},1]],"servers":["1","2",null],"three":[1,2,3],"name":"\ud83d\ude00\udc80\/"}`))
	c := codec(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		n := new(node)
		if c.Unmarshal(data, n, find) != nil {
			return
		}
		first := save(t, n)
		require.Equal(t, first, save(t, load(t, first)))
	})
}

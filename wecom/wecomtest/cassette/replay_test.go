package cassette_test

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest/cassette"
)

// A fakeTest is a TB that remembers what it was told.
type fakeTest struct {
	errors   []string
	cleanups []func()
}

func (f *fakeTest) Helper()             {}
func (f *fakeTest) Cleanup(g func())    { f.cleanups = append(f.cleanups, g) }
func (f *fakeTest) Failed() bool        { return len(f.errors) > 0 }
func (f *fakeTest) Logf(string, ...any) {}
func (f *fakeTest) Errorf(format string, args ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}

func (f *fakeTest) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	panic(f)
}

func (f *fakeTest) end() {
	for _, g := range f.cleanups {
		g()
	}
}

const small = `{
  "version": 1,
  "interactions": [
    {
      "request": {"method": "GET", "path": "/cgi-bin/externalcontact/list", "query": {"access_token": "x", "userid": "bob"}},
      "response": {"status": 200, "body": {"errcode": 0, "external_userid": ["wm1"]}}
    },
    {
      "request": {"method": "GET", "path": "/cgi-bin/externalcontact/list", "query": {"access_token": "x", "userid": "bob"}},
      "response": {"status": 200, "body": {"errcode": 0, "external_userid": ["wm1", "wm2"]}}
    },
    {
      "request": {"method": "POST", "path": "/cgi-bin/externalcontact/mark_tag", "query": {"access_token": "x"},
        "body": {"userid": "bob", "external_userid": "wm1", "add_tag": ["et1"]}},
      "response": {"status": 200, "header": {"Error-Code": "0"}, "body": {"errcode": 0, "errmsg": "ok"}}
    }
  ]
}`

func files(text string) fstest.MapFS { return fstest.MapFS{"small.json": {Data: []byte(text)}} }

func TestPlayerInATest(t *testing.T) {
	t.Parallel()
	f := &fakeTest{}
	player := cassette.New(f, files(small), "small.json")
	contacts := contact.New(player.NewClient())

	one, err := contacts.List(t.Context(), "bob")
	require.NoError(t, err)
	assert.Equal(t, []string{"wm1"}, one)
	two, err := contacts.List(t.Context(), "bob")
	require.NoError(t, err)
	assert.Equal(t, []string{"wm1", "wm2"}, two, "the same request again, in the order of the recording")
	assert.Empty(t, f.errors)

	_, err = contacts.List(t.Context(), "bob")
	require.ErrorContains(t, err, "cassette: GET externalcontact/list was asked once more than the 2 times that it was recorded")
	_, err = contacts.List(t.Context(), "alice")
	require.Error(t, err)
	_, err = contacts.Get(t.Context(), "wm1")
	require.Error(t, err)
	f.end()
	assert.Equal(t, []string{
		`cassette: GET externalcontact/list was asked once more than the 2 times that it was recorded
  query.access_token = "*"
  query.userid = "bob"`,
		`cassette: GET externalcontact/list is not in the recording; of interaction 1 (-) it differs (+) in
  - query.userid = "bob"
  + query.userid = "alice"`,
		`cassette: GET externalcontact/get is not in the recording, which has GET externalcontact/list, POST externalcontact/mark_tag
  query.access_token = "*"
  query.external_userid = "wm1"`,
		`cassette: small.json: nobody made POST externalcontact/mark_tag
  query.access_token = "x"
  body.add_tag[0] = "et1"
  body.external_userid = "wm1"
  body.userid = "bob"`,
	}, f.errors)
	_, err = contacts.List(t.Context(), "bob")
	require.Error(t, err, "after the test nothing is reported")
	assert.Len(t, f.errors, 4)
}

func TestPlayerOfWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"no JSON", "{", "EOF"},
		{"another version", `{"version": 2, "interactions": []}`, "version 2, want 1"},
		{"a field that is not ours", `{"version": 1, "interactions": [], "x": 1}`, `unknown field "x"`},
		{"a key twice", `{"version": 1, "version": 1, "interactions": []}`, `"version" is there twice`},
		{"two values", `{"version": 1, "interactions": []} {}`, "more than one"},
		{"no method", `{"version": 1, "interactions": [{"request": {"path": "/"}, "response": {"status": 200}}]}`, "interaction 1: method"},
		{"no path", `{"version": 1, "interactions": [{"request": {"method": "GET"}, "response": {"status": 200}}]}`, "path"},
		{"no status", `{"version": 1, "interactions": [{"request": {"method": "GET", "path": "/"}, "response": {}}]}`, "status 0"},
		{"a body that is a number", `{"version": 1, "interactions": [{"request": {"method": "GET", "path": "/", "body": 1}, "response": {"status": 200}}]}`, "neither an object"},
		{"a huge file", `{"version": 1, "interactions": [{"request": {"method": "GET", "path": "/"}, "response": {"status": 200, "file": {"size": 1e12, "sha256": ""}}}]}`, "size"},
		{"a very huge file", `{"version": 1, "interactions": [{"request": {"method": "GET", "path": "/"}, "response": {"status": 200, "file": {"size": 999999999999, "sha256": ""}}}]}`, "999999999999 bytes"},
		{"another file", `{"version": 1, "interactions": [{"request": {"method": "GET", "path": "/"}, "response": {"status": 200, "file": {"size": 1, "sha256": "00", "data": "YQ=="}}}]}`, "hash"},
		{"deep", `{"version": 1, "interactions": [{"request": {"method": "GET", "path": "/", "body": ` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}}]}`, "nested too deep"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := cassette.Load(files(tt.text), "small.json")
			require.ErrorContains(t, err, tt.want)
			require.ErrorContains(t, err, "small.json")
		})
	}
	f := &fakeTest{}
	assert.PanicsWithValue(t, f, func() { cassette.New(f, files(small), "none.json") }, "the test ends there")
	assert.Len(t, f.errors, 1)
}

// Clients ask for tokens when they please.
func TestTokensAreNoPartOfTheStory(t *testing.T) {
	t.Parallel()
	const story = `{"version": 1, "interactions": [{
		"request": {"method": "GET", "path": "/cgi-bin/gettoken", "query": {"corpid": "wwX", "corpsecret": "x"}},
		"response": {"status": 200, "body": {"errcode": 40001, "errmsg": "invalid credential"}}}]}`
	c, err := cassette.Decode([]byte(story))
	require.NoError(t, err)
	player := cassette.NewPlayer(c)
	assert.Empty(t, player.Unused())
	assert.Equal(t, "wwX", player.Credential().CorpID)
	for range 3 {
		_, err := contact.New(player.NewClient()).List(t.Context(), "bob")
		require.ErrorIs(t, err, wecom.ErrInvalidCredential, "as it was recorded, as often as it is asked")
	}
	assert.Empty(t, player.Problems())

	other, err := wecom.New(wecom.Credential{CorpID: "wwY", Secret: "y"}, wecom.WithHTTPClient(player.HTTPClient()))
	require.NoError(t, err)
	_, err = contact.New(other).List(t.Context(), "bob")
	require.Error(t, err)
	require.Len(t, player.Problems(), 1, "another corp")
	assert.Contains(t, player.Problems()[0], `+ query.corpid = "wwY"`)
}

// What could be read in two ways is not what was recorded.
func TestRequestsThatOnlyLookTheSame(t *testing.T) {
	t.Parallel()
	c, err := cassette.Decode([]byte(small))
	require.NoError(t, err)
	const path = "/cgi-bin/externalcontact/mark_tag?access_token=mine"
	for _, tt := range []struct {
		name, path, body string
		status           int
	}{
		{"the same", path, `{"userid":"bob","external_userid":"wm1","add_tag":["et1"]}`, 200},
		{"in another order, with spaces", path, ` { "add_tag" : [ "et1" ], "external_userid":"wm1" ,"userid":"bob" } `, 200},
		{"a field twice", path, `{"userid":"bob","userid":"bob","external_userid":"wm1","add_tag":["et1"]}`, 404},
		{"a field more", path, `{"userid":"bob","external_userid":"wm1","add_tag":["et1"],"x":null}`, 404},
		{"an escape, which WeCom refuses", path, `{"userid":"b\u006fb","external_userid":"wm1","add_tag":["et1"]}`, 404},
		{"something behind it", path, `{"userid":"bob","external_userid":"wm1","add_tag":["et1"]}}`, 404},
		{"a byte order mark", path, "\xef\xbb\xbf" + `{"userid":"bob","external_userid":"wm1","add_tag":["et1"]}`, 404},
		{"a parameter more", path + "&debug=1", `{"userid":"bob","external_userid":"wm1","add_tag":["et1"]}`, 404},
		{"a parameter twice", path + "&access_token=2", `{"userid":"bob","external_userid":"wm1","add_tag":["et1"]}`, 404},
		{"no token", "/cgi-bin/externalcontact/mark_tag", `{"userid":"bob","external_userid":"wm1","add_tag":["et1"]}`, 404},
		{"no body", path, ``, 404},
		{"an array", path, `["bob"]`, 404},
		{"another path", "/cgi-bin//externalcontact/mark_tag?access_token=mine", `{"userid":"bob","external_userid":"wm1","add_tag":["et1"]}`, 404},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			site := httptest.NewServer(cassette.NewPlayer(c))
			defer site.Close()
			res, err := http.Post(site.URL+tt.path, "", strings.NewReader(tt.body))
			require.NoError(t, err)
			defer res.Body.Close()
			text, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			assert.Equal(t, tt.status, res.StatusCode, "%s", text)
		})
	}
}

// The token of a request that cannot be read as a whole, or is there twice, is
// not in the messages of a test.
func TestDifferencesHoldNoToken(t *testing.T) {
	t.Parallel()
	c, err := cassette.Decode([]byte(small))
	require.NoError(t, err)
	player := cassette.NewPlayer(c)
	for _, query := range []string{"access_token=T0KEN;x", "access_token=T0KEN%zz", "access_token=T0KEN&x=1;2", "access_token=a&access_token=T0KEN", "a%23=1&access_token=T0KEN"} {
		req, err := http.NewRequest(http.MethodPost, "https://qyapi.weixin.qq.com/cgi-bin/externalcontact/mark_tag", strings.NewReader(`{}`))
		require.NoError(t, err)
		req.URL.RawQuery = query
		res, err := player.RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
	}
	require.Len(t, player.Problems(), 5)
	for _, text := range player.Problems() {
		assert.NotContains(t, text, "T0KEN")
	}
}

func TestPlayerIsSafe(t *testing.T) {
	t.Parallel()
	c, err := cassette.Decode([]byte(small))
	require.NoError(t, err)
	for range 50 {
		c.Interactions = append(c.Interactions, c.Interactions[0])
	}
	player := cassette.NewPlayer(c)
	var wg sync.WaitGroup
	for range 52 {
		wg.Go(func() {
			_, err := contact.New(player.NewClient()).List(t.Context(), "bob")
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	assert.Empty(t, player.Problems())
	assert.Len(t, player.Unused(), 1)
}

var update = flag.Bool("update", false, "record testdata/shop.json anew")

// A recording is written in one form.
func TestEncodingIsCanonical(t *testing.T) {
	t.Parallel()
	if *update {
		rec := record(t)
		require.NoError(t, rec.Cassette().Save("testdata/shop.json"))
	}
	data, err := os.ReadFile("testdata/shop.json")
	require.NoError(t, err)
	c, err := cassette.Decode(data)
	require.NoError(t, err)
	again, err := c.Encode()
	require.NoError(t, err)
	assert.Equal(t, string(data), string(again))
}

func TestSave(t *testing.T) {
	t.Parallel()
	c, err := cassette.Load(os.DirFS("testdata"), "shop.json")
	require.NoError(t, err)
	dir := t.TempDir()
	for range 2 { // the second time over the first
		require.NoError(t, c.Save(dir+"/shop.json"))
	}
	info, err := os.Stat(dir + "/shop.json")
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1, "no other file")
	require.Error(t, c.Save(dir+"/none/shop.json"))
}

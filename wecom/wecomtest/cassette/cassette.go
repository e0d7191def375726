package cassette

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// version is that of the file format.
const version = 1

// The largest that a recording holds.
const (
	maxFile  = 256 << 20 // of the recording
	maxMedia = 64 << 20  // of a body that is not JSON
	maxDepth = 100       // of a body that is JSON
)

// A Cassette is a recording: calls of the API and how WeCom answered, in the
// order in which they were made. Whoever is in it has a pseudonym.
type Cassette struct {
	Version      int           `json:"version"`
	Interactions []Interaction `json:"interactions"`
}

// An Interaction is one call.
type Interaction struct {
	Request  Request  `json:"request"`
	Response Response `json:"response"`
}

// A Request is what WeCom was asked, in the one form that all ways to write it
// have: parameters and keys are sorted, and spaces between them do not count.
type Request struct {
	Method string            `json:"method"`
	Path   string            `json:"path"`
	Query  map[string]string `json:"query,omitzero"` // a second value of a name stands under name#2
	Range  string            `json:"range,omitzero"` // of a file
	Body   any               `json:"body,omitzero"`  // a JSON object or array, with its numbers as json.Number
	Parts  []Part            `json:"parts,omitzero"` // of an upload
	File   *File             `json:"file,omitzero"`  // a body of another kind
}

// A Response is what WeCom answered.
type Response struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header,omitzero"`
	Body   any               `json:"body,omitzero"`
	File   *File             `json:"file,omitzero"`
}

// A Part is one part of an upload.
type Part struct {
	Name     string `json:"name"`
	FileName string `json:"filename,omitzero"`
	Type     string `json:"type,omitzero"`
	File
}

// A File is a body that is not JSON.
type File struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Data   []byte `json:"data,omitzero"` // if it was asked for
}

func fileOf(data []byte) *File {
	sum := sha256.Sum256(data)
	return &File{Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
}

// Load reads a recording from a file system, such as os.DirFS("testdata").
func Load(fsys fs.FS, name string) (*Cassette, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cassette: %w", err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("cassette: %w", err)
	}
	c, err := Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%w (in %s)", err, name)
	}
	return c, nil
}

// Decode reads a recording.
func Decode(data []byte) (*Cassette, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("cassette: more than %d bytes", maxFile)
	}
	if _, err := parseJSON(data, maxDepth+10); err != nil {
		return nil, fmt.Errorf("cassette: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	dec.DisallowUnknownFields()
	c := &Cassette{}
	if err := dec.Decode(c); err != nil {
		return nil, fmt.Errorf("cassette: %w", err)
	}
	if c.Version != version {
		return nil, fmt.Errorf("cassette: version %d, want %d", c.Version, version)
	}
	for i := range c.Interactions {
		if err := c.Interactions[i].check(); err != nil {
			return nil, fmt.Errorf("cassette: interaction %d: %w", i+1, err)
		}
	}
	return c, nil
}

func (in *Interaction) check() error {
	req, res := &in.Request, &in.Response
	switch {
	case req.Method == "" || strings.ToUpper(req.Method) != req.Method || strings.ContainsAny(req.Method, " \r\n"):
		return fmt.Errorf("method %q", req.Method)
	case !strings.HasPrefix(req.Path, "/"):
		return fmt.Errorf("path %q", req.Path)
	case res.Status < 200 || res.Status > 599:
		return fmt.Errorf("status %d", res.Status)
	case !isDocument(req.Body) || !isDocument(res.Body):
		return errors.New("a body is neither an object nor an array")
	}
	for i := range req.Parts {
		if err := req.Parts[i].check(); err != nil {
			return err
		}
	}
	return cmp.Or(req.File.check(), res.File.check())
}

func isDocument(body any) bool {
	switch body.(type) {
	case nil, map[string]any, []any:
		return true
	}
	return false
}

func (f *File) check() error {
	switch {
	case f == nil:
		return nil
	case f.Size < 0 || f.Size > maxMedia:
		return fmt.Errorf("a file of %d bytes", f.Size)
	case f.Data == nil:
		return nil
	case f.Size != int64(len(f.Data)) || f.SHA256 != fileOf(f.Data).SHA256:
		return errors.New("size or hash of a file is not that of its data")
	}
	return nil
}

// Encode writes the recording in its one form.
func (c *Cassette) Encode() ([]byte, error) {
	out := Cassette{version, c.Interactions}
	if out.Interactions == nil {
		out.Interactions = []Interaction{}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return nil, fmt.Errorf("cassette: %w", err)
	}
	return b.Bytes(), nil
}

// Save writes the recording to a file that only its owner can read. A file that
// is there is replaced at once or not at all.
func (c *Cassette) Save(name string) error {
	data, err := c.Encode()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*") // 0600
	if err != nil {
		return fmt.Errorf("cassette: %w", err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("cassette: %w", err), os.Remove(f.Name()))
	}
	return nil
}

// Code is the errcode of a response, or 0.
func (r *Response) Code() int {
	m, _ := r.Body.(map[string]any)
	n, _ := m["errcode"].(json.Number)
	code, err := n.Int64()
	if err != nil {
		return 0
	}
	return int(code)
}

// name says which call it is, for messages.
func (r *Request) name() string { return r.Method + " " + strings.TrimPrefix(r.Path, "/cgi-bin/") }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

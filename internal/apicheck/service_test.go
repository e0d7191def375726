package apicheck_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/groupchat"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/moment"
	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
)

func services(t *testing.T) []any {
	t.Helper()
	c, err := wecom.New(wecom.Credential{CorpID: "wwcontract"}, wecom.WithTokenSource(staticToken{}), successes())
	require.NoError(t, err)
	robot, err := wecom.NewWebhook("robot-key", successes())
	require.NoError(t, err)
	list := []any{contact.New(c), tag.New(c), groupchat.New(c), moment.New(c), message.New(c), message.NewRobot(robot), c.Media(), newPages(c)}
	return append(list, providerServices(t)...)
}

// bodies stand for the interfaces in requests.
func bodies() []any {
	return []any{message.Text{Content: "text"}, message.ChatText{Content: "text"}, message.RobotText{Content: "text"}, message.TextNoticeCard{SubTitleText: "text"}, message.ImageAttachment{MediaID: "media"}, moment.ImageAttachment{MediaID: "media"}, strings.NewReader("a file")}
}

// TestEveryMethod calls each method of each service several times at once, with
// the same arguments: race-free under -race, and nothing that the caller passed
// is written to. Zero arguments must be harmless, too.
func TestEveryMethod(t *testing.T) {
	t.Parallel()
	for _, service := range services(t) {
		v := reflect.ValueOf(service)
		for i := range v.NumMethod() {
			name := strings.TrimPrefix(v.Type().String(), "*") + "." + v.Type().Method(i).Name
			if v.Type().Method(i).Name == "Format" {
				continue // what package fmt calls
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				method := v.Method(i)
				full, zero := arguments(t, method.Type(), true), arguments(t, method.Type(), false)
				before := snapshot(t, full)
				shared := !usesReader(method.Type())

				var calls sync.WaitGroup
				for range 4 {
					args := full
					if !shared { // one reader is for one call
						args = arguments(t, method.Type(), true)
					}
					calls.Go(func() { drain(method.Call(args)) })
					calls.Go(func() { drain(method.Call(zero)) })
				}
				calls.Wait()

				assert.Equal(t, before, snapshot(t, full), "the caller's request was written to")
			})
		}
	}
}

// successes answers every call with a success that holds nothing, and every job
// with the status that ends the wait for it.
func successes() wecom.Option {
	return wecom.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Body != nil {
			_, _ = io.Copy(io.Discard, r.Body)
		}
		status := 3
		if strings.HasSuffix(r.URL.Path, "get_upload_by_url_result") {
			status = 2
		}
		body, err := json.Marshal(map[string]any{"errcode": 0, "errmsg": "ok", "status": status, "ticket": "ticket"})
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(body)))}, err
	})})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type staticToken struct{}

func (staticToken) Token(context.Context) (wecom.Token, error) {
	return wecom.Token{Value: "token", ExpiresAt: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}, nil
}

func (staticToken) Invalidate(context.Context, string) {}

// arguments makes what a method takes: its ctx, and the rest with every field
// set or none.
func arguments(t *testing.T, method reflect.Type, full bool) []reflect.Value {
	t.Helper()
	args := make([]reflect.Value, method.NumIn())
	for i := range args {
		args[i] = reflect.New(method.In(i)).Elem()
		switch {
		case method.In(i) == reflect.TypeFor[context.Context]():
			args[i].Set(reflect.ValueOf(t.Context()))
		case full:
			fill(t, args[i])
		case method.In(i).Kind() == reflect.Pointer: // an event
			args[i].Set(reflect.New(method.In(i).Elem()))
		}
	}
	return args
}

func usesReader(method reflect.Type) bool {
	for in := range method.Ins() {
		if in == reflect.TypeFor[wecom.File]() {
			return true
		}
	}
	return false
}

// fill sets v to something that is not zero, down to its leaves.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Now()))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(t, v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 8)) // room that append would write to
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Interface:
		for _, body := range bodies() {
			if reflect.TypeOf(body).Implements(v.Type()) {
				v.Set(reflect.ValueOf(body))
				return
			}
		}
		t.Fatalf("bodies() has nothing for %v", v.Type())
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		if v.SetInt(6); v.Type() == reflect.TypeFor[wecom.Seconds]() {
			v.SetInt(int64(time.Minute))
		}
	default:
		t.Fatalf("cannot fill a %v", v.Type())
	}
}

// snapshot keeps all that can be reached from args, the spare room of slices
// included.
func snapshot(t *testing.T, args []reflect.Value) []any {
	t.Helper()
	var all []any
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			all = append(all, v.IsNil())
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		case reflect.Slice:
			all = append(all, v.Len(), v.Cap())
			for i := range v.Cap() {
				walk(v.Slice(0, v.Cap()).Index(i))
			}
		case reflect.Interface:
			all = append(all, v.IsNil())
		default:
			all = append(all, v.Interface())
		}
	}
	for _, arg := range args {
		walk(arg)
	}
	return all
}

// drain walks what is an iterator to its end and closes what is a stream.
func drain(results []reflect.Value) {
	for _, r := range results {
		if c, ok := reflect.TypeAssert[io.Closer](r); ok && !r.IsNil() {
			_ = c.Close()
		}
		if r.Kind() == reflect.Func {
			for range r.Seq2() {
			}
		}
	}
}

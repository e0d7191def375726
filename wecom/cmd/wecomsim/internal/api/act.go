package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// An Act is something that a person does in the client or in a console.
type Act struct {
	Verb   string // add-customer
	Method string // that it stands for: of wecomtest.Actor, or of wecomtest.Server
	Group  string
	About  string

	in reflect.Type
	do func(s *wecomtest.Server, args []byte) (any, error)
}

// results are the ids and whatever else comes of an act.
type results map[string]any

// act makes one of a function over its arguments. It returns results, nil or an
// error.
func act[In any](method, about string, do func(s *wecomtest.Server, in In) any) Act {
	return Act{
		Verb: kebab(method[strings.LastIndexByte(method, '.')+1:]), Method: method, About: about, in: reflect.TypeFor[In](),
		do: func(s *wecomtest.Server, args []byte) (any, error) {
			var in In
			if err := decodeBody(args, &in, parameters(reflect.TypeFor[In]())); err != nil {
				return nil, err
			}
			out := do(s, in)
			if err, ok := out.(error); ok {
				return nil, err
			}
			return out, nil
		},
	}
}

// kebab turns WriteToAIBot into write-to-aibot.
func kebab(name string) string {
	var b strings.Builder
	for i, r := range strings.NewReplacer("AIBot", "Aibot", "QRCode", "QrCode").Replace(name) {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
		}
		b.WriteString(strings.ToLower(string(r)))
	}
	return b.String()
}

// Acts lists what people do.
func Acts() []Act {
	list := slices.Concat(
		actGroup("customers", customerActs()),
		actGroup("chats", chatActs()),
		actGroup("group chats", groupChatActs()),
		actGroup("tags", tagActs()),
		actGroup("mass sends", massSendActs()),
		actGroup("moments", momentActs()),
		actGroup("acquisition links", linkActs()),
		actGroup("apps and robots", appActs()),
		actGroup("intelligent robots", aiBotActs()),
		actGroup("logins", loginActs()),
		actGroup("suites", suiteActs()),
		actGroup("corps", corpActs()),
		actGroup("corps", corpChainActs()),
	)
	return list
}

func actGroup(name string, list []Act) []Act {
	for i := range list {
		list[i].Group = name
	}
	return list
}

// Args are the arguments of an act.
func (c Act) Args() []Arg {
	list := []Arg{}
	for _, p := range parameters(c.in) {
		s := schemaOf(p.Type, nil)
		items := ""
		if p.Type.Kind() == reflect.Slice {
			items = schemaOf(p.Type.Elem(), nil).Type
		}
		list = append(list, Arg{p.Name, s.Type, s.Format, items, p.Kind, p.Required, p.About})
	}
	return list
}

// An Arg is one argument of an act.
type Arg struct {
	Name     string `json:"name"`
	Type     string `json:"type,omitzero"     about:"string, integer, boolean, array or object"`
	Format   string `json:"format,omitzero"   about:"of a string: date-time, duration"`
	Items    string `json:"items,omitzero"    about:"of an array: the type of what is in it"`
	Kind     string `json:"kind,omitzero"     about:"what of the tenant it names: member, customer, chat, tag, …"`
	Required bool   `json:"required,omitzero"`
	About    string `json:"about,omitzero"`
}

// A Verb is an act, described.
type Verb struct {
	Verb  string `json:"verb"`
	Group string `json:"group"`
	About string `json:"about"`
	Args  []Arg  `json:"args"`
}

// An Acted is what came of an act.
type Acted struct {
	Result     any   `json:"result,omitzero" about:"ids and whatever else came of it"`
	Deliveries []int `json:"deliveries"      about:"numbers of the callbacks that it caused"`
}

func actRoutes() []Route {
	routes := []Route{answers(get, "acts", "List what people can do", func(*API, context.Context, None) (List[Verb], error) {
		return page(verbs(), Page{Limit: len(Acts())})
	})}
	for _, c := range Acts() {
		routes = append(routes, Route{
			Method: post, Path: Prefix + "acts/" + c.Verb, Summary: c.About,
			in: c.in, also: reflect.TypeFor[InCorp](), out: reflect.TypeFor[Acted](), status: http.StatusOK,
			serve: c.serve,
		})
	}
	return routes
}

func verbs() []Verb {
	var list []Verb
	for _, c := range Acts() {
		list = append(list, Verb{c.Verb, c.Group, c.About, c.Args()})
	}
	return list
}

func (c Act) serve(a *API, w http.ResponseWriter, r *http.Request) error {
	var in InCorp
	if err := decodeURL(r, reflect.ValueOf(&in).Elem(), parameters(reflect.TypeFor[InCorp]())); err != nil {
		return err
	}
	if err := wantJSON(r); err != nil {
		return err
	}
	args, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return badRequest("body: %v", err)
	}
	out, err := a.act(in, c, args)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, out)
}

// Act does what a verb says. The arguments are a JSON object.
func (a *API) Act(in InCorp, verb string, args json.RawMessage) (Acted, error) {
	for _, c := range Acts() {
		if c.Verb == verb {
			return a.act(in, c, args)
		}
	}
	return Acted{}, notFound("nobody can %s", verb)
}

func (a *API) act(in InCorp, c Act, args []byte) (Acted, error) {
	s, err := a.corp(in)
	if err != nil {
		return Acted{}, err
	}
	var out any
	caused, err := a.causing(func() (err error) {
		out, err = c.do(s, args)
		return err
	})
	if err != nil {
		return Acted{}, err
	}
	a.changed("act", c.Verb)
	return Acted{out, caused}, nil
}

// causing runs f alone, and returns the deliveries that it caused.
func (a *API) causing(f func() error) ([]int, error) {
	a.acting.Lock()
	defer a.acting.Unlock()
	before := a.srv.DeliveryCount()
	var err error
	if misuse := try(func() { err = f() }); misuse != nil {
		err = misuse
	}
	if err != nil {
		return nil, err
	}
	caused := []int{}
	for n := before + 1; n <= a.srv.DeliveryCount(); n++ {
		caused = append(caused, n)
	}
	return caused, nil
}

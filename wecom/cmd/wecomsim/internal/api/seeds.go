package api

import (
	"context"
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func seedRoutes() []Route {
	return []Route{
		answers(get, "seeds", "List the seeds that come with the simulator", (*API).Seeds),
		answers(get, "seeds/{name}", "Show a seed as the file that it is, to write one like it", (*API).SeedFile),
		answers(get, "seeds/schema", "Show the JSON Schema of seed files", (*API).SeedSchema),
		answers(post, "seeds", "Put a seed into the corp, in silence: one that comes with the simulator, or one of your own", (*API).LoadSeed),
	}
}

// A Seed is one that comes with the simulator.
type Seed struct {
	Name  string `json:"name"`
	About string `json:"about"`

	make func(now time.Time) wecomtest.Seed
}

// Seeds lists the seeds that there are, by the names that one says.
func Seeds() []Seed {
	return []Seed{
		{"small-shop", "a tea shop with five members, twelve customers and two group chats", wecomtest.SmallShop},
		{"messy", "a corp after some years: members who left, deleted tags, half friends, odd names", wecomtest.Messy},
		{"ten-thousand-customers", "600 members and 10,000 customers, for lists of many pages", wecomtest.TenThousandCustomers},
	}
}

// Text is the seed as a file. That of one which is made rather than written has
// absolute times.
func (s Seed) Text(now time.Time) (json.RawMessage, error) {
	if text, err := fs.ReadFile(wecomtest.SeedFiles(), s.Name+".json"); err == nil {
		return text, nil
	}
	return json.Marshal(s.make(now))
}

// FindSeed returns the seed of that name.
func FindSeed(name string) (Seed, error) {
	list := Seeds()
	i := slices.IndexFunc(list, func(s Seed) bool { return s.Name == name })
	if i < 0 {
		var names []string
		for _, s := range list {
			names = append(names, s.Name)
		}
		return Seed{}, notFound("no seed %q; there are %s", name, strings.Join(names, ", "))
	}
	return list[i], nil
}

// Seeds lists seeds.
func (a *API) Seeds(context.Context, None) (List[Seed], error) {
	list := Seeds()
	return List[Seed]{list, len(list)}, nil
}

// InSeed names a seed.
type InSeed struct {
	Name string `about:"small-shop, messy or ten-thousand-customers" path:"name"`
}

// SeedFile shows a seed.
func (a *API) SeedFile(_ context.Context, in InSeed) (json.RawMessage, error) {
	seed, err := FindSeed(in.Name)
	if err != nil {
		return nil, err
	}
	return seed.Text(a.srv.Clock().Now())
}

// SeedSchema shows the schema.
func (a *API) SeedSchema(context.Context, None) (json.RawMessage, error) {
	return fs.ReadFile(wecomtest.SeedFiles(), "seed.schema.json")
}

// SeedIn is a seed to put in.
type SeedIn struct {
	InCorp
	Name string          `json:"name,omitzero" about:"of one that comes with the simulator"`
	Seed json.RawMessage `json:"seed,omitzero" about:"or a seed file, as the schema has it"`
}

// A SeedLoaded tells what came into the corp.
type SeedLoaded struct {
	Members    int `json:"members"`
	Customers  int `json:"customers"`
	TagGroups  int `json:"tag_groups"`
	GroupChats int `json:"group_chats"`
}

// LoadSeed puts a seed in, or nothing if it has a mistake.
func (a *API) LoadSeed(_ context.Context, in SeedIn) (SeedLoaded, error) {
	s, err := a.corp(in.InCorp)
	if err != nil {
		return SeedLoaded{}, err
	}
	if (in.Name == "") == (in.Seed == nil) {
		return SeedLoaded{}, badRequest("body: want name or seed")
	}
	var seed wecomtest.Seed
	if in.Name != "" {
		found, err := FindSeed(in.Name)
		if err != nil {
			return SeedLoaded{}, err
		}
		seed = found.make(s.Clock().Now())
	} else if seed, err = wecomtest.ParseSeed(in.Seed, s.Clock().Now()); err != nil {
		return SeedLoaded{}, err
	}
	if err := try(func() { s.Seed().Load(seed) }); err != nil {
		return SeedLoaded{}, err
	}
	a.changed("seed", in.Name)
	return SeedLoaded{len(seed.Members), len(seed.Customers), len(seed.TagGroups), len(seed.GroupChats)}, nil
}

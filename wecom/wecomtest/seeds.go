package wecomtest

import (
	"embed"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"time"
)

// A Seed is what a corp has before anything happens: a tenant to begin with.
// It is written in Go, or as a file that [ParseSeed] reads. [SmallShop],
// [Messy] and [TenThousandCustomers] are there already.
//
// An empty id is made up. Whatever has an id stands in the same seed as what
// refers to it. A time that is zero is that of what it is part of, or else of the
// loading. Statistics, such as how many customers a member won, count from the
// loading on.
type Seed struct {
	Corp             SeedCorp          `json:"corp,omitzero"`
	Apps             []App             `json:"apps,omitzero"` // besides the corp's first one, 1000002
	Members          []Member          `json:"members,omitzero"`
	MemberTags       []MemberTag       `json:"member_tags,omitzero"`
	TagGroups        []TagGroup        `json:"tag_groups,omitzero"`
	Media            []Media           `json:"media,omitzero"` // without Data: a small file of the type
	Customers        []Customer        `json:"customers,omitzero"`
	FriendRequests   []FriendRequest   `json:"friend_requests,omitzero"`
	GroupChats       []GroupChat       `json:"group_chats,omitzero"`
	GroupWelcomes    []GroupWelcome    `json:"group_welcomes,omitzero"`
	ContactWays      []ContactWay      `json:"contact_ways,omitzero"`
	JoinWays         []JoinWay         `json:"join_ways,omitzero"`
	AcquisitionLinks []AcquisitionLink `json:"acquisition_links,omitzero"`
	MassSends        []MassSend        `json:"mass_sends,omitzero"`
	Moments          []Moment          `json:"moments,omitzero"`
	Conversations    []Conversation    `json:"conversations,omitzero"`
}

// A SeedCorp is what a seed says of the corp itself.
type SeedCorp struct {
	Name string `json:"name,omitzero"` // "" leaves it as it is
}

// A MemberTag is a tag of the directory, which app messages may go to.
type MemberTag struct {
	TagID    int64    `json:"tagid"`
	UserList []string `json:"userlist,omitzero"` // userids
}

// A FriendRequest waits for an answer. The two are half friends, and no
// endpoint shows it.
type FriendRequest struct {
	UserID         string `json:"userid"`
	ExternalUserID string `json:"external_userid"`  // of one of Seed.Customers
	Invited        bool   `json:"invited,omitzero"` // the member has asked, not the customer
	Remark         string `json:"remark,omitzero"`  // of the relation to come, as the next two
	AddWay         int    `json:"add_way,omitzero"`
	State          string `json:"state,omitzero"`
}

// A Conversation is what people said in the chat of a member and a customer,
// or in a group chat. What mass sends brought comes with Seed.MassSends.
type Conversation struct {
	UserID         string        `json:"userid,omitzero"`
	ExternalUserID string        `json:"external_userid,omitzero"`
	ChatID         string        `json:"chat_id,omitzero"` // in place of both
	Messages       []ChatMessage `json:"messages,omitzero"`
}

// A SeedError lists the mistakes in a seed.
type SeedError struct {
	File     string   // of [WithSeedFS]
	Problems []string // such as: customers[3].follow_user[0].userid: no member "bob"
}

func (e *SeedError) Error() string {
	about := "wecomtest: seed"
	if e.File != "" {
		about += " " + e.File
	}
	if len(e.Problems) == 1 {
		return about + ": " + e.Problems[0]
	}
	return about + ":\n\t" + strings.Join(e.Problems, "\n\t")
}

// WithSeed begins with a seed, which is made for the server's time:
//
//	srv := wecomtest.New(t, wecomtest.WithSeed(wecomtest.SmallShop))
//
// A mistake in it ends the test, as with [Seeder.Load].
func WithSeed(seed func(now time.Time) Seed) Option {
	return withSeed(func(now time.Time) (Seed, error) { return seed(now), nil })
}

// WithSeedFS begins with the seed in a file, as [ParseSeed] reads it:
//
//	srv := wecomtest.New(t, wecomtest.WithSeedFS(os.DirFS("testdata"), "tenant.json"))
//
// A file that is not there, and a mistake in it, end the test.
func WithSeedFS(fsys fs.FS, name string) Option {
	return withSeed(func(now time.Time) (Seed, error) {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return Seed{}, &SeedError{name, []string{err.Error()}}
		}
		seed, err := ParseSeed(data, now)
		if bad, ok := errors.AsType[*SeedError](err); ok {
			bad.File = name
		}
		return seed, err
	})
}

// seedFunc makes a seed of an option.
type seedFunc func(now time.Time) (Seed, error)

func withSeed(seed seedFunc) Option {
	return func(s *settings) { s.seeds = append(s.seeds, seed) }
}

// sow loads the seeds of the options, in their order.
func (s *Server) sow(seeds []seedFunc) {
	s.helper()
	for _, made := range seeds {
		seed, err := made(s.clock.Now())
		if err != nil {
			s.fatalf("%v", err)
		}
		s.Seed().Load(seed)
	}
}

//go:embed seeds/*.json
var seedFiles embed.FS

// SeedFiles returns small-shop.json and messy.json, and seed.schema.json, which
// is the JSON Schema of seed files.
func SeedFiles() fs.FS {
	files, err := fs.Sub(seedFiles, "seeds")
	if err != nil {
		panic("wecomtest: embedded seeds: " + err.Error())
	}
	return files
}

func seedFile(name string) []byte {
	data, err := fs.ReadFile(SeedFiles(), name)
	if err != nil {
		panic("wecomtest: embedded seeds: " + err.Error())
	}
	return data
}

// SmallShop is a shop in Hangzhou with a handful of members, twelve customers
// and two group chats, for [WithSeed]. Its file, [seeds/small-shop.json], shows
// how seeds are written.
//
// [seeds/small-shop.json]: https://github.com/wecomkit/wecom-go/blob/main/wecom/wecomtest/seeds/small-shop.json
func SmallShop(now time.Time) Seed { return builtIn("small-shop.json", now) }

// Messy is a corp after some years, for [WithSeed]: members who left and whose
// customers nobody took over, tags that were deleted, customers from WeCom and
// customers who have deleted the member, half friends, names that are empty, of
// emoji or written from right to left. [seeds/messy.json] has it all.
//
// [seeds/messy.json]: https://github.com/wecomkit/wecom-go/blob/main/wecom/wecomtest/seeds/messy.json
func Messy(now time.Time) Seed { return builtIn("messy.json", now) }

func builtIn(name string, now time.Time) Seed {
	seed, err := ParseSeed(seedFile(name), now)
	if err != nil {
		panic(err) // a test reads them all
	}
	return seed
}

// MarshalJSON writes a seed as a file, with absolute times.
func (s Seed) MarshalJSON() ([]byte, error) { return json.Marshal(wireOf(s)) }

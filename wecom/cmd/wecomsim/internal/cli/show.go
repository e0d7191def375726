package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

// A kind is something that show lists.
type kind struct {
	name    string // of the command and of the route
	one     bool   // each can be shown by its id
	about   string
	columns []string // paths into what the route lists
}

// kinds are what show lists.
func kinds() []kind {
	return []kind{
		{"members", true, "of the corp", []string{"userid", "name", "department", "left"}},
		{"customers", true, "of members; userid=, tag_id= and q= choose", []string{"external_userid", "name", "follow_user.userid", "follow_user.remark", "follow_user.tag_id"}},
		{"tags", false, "in their groups", []string{"group_id", "group_name", "tag.id", "tag.name"}},
		{"groupchats", true, "of customers", []string{"chat_id", "name", "owner", "member_list.userid"}},
		{"moments", false, "and who publishes them", []string{"moment_id", "create_time", "task_list.userid", "text"}},
		{"masssends", false, "and who sends them", []string{"msgid", "create_time", "task_list.userid", "task_list.status", "text"}},
		{"media", true, "that were uploaded", []string{"media_id", "type", "file_name", "size", "create_time"}},
		{"contactways", false, "to members", []string{"config_id", "user", "state", "remark"}},
		{"joinways", false, "into group chats", []string{"config_id", "chat_id_list", "state", "remark"}},
		{"groupwelcomes", false, "of who joins a group chat", []string{"template_id", "agentid", "text"}},
		{"appchats", false, "that apps made", []string{"chat_id", "name", "owner", "user_list", "messages.text"}},
		{"links", false, "of customer acquisition", []string{"link_id", "link_name", "user_list", "url"}},
		{"robots", false, "of groups, and what they wrote", []string{"key", "name", "messages.text"}},
		{"aibots", false, "with their keys", []string{"aibotid", "name", "keys.token", "keys.encoding_aes_key"}},
		{"suites", false, "with their keys", []string{"suite_id", "name", "secret", "keys.token", "keys.encoding_aes_key"}},
		{"conversations", false, "as seen in a chat: userid= and external_userid=, or chat_id=", []string{"time", "from", "kind", "text", "attachments.msgtype"}},
		{"appmessages", false, "that the member userid= got", []string{"time", "agentid", "msgtype", "text"}},
	}
}

func showCommand() Command {
	var words, about []string
	routes := []string{"GET tenant"}
	for _, k := range kinds() {
		words = append(words, k.name)
		about = append(about, k.name+" ("+k.about+")")
		routes = append(routes, "GET "+k.name)
		if k.one {
			routes = append(routes, "GET "+k.name+"/{id}")
		}
	}
	return Command{
		Name:     "show",
		Synopsis: []string{"", "<kind> [--corp corpid] [--offset n] [--limit n] [name=value ...]", "members|customers|groupchats|media <id>"},
		Summary:  "show what the corp holds: members, customers, chats, messages, ...",
		Description: []string{
			"Without arguments it shows the corps, their credentials, and how much they hold. In text it shows what tells things apart; -o json shows all of each.",
			"The kinds are " + strings.Join(about, ", ") + ".",
		},
		Examples: []Example{
			{"Find the id of a customer", "wecomsim show customers q=Zoe"},
			{"See what a member and a customer see", "wecomsim show conversations userid=alice external_userid=wmSIM00000000000000000001"},
		},
		Words:  words,
		Server: true,
		Output: true,
		Routes: routes,
		bind: func(flags *flag.FlagSet) func(context.Context, *call) error {
			corp := flags.String("corp", "", "of the corp `corpid`; of the first one if not given")
			offset := flags.Int("offset", 0, "leave out the first `n`")
			limit := flags.Int("limit", 100, "at most `n`")
			return func(ctx context.Context, c *call) error {
				if len(c.args) == 0 {
					if err := c.only("show without a kind"); err != nil {
						return err
					}
					return c.tenant(ctx)
				}
				i := slices.IndexFunc(kinds(), func(k kind) bool { return k.name == c.args[0] })
				switch {
				case i < 0:
					return usagef("no kind %q%s; wecomsim help show lists them", c.args[0], didYouMean(c.args[0], words))
				case *offset < 0 || *limit < 1:
					return usagef("--offset and --limit: want 0 or more, and 1 or more")
				}
				query := url.Values{}
				if *corp != "" {
					query.Set("corp", *corp)
				}
				k := kinds()[i]
				if len(c.args) == 2 && !strings.Contains(c.args[1], "=") {
					return c.showOne(ctx, k, c.args[1], query)
				}
				query.Set("offset", strconv.Itoa(*offset))
				query.Set("limit", strconv.Itoa(*limit))
				return c.showList(ctx, k, query)
			}
		},
	}
}

func (c *call) showOne(ctx context.Context, k kind, id string, query url.Values) error {
	if !k.one {
		return usagef("%s are not shown one by one", k.name)
	}
	if err := c.only("show "+k.name+" <id>", "corp"); err != nil {
		return err
	}
	var out json.RawMessage
	if err := c.get(ctx, k.name+"/"+url.PathEscape(id), query, &out); err != nil {
		return err
	}
	if !bytes.HasPrefix(out, []byte("{")) {
		return c.strange("it sends something else than a " + strings.TrimSuffix(k.name, "s"))
	}
	return c.show(out, func(w io.Writer) {
		var pretty bytes.Buffer
		_ = json.Indent(&pretty, out, "", "  ") // it was read as JSON
		fmt.Fprintln(w, pretty.String())
	})
}

func (c *call) showList(ctx context.Context, k kind, query url.Values) error {
	filters, err := pairs(c.args[1:])
	if err != nil {
		return err
	}
	for _, f := range filters {
		query.Set(f[0], f[1])
	}
	var out api.List[json.RawMessage]
	if err := c.get(ctx, k.name, query, &out); err != nil {
		return err
	}
	return c.show(out, func(w io.Writer) {
		var rows [][]string
		for _, item := range out.Items {
			var v any
			_ = json.Unmarshal(item, &v) // it was read as JSON
			var row []string
			for _, path := range k.columns {
				text := strings.Join(values(v, strings.Split(path, ".")), ",")
				if strings.HasSuffix(path, "text") || strings.HasSuffix(path, "remark") {
					text = oneLine(text, 60) // ids stay whole
				}
				row = append(row, text)
			}
			rows = append(rows, row)
		}
		columns(w, rows...)
		if shown := len(out.Items); shown < out.Total {
			fmt.Fprintf(w, "%d of %d; --offset and --limit show others\n", shown, out.Total)
		}
	})
}

// values are what stands at a path, of each element where there is a list.
func values(v any, path []string) []string {
	switch in := v.(type) {
	case []any:
		var all []string
		for _, element := range in {
			all = append(all, values(element, path)...)
		}
		return all
	case map[string]any:
		if len(path) > 0 {
			return values(in[path[0]], path[1:])
		}
	}
	if v == nil {
		return nil
	}
	return []string{plainText(v)}
}

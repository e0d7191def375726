package anylanguage_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCurl(t *testing.T) {
	sim := serve(t)
	sim.do("wecomsim", "act", "add-member", "userid=alice", "name=Alice")
	zoe, yang := sim.addCustomer("Zoe"), sim.addCustomer("杨")

	token := sim.do("curl/token.sh")
	assert.Len(t, token, 214)
	sim.env = append(sim.env, "WECOM_ACCESS_TOKEN="+token)

	assert.Equal(t, zoe+"\n"+yang, sim.do("curl/customers.sh", "alice"))
	assert.Contains(t, sim.do("curl/customer.sh", yang), `"name":"杨"`)

	t.Run("tags", func(t *testing.T) {
		sim := sim.in(t)
		core, chat := sim.do("curl/newtag.sh", "客户等级", "核心"), sim.do("curl/newtag.sh", `"quoted" \ 级`, "爱聊茶")
		assert.Empty(t, sim.do("curl/tag.sh", "alice", zoe, core, chat))

		type group struct {
			Name string `json:"group_name"`
			Tag  []struct{ ID, Name string }
		}
		groups := items[group](sim, "tags")
		require.Len(t, groups, 2)
		assert.Equal(t, "客户等级", groups[0].Name)
		assert.Equal(t, "核心", groups[0].Tag[0].Name)
		assert.Equal(t, core, groups[0].Tag[0].ID)
		assert.Equal(t, `"quoted" \ 级`, groups[1].Name)

		var customer struct {
			FollowUser []struct {
				UserID string
				TagID  []string `json:"tag_id"`
			} `json:"follow_user"`
		}
		sim.get("/_sim/customers/"+zoe, &customer)
		require.Len(t, customer.FollowUser, 1)
		assert.Equal(t, "alice", customer.FollowUser[0].UserID)
		assert.Equal(t, []string{core, chat}, customer.FollowUser[0].TagID)
	})

	t.Run("a mass message", func(t *testing.T) {
		sim := sim.in(t)
		const text = "春茶到店。\n\t\"明前\" 一斤 $(id) `x` \\ 98% off; 欢迎来品 😀"
		msgID, warning, code := sim.run(nil, "curl/send.sh", "alice", text, zoe, "wmNobody", yang)
		require.Zero(t, code, warning)
		assert.Equal(t, "cannot be sent to: wmNobody\n", warning, "a partial failure shows")

		type send struct {
			MsgID, Text string
			ChatType    string `json:"chat_type"`
			TaskList    []struct {
				UserID   string
				SendList []struct {
					ExternalUserID string `json:"external_userid"`
				} `json:"send_list"`
			} `json:"task_list"`
		}
		sends := items[send](sim, "masssends")
		require.Len(t, sends, 1)
		assert.Equal(t, msgID, sends[0].MsgID)
		assert.Equal(t, "single", sends[0].ChatType)
		assert.Equal(t, text, sends[0].Text)
		require.Len(t, sends[0].TaskList, 1)
		assert.Equal(t, "alice", sends[0].TaskList[0].UserID)
		require.Len(t, sends[0].TaskList[0].SendList, 2)
		assert.Equal(t, zoe, sends[0].TaskList[0].SendList[0].ExternalUserID)
		assert.Equal(t, yang, sends[0].TaskList[0].SendList[1].ExternalUserID)
	})

	for _, tt := range []struct {
		name string
		data []byte
	}{
		{"春茶 价目;表,1=2.txt", []byte("龙井 98\r\n\x00\xff\r\n--boundary\r\n")},
		{`he said "hi".txt`, []byte("quoted")},
		{"large.bin", bytes.Repeat([]byte("0123456789abcdef"), 1<<17)}, // curl asks with Expect: 100-continue
	} {
		t.Run(tt.name, func(t *testing.T) {
			sim := sim.in(t)
			file := filepath.Join(t.TempDir(), tt.name)
			require.NoError(t, os.WriteFile(file, tt.data, 0o600))
			mediaID := sim.do("curl/upload.sh", "file", file)

			type media struct {
				MediaID  string `json:"media_id"`
				FileName string `json:"file_name"`
				Type     string
				Size     int
			}
			list := items[media](sim, "media")
			stored := list[len(list)-1]
			assert.Equal(t, media{mediaID, strings.ReplaceAll(tt.name, `"`, "%22"), "file", len(tt.data)}, stored, "curl writes quotes so")
			assert.Equal(t, tt.data, download(t, sim.url, token, mediaID))
		})
	}
	assert.Empty(t, sim.problems())
}

// download fetches a file as any HTTP client would.
func download(t *testing.T, base, token, mediaID string) []byte {
	t.Helper()
	res, err := http.Get(base + "/cgi-bin/media/get?" + url.Values{"access_token": {token}, "media_id": {mediaID}}.Encode())
	require.NoError(t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return data
}

// The scripts end with a message, and never show a secret.
func TestCurlRefused(t *testing.T) {
	t.Parallel()
	sim := serve(t)
	sim.do("wecomsim", "act", "add-member", "userid=alice", "name=Alice")
	zoe := sim.addCustomer("Zoe")
	for _, tt := range []struct {
		name string
		env  string
		cmd  []string
		want string
	}{
		{"a wrong secret", "WECOM_SECRET=wrong-secret", []string{"curl/token.sh"}, "token.sh: gettoken: 40001 "},
		{"a wrong secret later", "WECOM_SECRET=wrong-secret", []string{"curl/customers.sh", "alice"}, "customers.sh: gettoken: 40001 "},
		{"no secret", "WECOM_SECRET=", []string{"curl/customers.sh", "alice"}, "customers.sh: set WECOM_CORP_ID and WECOM_SECRET"},
		{"a token that has died", "WECOM_ACCESS_TOKEN=wrong-secret", []string{"curl/customers.sh", "alice"}, "externalcontact/list: 40014 "},
		{"no such tag", "", []string{"curl/tag.sh", "alice", zoe, "etNone"}, "externalcontact/mark_tag: 40"},
		{"no such customer", "", []string{"curl/customer.sh", "wmNobody"}, "customer.sh: externalcontact/get: "},
		{"no file", "", []string{"curl/upload.sh", "file", "/no/such/file"}, "no answer from media/upload"},
		{"an empty file", "", []string{"curl/upload.sh", "file", "/dev/null"}, "media/upload: 44001 "},
		{"nobody there", "WECOM_BASE_URL=http://127.0.0.1:1", []string{"curl/customers.sh", "alice"}, "no answer from gettoken"},
		{"an argument too few", "", []string{"curl/send.sh", "alice", "hello"}, "send.sh: want USERID TEXT EXTERNAL_USERID..."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, errs, code := sim.in(t).run([]string{tt.env}, tt.cmd[0], tt.cmd[1:]...)
			assert.Equal(t, 1, code)
			assert.Empty(t, out)
			assert.Contains(t, errs, tt.want)
			assert.NotContains(t, errs, "wrong-secret")
			assert.NotContains(t, errs, "access_token=")
		})
	}
}

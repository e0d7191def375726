package cassette_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
	"github.com/wecomkit/wecom-go/wecom/wecomtest/cassette"
)

// A cast is everybody and everything that the story speaks of.
type cast struct {
	Cred                             wecom.Credential
	Member, Customer, Stranger       string
	Remark, Mobile, Greeting         string
	TagGroup, Tag                    string
	FileName, RobotKey, MentionedTel string
	Link                             string
}

var priceList = []byte("龙井一两 98 元，明前特级 168 元。\n")

// corp is a shop that has them.
func corp(t *testing.T) (*wecomtest.Server, *cast) {
	t.Helper()
	srv := wecomtest.New(t)
	c := &cast{
		Cred:     srv.Credential(),
		Member:   srv.AddMember(wecomtest.Member{UserID: "zhangxiaoming-0042", Name: "张小明同学", Mobile: "13812345678"}),
		Remark:   "老客户王芳芳，住在望京",
		Mobile:   "13987654321",
		Greeting: "亲爱的王芳芳：\n\"春茶\"到店 \\ 欢迎😀 — call 010-65551234",
		TagGroup: "客户等级二零二六",
		Tag:      "核心客户甲等",
		FileName: "王芳芳的报价单.txt",
		Stranger: "wmStrangerStrangerStranger00001",
	}
	c.Customer = srv.Seed().Customer(wecomtest.Customer{
		ExternalUserID: "wmWangFangFangWangFangFang00001", Name: "王芳芳女士", UnionID: "ozynqsulJFCZ2z1aYeS8h-nuasdAAA",
		Avatar: "https://wx.qlogo.cn/mmhead/WangFangFangAvatarHash/0", Gender: 2,
		FollowUser: []wecomtest.Follow{{UserID: c.Member, Description: "喜欢明前龙井茶叶", State: "spring-fair-2026", RemarkMobiles: []string{"13511112222"}}},
	})
	c.RobotKey = srv.AddRobot(wecomtest.Robot{Name: "播报机器人小助手"})
	c.MentionedTel = "13700009999"
	c.Link = "https://shop.example.com/" + c.Customer + "?m=" + c.Member
	return srv, c
}

// secrets are what must not be in a recording.
func (c *cast) secrets(srv *wecomtest.Server) []string {
	list := []string{
		c.Cred.CorpID, c.Cred.Secret, c.Member, c.Customer, c.Stranger, c.Remark, c.Mobile, c.TagGroup, c.Tag, c.FileName, c.RobotKey, c.MentionedTel,
		"张小明同学", "13812345678", "王芳芳", "望京", "春茶", "65551234", "ozynqsulJFCZ2z1aYeS8h-nuasdAAA", "WangFangFangAvatarHash", "喜欢明前", "spring-fair", "13511112222",
		string(priceList), "报价单", "播报机器人", "127.0.0.1", "203.0.113.1",
	}
	for call := range srv.Calls().All() {
		var reply struct{ MsgID, MediaID string }
		_ = json.Unmarshal([]byte(call.Response), &reply)
		list = append(list, reply.MsgID, reply.MediaID)
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// story is what an application does. It is the same with a recorder and with a
// player; only the cast is another.
func story(ctx context.Context, t *testing.T, c *cast, transport http.RoundTripper) {
	t.Helper()
	httpClient := &http.Client{Transport: transport}
	client, err := wecom.New(c.Cred, wecom.WithHTTPClient(httpClient))
	require.NoError(t, err)
	contacts, tags, messages := contact.New(client), tag.New(client), message.New(client)

	ids, err := contacts.List(ctx, c.Member)
	require.NoError(t, err)
	require.Equal(t, []string{c.Customer}, ids)
	one, err := contacts.Get(ctx, c.Customer)
	require.NoError(t, err)
	require.Equal(t, c.Member, one.FollowUser[0].UserID)

	_, err = contacts.Get(ctx, c.Stranger)
	require.Error(t, err)

	require.NoError(t, contacts.Remark(ctx, contact.RemarkRequest{UserID: c.Member, ExternalUserID: c.Customer, Remark: new(c.Remark), RemarkMobiles: []string{c.Mobile}}))
	group, err := tags.AddCorpTag(ctx, tag.AddCorpTagRequest{GroupName: c.TagGroup, Tag: []tag.AddCorpTag{{Name: c.Tag, Order: 7}}})
	require.NoError(t, err)
	require.Equal(t, c.Tag, group.Tag[0].Name)
	require.NoError(t, tags.Mark(ctx, tag.MarkRequest{UserID: c.Member, ExternalUserID: c.Customer, AddTag: []string{group.Tag[0].ID}}))

	sent, err := messages.AddMsgTemplate(ctx, message.AddMsgTemplateRequest{
		ExternalUserID: []string{c.Customer, c.Stranger}, Sender: c.Member, Text: message.Text{Content: c.Greeting},
		Attachments: message.Attachments{message.LinkAttachment{Title: c.Tag, URL: c.Link}},
	})
	require.NoError(t, err)
	require.Equal(t, []string{c.Stranger}, sent.FailList)

	up, err := client.Media().Upload(ctx, wecom.MediaTypeFile, wecom.File{Name: c.FileName, Reader: strings.NewReader(string(priceList))})
	require.NoError(t, err)
	down, err := client.Media().Get(ctx, wecom.GetMediaRequest{MediaID: up.MediaID})
	require.NoError(t, err)
	data, err := io.ReadAll(down)
	require.NoError(t, err)
	assert.Len(t, data, len(priceList))
	require.NoError(t, down.Close())
	assert.Equal(t, c.FileName, down.Filename)

	hook, err := wecom.NewWebhook(c.RobotKey, wecom.WithHTTPClient(httpClient))
	require.NoError(t, err)
	require.NoError(t, message.NewRobot(hook).Send(ctx, message.RobotText{Content: c.Greeting, MentionedList: []string{c.Member}, MentionedMobileList: []string{c.MentionedTel}}))
}

// A recorded story, and of whom it is.
type recorded struct {
	*cassette.Recorder
	cast *cast
	srv  *wecomtest.Server
	text string
}

// record tells the story to the simulator.
func record(t *testing.T, opts ...cassette.RecordOption) recorded {
	t.Helper()
	srv, c := corp(t)
	rec, err := cassette.NewRecorder(srv.URL(), append(opts, cassette.WithTransport(srv.HTTPClient().Transport))...)
	require.NoError(t, err)
	t.Cleanup(rec.Close)
	story(t.Context(), t, c, rec)
	data, err := rec.Cassette().Encode()
	require.NoError(t, err)
	return recorded{rec, c, srv, string(data)}
}

// renamed is the cast as the recording calls it.
func (c *cast) renamed(rec *cassette.Recorder, player *cassette.Player) *cast {
	p := rec.Pseudonym
	base, _ := strings.CutSuffix(c.FileName, ".txt")
	return &cast{
		Cred: player.Credential(), Member: p(c.Member), Customer: p(c.Customer), Stranger: p(c.Stranger), Remark: p(c.Remark), Mobile: p(c.Mobile),
		Greeting: p(c.Greeting), TagGroup: p(c.TagGroup), Tag: p(c.Tag), FileName: p(base) + ".txt", RobotKey: "another-key", MentionedTel: p(c.MentionedTel), Link: p(c.Link),
	}
}

func TestNothingOfAnybodyIsWritten(t *testing.T) {
	t.Parallel()
	rec := record(t)
	text := rec.text
	for _, secret := range rec.cast.secrets(rec.srv) {
		assert.NotContains(t, text, secret)
		assert.NotContains(t, text, url.QueryEscape(secret))
	}
	for _, kept := range []string{`"errcode": 40096`, `"msgtype": "text"`, `"order": 7`, `"gender": 2`, "https://wx.qlogo.cn/", `"expires_in": 7200`, `"Error-Code": "40096"`} {
		assert.Contains(t, text, kept)
	}
	assert.Regexp(t, `"external_userid": "wm[A-Za-z]{24}\d{5}"`, text, "prefix, length and kind stay")
	assert.Regexp(t, `"corpid": "ww[A-Z]{3}\d{13}"`, text)
	assert.Regexp(t, `"remark_mobiles": \[\s+"1\d{10}"`, text)
	assert.Regexp(t, `"errmsg": "invalid external userid, hint: \[\w+\], from ip: \d+\.\d+\.\d+\.\d+, more info at https://open\.work\.weixin\.qq\.com/devtool/query\?e=40096"`, text)

	_, err := cassette.Decode([]byte(text))
	require.NoError(t, err)
}

func TestReplay(t *testing.T) {
	t.Parallel()
	rec := record(t)
	player := cassette.NewPlayer(rec.Cassette())

	story(t.Context(), t, rec.cast.renamed(rec.Recorder, player), player)

	assert.Empty(t, player.Problems())
	assert.Empty(t, player.Unused())
}

// Replays that ignore the body pass whatever the application sends. Here every
// byte counts.
func TestEveryByteOfARequestCounts(t *testing.T) {
	t.Parallel()
	rec := record(t)
	recording := rec.Cassette()
	player := cassette.NewPlayer(recording)
	ask := func(in *cassette.Request, query url.Values, body string) int {
		req, err := http.NewRequest(in.Method, "https://qyapi.weixin.qq.com"+in.Path+"?"+query.Encode(), strings.NewReader(body))
		require.NoError(t, err)
		res, err := player.RoundTrip(req)
		require.NoError(t, err)
		return res.StatusCode
	}
	altered := 0
	for i := range recording.Interactions {
		in := &recording.Interactions[i].Request
		query := make(url.Values)
		for name, v := range in.Query {
			query.Set(name, v)
		}
		if len(in.Parts) == 0 {
			body := encode(t, in.Body)
			require.Equal(t, http.StatusOK, ask(in, query, body), "as it was")
			for at := range len(body) {
				other := body[:at] + string(body[at]^1) + body[at+1:]
				require.Equal(t, http.StatusNotFound, ask(in, query, other), "%s", other)
				altered++
			}
		}
		for name, v := range in.Query {
			if name == "access_token" || name == "corpsecret" || name == "key" {
				continue // who calls does not count
			}
			for at := range len(v) {
				query.Set(name, v[:at]+string(v[at]^1)+v[at+1:])
				require.Equal(t, http.StatusNotFound, ask(in, query, encode(t, in.Body)), "%s=%s", name, query.Get(name))
				altered++
			}
			query.Del(name)
			require.Equal(t, http.StatusNotFound, ask(in, query, encode(t, in.Body)), "without %s", name)
			query.Set(name, v)
		}
	}
	assert.Greater(t, altered, 900)
}

func encode(t *testing.T, body any) string {
	t.Helper()
	if body == nil {
		return ""
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	require.NoError(t, enc.Encode(body))
	return strings.TrimSuffix(b.String(), "\n")
}

// Who has two recordings cannot tell that they are of the same people.
func TestRecordingsHaveNothingInCommon(t *testing.T) {
	t.Parallel()
	rec1 := record(t)
	rec2 := record(t)
	one, two := rec1.Cassette(), rec2.Cassette()
	require.Len(t, two.Interactions, len(one.Interactions))
	for i := range one.Interactions {
		a, b := decoded(t, one.Interactions[i]), decoded(t, two.Interactions[i])
		compare(t, "", a, b)
	}
}

func decoded(t *testing.T, in cassette.Interaction) (v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(encode(t, in)), &v))
	return v
}

// compare wants two values of one shape. Texts that are long enough to be
// somebody's differ, unless the API itself made them.
func compare(t *testing.T, at string, a, b any) {
	t.Helper()
	switch a := a.(type) {
	case map[string]any:
		other, ok := b.(map[string]any)
		require.True(t, ok, at)
		for name := range a {
			require.Contains(t, other, name, at)
			compare(t, at+"."+name, a[name], other[name])
		}
		require.Len(t, other, len(a), at)
	case []any:
		other, ok := b.([]any)
		require.True(t, ok, at)
		require.Len(t, other, len(a), at)
		for i := range a {
			compare(t, at+"[]", a[i], other[i])
		}
	case string:
		other, ok := b.(string)
		require.True(t, ok, at)
		assert.Len(t, other, len(a), at)
		name := at[strings.LastIndexByte(at, '.')+1:]
		if len(a) < 6 || cassette.Harmless(name) || at == ".request.method" || at == ".request.path" || name == "sha256" || strings.HasPrefix(at, ".response.header") && !strings.HasSuffix(at, "Disposition") {
			return
		}
		assert.NotEqual(t, a, other, at)
	}
}

func TestKeptFields(t *testing.T) {
	t.Parallel()
	rec := record(t, cassette.WithKept("text.content", "group_name"), cassette.WithMedia())
	text, c := rec.text, rec.cast
	assert.Contains(t, text, `"group_name": "`+c.TagGroup+`"`)
	assert.Contains(t, text, "春茶")
	assert.Contains(t, text, `"data": "`, "the file is kept")
	assert.NotContains(t, text, c.Tag, "nobody asked for it to be kept")
	for _, secret := range []string{c.Member, c.Customer, c.Mobile, c.Cred.Secret} {
		assert.NotContains(t, text, secret)
	}
	assert.Equal(t, 1, rec.srv.Calls().Op("media/upload").Len())
}

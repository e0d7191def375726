package cassette_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest/cassette"
)

func TestCheckOfTheSimulator(t *testing.T) {
	t.Parallel()
	rec := record(t)
	assert.Empty(t, cassette.Check(rec.Cassette()), "it answers as its table says")
	c, err := cassette.Load(os.DirFS("testdata"), "shop.json")
	require.NoError(t, err)
	assert.Empty(t, cassette.Check(c))
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const story = `{"version": 1, "interactions": [
		{"request": {"method": "GET", "path": "/cgi-bin/externalcontact/get", "query": {"access_token": "x", "external_userid": "wm1", "with_phone": "1"}},
		 "response": {"status": 200, "body": {"errcode": 0, "errmsg": "ok",
			"external_contact": {"external_userid": "wm1", "name": "x", "type": "1", "gender": 1, "mood": {"happy": true}},
			"follow_user": [
				{"userid": "a", "remark": "", "description": "", "createtime": 1, "tags": [{"tag_name": 5}], "add_way": 1.5},
				{"userid": "b", "remark": "", "description": "", "createtime": "1", "tags": [{"tag_name": 5}], "add_way": 1}
			]}}},
		{"request": {"method": "GET", "path": "/cgi-bin/externalcontact/get", "query": {"access_token": "x"}},
		 "response": {"status": 200, "body": {"errcode": 40096, "errmsg": "invalid"}}},
		{"request": {"method": "POST", "path": "/cgi-bin/externalcontact/mark_tag", "query": {"access_token": "x"},
			"body": {"userid": "a", "external_userid": ["wm1"], "color": null, "tag": [{"n": 1}]}},
		 "response": {"status": 200, "body": {"errcode": 0, "errmsg": "ok"}}},
		{"request": {"method": "GET", "path": "/cgi-bin/externalcontact/mark_tag"}, "response": {"status": 200, "body": {}}},
		{"request": {"method": "GET", "path": "/cgi-bin/externalcontact/telepathy"}, "response": {"status": 200, "body": {}}},
		{"request": {"method": "POST", "path": "/cgi-bin/media/upload", "query": {"access_token": "x", "type": "file"}, "parts": [{"name": "file", "size": 1, "sha256": ""}]},
		 "response": {"status": 200, "file": {"size": 3, "sha256": ""}}},
		{"request": {"method": "GET", "path": "/cgi-bin/media/get", "query": {"access_token": "x", "media_id": "m"}}, "response": {"status": 200, "body": {"errcode": 0}}},
		{"request": {"method": "POST", "path": "/cgi-bin/menu/create", "query": {"access_token": "x", "agentid": "1"},
			"body": {"button": [{"name": "x", "type": "view", "sub_button": [{"name": "y", "type": "click", "key": "k", "shape": 1}]}]}},
		 "response": {"status": 200, "body": {"errcode": 0, "errmsg": "ok"}}}
	]}`
	c, err := cassette.Decode([]byte(story))
	require.NoError(t, err)
	var lines []string
	for _, d := range cassette.Check(c) {
		lines = append(lines, d.String())
	}
	assert.Equal(t, []string{
		"externalcontact/get: request.query.with_phone: unknown string (interaction 1)",
		"externalcontact/get: response.body.external_contact.mood: unknown object (interaction 1)",
		"externalcontact/get: response.body.external_contact.type: string, want int (interaction 1)",
		"externalcontact/get: response.body.follow_user[].add_way: number, want int (interaction 1)",
		"externalcontact/get: response.body.follow_user[].tags[].tag_name: number, want string (interaction 1, 2 times)",
		"externalcontact/get: response.body.follow_user[].tags[].type: missing, want int (interaction 1, 2 times)",
		"externalcontact/get: response.body.follow_user[].createtime: string, want unix (interaction 1)",
		"externalcontact/get: request.query.external_userid: missing, want string (interaction 2)",
		"externalcontact/mark_tag: request.body.color: unknown null (interaction 3)",
		"externalcontact/mark_tag: request.body.external_userid: array, want string (interaction 3)",
		"externalcontact/mark_tag: request.body.tag: unknown array (interaction 3)",
		"externalcontact/mark_tag: request.method: GET, want POST (interaction 4)",
		"externalcontact/telepathy: request.path: unknown endpoint (interaction 5)",
		"media/upload: request.part.file: unknown part (interaction 6)",
		"media/upload: request.part.media: missing, want file (interaction 6)",
		"media/upload: response.body: missing, want object (interaction 6)",
		"media/get: response.body: object, want file (interaction 7)",
		"menu/create: request.body.button[].sub_button[].shape: unknown number (interaction 8)",
	}, lines)
}

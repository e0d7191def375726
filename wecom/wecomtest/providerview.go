package wecomtest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// What a suite's app is told of members and customers has the ids of its
// provider, and what it sends must have them: 「企业微信账号ID安全性全面升级」
// https://developer.work.weixin.qq.com/document/path/96516

// veiled reports whether the call is of an app that knows nobody by the corp's
// own ids. Calls that convert ids take and give both kinds.
func (x *exchange) veiled() bool {
	return x.app != nil && x.app.install != nil && !strings.HasPrefix(x.path, "/cgi-bin/idconvert/") && !slices.Contains([]string{
		"/cgi-bin/externalcontact/get_new_external_userid",
		"/cgi-bin/externalcontact/groupchat/get_new_external_userid",
		"/cgi-bin/externalcontact/to_service_external_userid",
		"/cgi-bin/externalcontact/from_service_external_userid",
		"/cgi-bin/agent/get_admin_list",
	}, x.path)
}

// holdsPeople reports whether a field of that name holds ids of members or
// customers.
func holdsPeople(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "userid") || slices.Contains([]string{
		"user", "user_list", "userlist", "touser", "invaliduser", "unlicenseduser", "follow_user", "admin_list",
		"add_user_list", "del_user_list", "allow_user", "owner", "new_owner", "creator", "sender", "chairman",
		"fromusername", "oldowner", "newowner", "memchangelist",
	}, name)
}

// unveil returns what was sent, with the corp's own ids. The corp's own ids in
// it are nobody's.
func (x *exchange) unveil(v any, people bool) any {
	return mapPeople(v, people, func(id string) string {
		switch own := x.corp.openUsers[id]; {
		case own != "" && x.corp.openUserID(x.provider, own) == id:
			return own
		case x.corp.members.byID[id] != nil, x.corp.customers.byID[id] != nil:
			return "no-id-of-the-provider:" + id
		}
		if own := x.corp.externalIDs.ofProvider[id]; own != "" && x.corp.openExternalUserID(x.provider, own) == id {
			return own
		}
		return id
	})
}

// veil gives one person the provider's id.
func (c *corp) veil(p *provider, id string) string {
	switch {
	case c.members.byID[id] != nil:
		return c.openUserID(p, id)
	case c.customers.byID[id] != nil:
		return c.openExternalUserID(p, id)
	}
	return id
}

// veilReply gives everybody in a reply the provider's ids, and leaves out
// unionids.
func (x *exchange) veilReply(fields []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(fields))
	dec.UseNumber()
	var reply any
	if err := dec.Decode(&reply); err != nil {
		return nil, err
	}
	dropUnionIDs(reply)
	reply = mapPeople(reply, false, func(id string) string { return x.corp.veil(x.provider, id) })
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(reply)
	return bytes.TrimSpace(buf.Bytes()), err
}

func dropUnionIDs(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "unionid")
		for _, inner := range v {
			dropUnionIDs(inner)
		}
	case []any:
		for _, inner := range v {
			dropUnionIDs(inner)
		}
	}
}

// mapPeople returns a copy of a decoded value in which f has changed every id of
// a person. Several may stand in one text: a|b.
func mapPeople(v any, people bool, f func(id string) string) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			out[name] = mapPeople(inner, holdsPeople(name), f)
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, inner := range v {
			out = append(out, mapPeople(inner, people, f))
		}
		return out
	case string:
		if !people || v == "" {
			return v
		}
		ids := strings.Split(v, "|")
		for i := range ids {
			ids[i] = f(ids[i])
		}
		return strings.Join(ids, "|")
	default:
		return v
	}
}

// veiled is the event as a provider's app is told of it.
func (e Event) veiled(c *corp, p *provider) Event {
	e = e.clone()
	e.FromUserName = c.veil(p, e.FromUserName)
	veilElements(e.Elements, false, c, p)
	veilElements(e.suite, false, c, p)
	return e
}

func veilElements(list []Element, people bool, c *corp, p *provider) {
	for i, el := range list {
		people := people || holdsPeople(el.Name)
		switch v := el.Value.(type) {
		case []Element:
			veilElements(v, people, c, p)
		case []string:
			for j := range v {
				if people {
					v[j] = c.veil(p, v[j])
				}
			}
		case string:
			if people {
				list[i].Value = c.veil(p, v)
			}
		}
	}
}

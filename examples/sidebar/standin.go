package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

//go:embed standin/ww.js
var standInSDK []byte

const (
	standInSDKPath   = "/stand-in/ww.js"
	standInCheckPath = "/stand-in/check"
	wecomLogin       = "https://open.weixin.qq.com/"
)

// A standIn plays the WeCom client around the page, as far as the page can
// tell: whoever it sends to WeCom's login comes back as Alice, and its ww
// object knows whose chat is open and has the simulator judge the signatures.
type standIn struct {
	shop *shop
	app  http.Handler
}

func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case standInSDKPath:
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(bytes.ReplaceAll(standInSDK, []byte("CUSTOMER"), []byte(strconv.Quote(s.shop.zoe)))) //nolint:gosec // a constant of newShop
	case standInCheckPath:
		var sig wecomtest.PageSignature
		if err := json.NewDecoder(r.Body).Decode(&sig); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if err := s.shop.sim.CheckPageSignature(sig); err != nil {
			http.Error(w, "agentConfig:fail, "+err.Error(), http.StatusForbidden)
		}
	default:
		s.app.ServeHTTP(&loginShortcut{ResponseWriter: w, shop: s.shop}, r)
	}
}

// A loginShortcut leads past WeCom's login page.
type loginShortcut struct {
	http.ResponseWriter

	shop *shop
}

func (l *loginShortcut) WriteHeader(status int) {
	if to := l.Header().Get("Location"); strings.HasPrefix(to, wecomLogin) {
		l.Header().Set("Location", l.shop.sim.Act().Authorize(l.shop.alice, to))
	}
	l.ResponseWriter.WriteHeader(status)
}

// A shop is the corp behind the demo.
type shop struct {
	sim              *wecomtest.Server
	alice, bob       string
	zoe, yang, stray string // Zoe and Yang are Alice's customers, the stray one is Bob's alone
}

func newShop() *shop {
	s := &shop{sim: wecomtest.NewServer()}
	people := s.sim.Seed()
	s.alice = people.Member(wecomtest.Member{UserID: "alice", Name: "Alice"})
	s.bob = people.Member(wecomtest.Member{UserID: "bob", Name: "Bob"})
	level := s.sim.Act().AddTagGroup(wecomtest.TagGroup{GroupName: "客户等级", Tag: []wecomtest.Tag{{Name: "一般"}, {Name: "重要"}, {Name: "核心"}}})
	taste := s.sim.Act().AddTagGroup(wecomtest.TagGroup{GroupName: "口味", Tag: []wecomtest.Tag{{Name: "绿茶"}, {Name: "岩茶"}, {Name: "普洱"}, {Name: "花茶"}}})
	s.zoe = people.Customer(wecomtest.Customer{
		ExternalUserID: "wmZoe", Name: "卓依 Zoe", Gender: 2,
		FollowUser: []wecomtest.Follow{
			{
				UserID: s.alice, Remark: "卓小姐 · 春茶展", Description: "每月订两盒岩茶，送货前先打电话。", RemarkMobiles: []string{"13800000001"},
				RemarkCorpName: "依山设计工作室", AddWay: 1, State: "spring-fair",
				TagID: []string{level.Tag[1].ID, taste.Tag[1].ID}, PersonalTag: []wecomtest.PersonalTag{{GroupName: "我的", TagName: "爱聊茶"}},
			},
			{UserID: s.bob, AddWay: 4},
		},
	})
	s.yang = people.Customer(wecomtest.Customer{
		ExternalUserID: "woYang", Name: "杨帆", Type: 2, Gender: 1, CorpName: "远帆贸易", Position: "采购经理",
		FollowUser: []wecomtest.Follow{{UserID: s.alice, AddWay: 3}},
	})
	s.stray = people.Customer(wecomtest.Customer{
		ExternalUserID: "wmStray", Name: "别人的客户", FollowUser: []wecomtest.Follow{{UserID: s.bob, AddWay: 2}},
	})
	return s
}

// config is that of the app for the shop, at an address.
func (s *shop) config(url string) config {
	return config{
		URL: url, Credential: s.sim.Credential(), AgentID: s.sim.App().AgentID,
		Key: []byte("a key for the demo, good enough!"), SDK: standInSDKPath, Options: s.sim.Options(),
	}
}

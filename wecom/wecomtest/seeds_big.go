package wecomtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

const (
	bigMembers   = 600
	bigCustomers = 10_000
	bigChats     = 120
)

// TenThousandCustomers is a corp with 600 members and 10,000 customers, for
// [WithSeed]: for lists of many pages. It is always the same one, and uneven.
// staff001 has more than four thousand customers, many others have a handful, and
// staff600 only one: wm10k00001, whom everybody follows. One customer in eight
// has several members. There are 120 group chats, the first one full with 500.
func TenThousandCustomers(now time.Time) Seed {
	random := rand.New(rand.NewPCG(10_000, 0)) //nolint:gosec // a repeatable choice
	now = now.Truncate(time.Second)
	s := Seed{Corp: SeedCorp{Name: "万客集团"}, TagGroups: bigTags(now)}
	for i := range bigMembers {
		s.Members = append(s.Members, Member{UserID: bigMember(i), Name: bigName(random), Department: []int64{int64(2 + i/30)}})
	}
	for i := range bigCustomers {
		s.Customers = append(s.Customers, bigCustomer(random, i, now))
	}
	for i := range bigChats {
		g := GroupChat{
			ChatID: fmt.Sprintf("wr10k%03d", i+1), Name: fmt.Sprintf("客户群 %d", i+1), Owner: bigMember(i * i % bigMembers),
			CreateTime: now.AddDate(0, 0, -bigChats+i),
		}
		size := 2 + i%48
		if i == 0 {
			size = 499 // and the owner
		}
		for j := range size {
			g.MemberList = append(g.MemberList, GroupMember{UserID: bigCustomerID((i*97 + j*7) % bigCustomers), JoinTime: g.CreateTime.Add(time.Duration(j) * time.Minute)})
		}
		s.GroupChats = append(s.GroupChats, g)
	}
	return s
}

func bigMember(i int) string     { return fmt.Sprintf("staff%03d", i+1) }
func bigCustomerID(i int) string { return fmt.Sprintf("wm10k%05d", i+1) }

// bigTags are five groups of twenty tags.
func bigTags(now time.Time) []TagGroup {
	var groups []TagGroup
	for i, name := range []string{"分层", "来源", "城市", "行业", "意向"} {
		g := TagGroup{GroupID: fmt.Sprintf("et10k%d", i+1), GroupName: name, CreateTime: now.AddDate(-2, 0, 0)}
		for j := range 20 {
			g.Tag = append(g.Tag, Tag{ID: bigTag(i, j), Name: fmt.Sprintf("%s %d", name, j+1), CreateTime: g.CreateTime})
		}
		groups = append(groups, g)
	}
	return groups
}

func bigTag(group, tag int) string { return fmt.Sprintf("et10k%d%02d", group+1, tag+1) }

func bigCustomer(random *rand.Rand, i int, now time.Time) Customer {
	c := Customer{ExternalUserID: bigCustomerID(i), Name: bigName(random), Gender: random.IntN(3)}
	if random.IntN(20) > 0 {
		c.UnionID = fmt.Sprintf("oz10k%05d", i+1)
	}
	created := now.Add(-time.Duration(bigCustomers-i) * time.Hour) // the last ones came last
	for _, member := range bigFollowers(random, i) {
		f := Follow{UserID: bigMember(member), CreateTime: created, AddWay: 1 + random.IntN(6)}
		for group := range 5 {
			if random.IntN(3) == 0 {
				f.TagID = append(f.TagID, bigTag(group, random.IntN(20)))
			}
		}
		if random.IntN(2) == 0 {
			f.Remark = c.Name + " " + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[random.IntN(26):][:1]
		}
		c.FollowUser = append(c.FollowUser, f)
	}
	return c
}

// bigFollowers are the members who have a customer: of five customers two are
// the first member's, and of the other members the first ones have most.
func bigFollowers(random *rand.Rand, customer int) []int {
	if customer == 0 {
		all := make([]int, bigMembers)
		for i := range all {
			all[i] = i
		}
		return all
	}
	var list []int
	for n := 1 + max(0, random.IntN(24)-20); len(list) < n; {
		share := random.Float64()
		member := 1 + int(share*share*share*(bigMembers-2))
		if random.IntN(5) < 2 {
			member = 0
		}
		if !slices.Contains(list, member) {
			list = append(list, member)
		}
	}
	return list
}

// bigName is a surname and a given name.
func bigName(random *rand.Rand) string {
	surnames, given := []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"), []rune("伟芳娜敏静磊军洋勇艳杰涛明超霞平刚桂兰文")
	name := string(surnames[random.IntN(len(surnames))]) + string(given[random.IntN(len(given))])
	if random.IntN(3) > 0 {
		name += string(given[random.IntN(len(given))])
	}
	return name
}

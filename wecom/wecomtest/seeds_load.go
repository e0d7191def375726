package wecomtest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Load puts a seed into the corp, and returns it as it is there: with the ids
// that were made up. A mistake in it, such as an id that the corp has already,
// ends the test, and nothing is put in.
func (d Seeder) Load(seed Seed) Seed {
	s := d.s
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	check := checkSeed(&seed)
	check.clash(s.corp, &seed)
	if len(check.problems) > 0 {
		s.fatalf("%v", &SeedError{Problems: check.problems})
	}
	l := &seedLoader{c: s.corp, now: s.clock.Now(), check: check}
	l.reserve()
	return l.load(seed)
}

// clash finds ids that the corp has already.
func (c *seedCheck) clash(corp *corp, s *Seed) {
	known := map[seedKind]func(id string) bool{
		seedApp: func(id string) bool {
			return slices.ContainsFunc(corp.apps, func(a *app) bool { return fmt.Sprint(a.AgentID) == id })
		},
		seedMember:     func(id string) bool { return corp.members.byID[id] != nil },
		seedMemberTag:  func(id string) bool { n, _ := strconv.ParseInt(id, 10, 64); return corp.appMessages.tags[n] != nil },
		seedTagGroup:   func(id string) bool { return corp.tags.byGroup[id] != nil },
		seedTag:        func(id string) bool { return corp.tags.byID[id] != nil },
		seedMedia:      func(id string) bool { return corp.media.byID[id] != nil },
		seedCustomer:   func(id string) bool { return corp.customers.byID[id] != nil },
		seedGroupChat:  func(id string) bool { return corp.groupChats.byID[id] != nil },
		seedGreeting:   func(id string) bool { return corp.greetings.byID[id] != nil },
		seedContactWay: func(id string) bool { return corp.contactWays.byID[id] != nil },
		seedJoinWay:    func(id string) bool { return corp.joinWays.byID[id] != nil },
		seedLink:       func(id string) bool { return corp.links.byID[id] != nil },
		seedMassSend:   func(id string) bool { return corp.massSends.byID[id] != nil },
		seedMoment:     func(id string) bool { return corp.moments.byID[id] != nil },
	}
	for _, kind := range slices.Sorted(maps.Keys(c.ids)) {
		for _, id := range slices.Sorted(maps.Keys(c.ids[kind])) {
			if known[kind](id) {
				c.problemf(c.ids[kind][id], "the corp has the %s %q already", kind, id)
			}
		}
	}
	for i := range s.TagGroups {
		if name := s.TagGroups[i].GroupName; corp.tags.groupNamed(0, name) != nil && !s.TagGroups[i].Deleted {
			c.problemf(fmt.Sprintf("tag_groups[%d].group_name", i), "the corp has a group %q already", name)
		}
	}
	for i := range s.Apps {
		if slices.ContainsFunc(corp.apps, func(a *app) bool { return a.Secret == s.Apps[i].Secret }) {
			c.problemf(fmt.Sprintf("apps[%d].secret", i), "another app has it")
		}
	}
}

// seedLoader puts a seed that has no mistakes into a corp, which is locked.
type seedLoader struct {
	c     *corp
	now   time.Time
	check *seedCheck
}

// reserve lets no id that the seed brings be made up.
func (l *seedLoader) reserve() {
	for _, ids := range l.check.ids {
		for id := range ids {
			l.c.reserve(id)
		}
	}
}

// idOr returns id, or the next one that is not in the seed either.
func (l *seedLoader) idOr(id string, kind seedKind, next func(c *corp) string) string {
	for id == "" {
		if made := next(l.c); !l.check.is(kind, made) {
			id = made
		}
	}
	return id
}

func (l *seedLoader) load(seed Seed) Seed {
	l.c.name = cmp.Or(seed.Corp.Name, l.c.name)
	seed.Corp.Name = l.c.name
	seed.Members = each(seed.Members, l.member)
	seed.Apps = each(seed.Apps, l.app)
	seed.MemberTags = each(seed.MemberTags, l.memberTag)
	seed.TagGroups = each(seed.TagGroups, l.tagGroup)
	seed.Media = each(seed.Media, l.media)
	seed.Customers = each(seed.Customers, func(c Customer) Customer { return l.c.customers.add(l.c, l.now, c).clone() })
	seed.FriendRequests = each(seed.FriendRequests, l.friendRequest)
	seed.GroupChats = each(seed.GroupChats, func(g GroupChat) GroupChat { return l.c.groupChats.add(l.c, l.or(g.CreateTime), g).clone() })
	seed.GroupWelcomes = each(seed.GroupWelcomes, l.greeting)
	seed.ContactWays = each(seed.ContactWays, l.contactWay)
	seed.JoinWays = each(seed.JoinWays, l.joinWay)
	seed.AcquisitionLinks = each(seed.AcquisitionLinks, l.link)
	seed.MassSends = each(seed.MassSends, l.massSend)
	seed.Moments = each(seed.Moments, l.moment)
	seed.Conversations = each(seed.Conversations, l.conversation)
	for to := range l.c.received {
		slices.SortStableFunc(l.c.received[to], func(a, b Received) int { return a.Time.Compare(b.Time) })
	}
	return seed
}

func each[T any](list []T, load func(T) T) []T {
	var out []T
	for _, v := range list {
		out = append(out, load(v))
	}
	return out
}

// or is a time, or now.
func (l *seedLoader) or(t time.Time) time.Time {
	if t.IsZero() {
		return l.now
	}
	return t
}

func (l *seedLoader) app(a App) App {
	if a.AgentID == 0 {
		a.AgentID = firstAgentID
		for l.check.is(seedApp, fmt.Sprint(a.AgentID)) || slices.ContainsFunc(l.c.apps, func(b *app) bool { return b.AgentID == a.AgentID }) {
			a.AgentID++
		}
	}
	return l.c.addApp(a).clone()
}

func (l *seedLoader) member(m Member) Member {
	for n := len(l.c.members.order) + 1; m.UserID == ""; n++ {
		if id := fmt.Sprintf("member%d", n); l.c.members.byID[id] == nil && !l.check.is(seedMember, id) {
			m.UserID = id
		}
	}
	if m.Left {
		m.LeftTime = l.or(m.LeftTime)
	}
	l.c.members.add(m)
	return m
}

func (l *seedLoader) memberTag(t MemberTag) MemberTag {
	t.UserList = slices.Clone(t.UserList)
	l.c.appMessages.tags[t.TagID] = nonNil(slices.Clone(t.UserList))
	return t
}

func (l *seedLoader) tagGroup(g TagGroup) TagGroup {
	added := l.c.tags.add(l.c, l.now, g)
	for _, t := range g.Tag {
		t.AgentID = cmp.Or(t.AgentID, g.AgentID)
		t.Deleted = t.Deleted || g.Deleted
		l.c.tags.addTag(l.c, added.CreateTime, added, t)
	}
	return added.copy()
}

func (l *seedLoader) media(m Media) Media {
	m = m.clone()
	if len(m.Data) == 0 {
		m.Data = sampleMedia(m.Type)
	}
	m.CreateTime = l.or(m.CreateTime)
	m.MediaID = l.idOr(m.MediaID, seedMedia, l.c.media.nextID)
	return l.c.media.add(l.c, m).clone()
}

// sampleMedia is a small file of a type, or nil if there is no such type.
func sampleMedia(typ string) []byte {
	switch typ {
	case "image": // of one pixel
		return []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU" +
			"\x00\x00\x00\nIDATx\x9cch\x00\x00\x00\x82\x00\x81w\xcdr\xb6\x00\x00\x00\x00IEND\xaeB`\x82")
	case "voice":
		return []byte("#!AMR\n\x3c\x91\x17\x16")
	case "video":
		return []byte("\x00\x00\x00\x10ftypisom\x00\x00\x00\x00")
	case "file":
		return []byte("wecomtest\n")
	}
	return nil
}

func (l *seedLoader) friendRequest(r FriendRequest) FriendRequest {
	oper := r.ExternalUserID
	if r.Invited {
		oper = r.UserID
	}
	l.c.contactWays.pending[relationKey{r.UserID, r.ExternalUserID}] = friendRequest{
		follow:  Follow{UserID: r.UserID, Remark: r.Remark, AddWay: r.AddWay, State: r.State, OperUserID: oper},
		invited: r.Invited,
	}
	return r
}

func (l *seedLoader) agent(id int64) int64 { return cmp.Or(id, l.c.apps[0].AgentID) }

func (l *seedLoader) greeting(w GroupWelcome) GroupWelcome {
	w.TemplateID = l.c.idOr(w.TemplateID, "msgWelcome")
	w.AgentID = l.agent(w.AgentID)
	w.Attachments = slices.Clone(w.Attachments)
	for _, id := range w.ChatID {
		l.c.greetings.byChat[id] = w.TemplateID
	}
	stored := w
	stored.ChatID = nil // byChat has them
	l.c.greetings.byID[w.TemplateID] = &stored
	w.Attachments, w.ChatID = slices.Clone(w.Attachments), slices.Clone(w.ChatID)
	return w
}

func (l *seedLoader) contactWay(w ContactWay) ContactWay {
	s := &l.c.contactWays
	w.ConfigID = l.idOr(w.ConfigID, seedContactWay, s.nextID)
	w.Scene = cmp.Or(w.Scene, sceneQRCode)
	if w.Type == 0 {
		if w.Type = typeMulti; len(w.User) == 1 && len(w.Party) == 0 {
			w.Type = typeSingle
		}
	}
	if w.Scene == sceneQRCode {
		w.QRCode = cmp.Or(w.QRCode, "https://p.qpic.cn/wwhead/"+w.ConfigID+"/0")
	}
	if w.IsTemp {
		w.ExpiresIn, w.ChatExpiresIn = cmp.Or(w.ExpiresIn, tempContactWayLife), cmp.Or(w.ChatExpiresIn, tempChatLife)
	}
	w.CreateTime = l.or(w.CreateTime)
	stored := &contactWay{ContactWay: w}
	stored.User, stored.Party = slices.Clone(w.User), slices.Clone(w.Party)
	s.byID[w.ConfigID] = stored
	if !w.IsTemp {
		s.order = append(s.order, stored)
	}
	w.User, w.Party = slices.Clone(w.User), slices.Clone(w.Party)
	return w
}

func (l *seedLoader) joinWay(w JoinWay) JoinWay {
	s := &l.c.joinWays
	w.ConfigID = l.idOr(w.ConfigID, seedJoinWay, s.nextID)
	w.Scene = cmp.Or(w.Scene, sceneQRCode)
	w.QRCode = cmp.Or(w.QRCode, "https://p.qpic.cn/wwhead/"+w.ConfigID+"/0")
	w.AgentID = l.agent(w.AgentID)
	stored := &joinWay{JoinWay: w}
	stored.ChatIDList = slices.Clone(w.ChatIDList)
	s.byID[w.ConfigID] = stored
	w.ChatIDList = slices.Clone(w.ChatIDList)
	return w
}

func (l *seedLoader) link(a AcquisitionLink) AcquisitionLink {
	s := &l.c.links
	a.LinkID = l.idOr(a.LinkID, seedLink, s.nextID)
	a.URL = cmp.Or(a.URL, linkPrefix+a.LinkID)
	a.AgentID = l.agent(a.AgentID)
	a.CreateTime = l.or(a.CreateTime)
	stored := &acquisitionLink{AcquisitionLink: a}
	stored.UserList, stored.DepartmentList = slices.Clone(a.UserList), slices.Clone(a.DepartmentList)
	stored.PriorityUserIDList = slices.Clone(a.PriorityUserIDList)
	s.byID[a.LinkID] = stored
	s.order = append(s.order, stored)
	a.UserList, a.DepartmentList = slices.Clone(a.UserList), slices.Clone(a.DepartmentList)
	a.PriorityUserIDList = slices.Clone(a.PriorityUserIDList)
	return a
}

func (l *seedLoader) massSend(m MassSend) MassSend {
	m.MsgID = l.c.idOr(m.MsgID, "msg")
	m.ChatType = cmp.Or(m.ChatType, "single")
	m.CreateTime = l.or(m.CreateTime)
	m.Attachments, m.TaskList = slices.Clone(m.Attachments), slices.Clone(m.TaskList)
	stored := &massSend{MassSend: m}
	stored.Attachments, stored.TaskList = slices.Clone(m.Attachments), nil
	for i := range m.TaskList {
		t := &m.TaskList[i]
		t.SendList = slices.Clone(t.SendList)
		if t.Status == taskSent && t.SendTime.IsZero() {
			t.SendTime = m.CreateTime
		}
		for j := range t.SendList {
			l.massSendResult(&m, t, &t.SendList[j])
		}
		task := &massSendTask{MassSendTask: *t, choose: m.ChatType == chatGroup && len(t.SendList) == 0}
		task.SendList = slices.Clone(t.SendList)
		stored.tasks = append(stored.tasks, task)
	}
	l.c.massSends.add(stored)
	return m
}

// massSendResult lets a customer or a group chat have what was sent.
func (l *seedLoader) massSendResult(m *MassSend, t *MassSendTask, r *MassSendResult) {
	if r.Status != resultSent {
		return
	}
	if r.SendTime.IsZero() {
		r.SendTime = cmp.Or(t.SendTime, m.CreateTime)
	}
	to := cmp.Or(r.ChatID, r.ExternalUserID)
	l.c.massSends.times[to] = append(l.c.massSends.times[to], r.SendTime)
	l.c.received.add(to, Received{
		Kind: KindMassSend, Time: r.SendTime, UserID: t.UserID, MsgID: m.MsgID, Text: m.Text, Attachments: slices.Clone(m.Attachments),
	})
}

func (l *seedLoader) moment(m Moment) Moment {
	m = m.clone()
	m.MomentID = l.c.idOr(m.MomentID, "mom")
	m.CreateTime = l.or(m.CreateTime)
	for i := range m.TaskList {
		t := &m.TaskList[i]
		if t.PublishStatus == momentPublished && t.PublishTime.IsZero() {
			t.PublishTime = m.CreateTime
		}
		for _, list := range [][]MomentReaction{t.CommentList, t.LikeList} {
			for j := range list {
				list[j].CreateTime = cmp.Or(list[j].CreateTime, t.PublishTime, m.CreateTime)
			}
		}
	}
	l.c.moments.add(&m)
	return m.clone()
}

func (l *seedLoader) conversation(v Conversation) Conversation {
	v.Messages = slices.Clone(v.Messages)
	key, to := relationKey{v.UserID, v.ExternalUserID}, cmp.Or(v.ChatID, v.ExternalUserID)
	for i := range v.Messages {
		m := &v.Messages[i]
		m.Time = l.or(m.Time)
		m.Attachments = slices.Clone(m.Attachments)
		switch {
		case m.Kind != "":
			l.c.received.add(to, Received{
				Kind: m.Kind, Time: m.Time, UserID: m.From, MsgID: m.MsgID, Text: m.Text, Attachments: slices.Clone(m.Attachments),
			})
		case v.ChatID != "":
			l.c.typedInGroup(v.ChatID, m.From, m.Time, []string{m.Text})
		default:
			l.c.typed(key, m.From, m.Time, []string{m.Text})
			if l.c.talks[key].Before(m.Time) {
				l.c.talks[key] = m.Time
			}
		}
	}
	return v
}

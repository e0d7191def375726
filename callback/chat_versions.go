package callback

import (
	"container/list"
	"strings"
	"sync"
	"time"
)

// ChatVersions finds out whether an [UpdateExternalChat] was lost or overtaken
// on its way, by the versions that it carries: 「群成员版本号的使用技巧」 on
// https://developer.work.weixin.qq.com/document/path/92130. It saves the call
// that reads the group again, as long as nothing was:
//
//	switch versions.Check(e) {
//	case callback.ChatNext:
//		… apply e.MemChangeList to the members …
//		versions.Set(e.Corp(), e.ChatID, e.CurMemVer)
//	case callback.ChatFirst, callback.ChatGap:
//		… read the members with groupchat.Get …
//		versions.Set(e.Corp(), e.ChatID, group.MemberVersion)
//	}
//
// It lives in memory: after a restart Set what is stored beside the members,
// or read each group once more. It is safe for concurrent use, but the
// switch above is for one goroutine a group, as [WithWorkers] sees to.
type ChatVersions struct {
	capacity int

	mu    sync.Mutex
	chats map[chatKey]*list.Element // guarded by mu
	used  *list.List                // of *chatState, longest unused first; guarded by mu
}

// ChatOrder says how an event fits to what is known of its group's members.
type ChatOrder string

// The ways to fit.
const (
	ChatFirst ChatOrder = "first" // nothing is known of the group yet: read it
	ChatNext  ChatOrder = "next"  // in order: MemChangeList is all that changed
	ChatGap   ChatOrder = "gap"   // an event is missing, or may be: read the group again
	ChatSeen  ChatOrder = "seen"  // contained in what is known, or not about members: nothing to do
)

type chatKey struct{ corpID, chatID string }

type chatState struct {
	key     chatKey
	version string    // of the members that are known
	upTo    time.Time // they contain every change before it

	newest   string    // version after the newest event
	newestAt time.Time // when that was
}

// NewChatVersions makes a memory of at most capacity groups, some 400 bytes
// each. The longest unused goes first, and is a new one when it comes again.
func NewChatVersions(capacity int) *ChatVersions {
	return &ChatVersions{capacity: max(capacity, 1), chats: make(map[chatKey]*list.Element), used: list.New()}
}

// Check says how e fits. In doubt, as between two events of one second, it
// says [ChatGap]. Only [ChatVersions.Set] changes what is known, so an event
// that could not be worked in leaves a gap before the next.
func (v *ChatVersions) Check(e *UpdateExternalChat) ChatOrder {
	if e.CurMemVer == "" {
		return ChatSeen
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	s, at := v.use(chatKey{e.Corp(), e.ChatID}), e.At()
	if !at.Before(s.newestAt) {
		s.newest, s.newestAt = strings.Clone(e.CurMemVer), at
	}
	switch {
	case s.version == "":
		return ChatFirst
	case e.LastMemVer == s.version:
		return ChatNext
	case e.CurMemVer == s.version, at.Before(s.upTo):
		return ChatSeen
	default:
		return ChatGap
	}
}

// Set says which version the members of a group are known in: CurMemVer of an
// event whose change was applied, or MemberVersion of a group that was read.
// The latter may trail the event by some seconds; then the next event finds a
// gap.
func (v *ChatVersions) Set(corpID, chatID, version string) {
	if version == "" {
		v.Forget(corpID, chatID)
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	s := v.use(chatKey{corpID, chatID})
	s.version = strings.Clone(version)
	if version == s.newest {
		s.upTo = s.newestAt
	}
}

// Forget drops a group, as after [DismissExternalChat].
func (v *ChatVersions) Forget(corpID, chatID string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if el, ok := v.chats[chatKey{corpID, chatID}]; ok {
		v.drop(el)
	}
}

// use returns the state of a group, a new one if there is none. What it keeps
// it copies: the texts of an event are parts of the whole.
func (v *ChatVersions) use(key chatKey) *chatState {
	if el, ok := v.chats[key]; ok {
		v.used.MoveToBack(el)
		return stateOf(el)
	}
	if len(v.chats) >= v.capacity {
		v.drop(v.used.Front())
	}
	key = chatKey{strings.Clone(key.corpID), strings.Clone(key.chatID)}
	s := &chatState{key: key}
	v.chats[key] = v.used.PushBack(s)
	return s
}

func (v *ChatVersions) drop(el *list.Element) {
	delete(v.chats, stateOf(el).key)
	v.used.Remove(el)
}

func stateOf(el *list.Element) *chatState {
	return el.Value.(*chatState) //nolint:forcetypeassert // the list holds nothing else
}

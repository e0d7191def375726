package wecomtest

import (
	"crypto/md5" //nolint:gosec // WeCom compares images by it
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// updateCard is the response_type of the one reply that has no msgtype.
const updateCard = "update_template_card"

// aiBotTurn is a member's message to a robot and the answering of it.
type aiBotTurn struct {
	s       *Server
	bot     *aiBot
	chat    aiBotChat
	userID  string
	msgType string
	began   time.Time

	ended  bool
	stream *aiBotMessage
	card   bool // it was answered with one
}

func (t *aiBotTurn) over(now time.Time) bool { return t.ended || now.Sub(t.began) > maxAIBotTime }

// first takes in what the robot says to the message itself. An empty answer
// ends the turn. The caller holds s.mu.
func (t *aiBotTurn) first(reply map[string]any) {
	t.ended = true
	r := t.bot.read(t.s, "a "+t.msgType+" message", reply, "stream", "template_card", "stream_with_template_card")
	if r == nil {
		return
	}
	if stream := object(r.args, "stream"); stream != nil {
		id := str(stream, "id")
		switch {
		case id == "":
			r.problemf("stream.id is missing in the first reply")
			return
		case t.bot.streams[id]:
			r.problemf("stream.id %q is not new", id)
			return
		}
		t.bot.streams[id] = true
		t.stream = t.bot.add(t.s, t.chat, AIBotMessage{
			MsgType: "stream", StreamID: id, FeedbackID: str(object(stream, "feedback"), "id"),
		})
		t.show(stream)
	}
	t.card = r.addCard(t.chat)
	if !t.ended {
		t.refreshLater()
	}
}

// show changes what a stream says.
func (t *aiBotTurn) show(stream map[string]any) {
	if text, ok := stream["content"].(string); ok {
		t.stream.Text = text // the whole, not what is new
	}
	t.ended, _ = stream["finish"].(bool)
	t.stream.Finished = t.ended
	for _, item := range objects(stream, "msg_item") {
		data, _ := base64.StdEncoding.DecodeString(str(object(item, "image"), "base64")) // it was checked
		t.stream.Images = append(t.stream.Images, data)
	}
}

// refreshLater asks for the rest of a stream, unless its time is up by then.
// The caller holds s.mu.
func (t *aiBotTurn) refreshLater() {
	t.s.later(t.s.set.streamRefresh, streamRefresh{t})
}

// streamRefresh asks for the rest of a stream.
type streamRefresh struct{ turn *aiBotTurn }

func (r streamRefresh) run(s *Server) {
	t := r.turn
	if t.over(s.clock.Now()) {
		return
	}
	in := t.bot.newCallback(t.userID, t.chat)
	in.MsgType, in.Stream = "stream", &aiBotStream{t.stream.StreamID}
	t.bot.tell(s, Event{MsgType: "stream", FromUserName: t.userID}, in, true, t.next)
}

// next takes in what the robot says when it is asked for the rest. The caller
// holds s.mu.
func (t *aiBotTurn) next(reply map[string]any) {
	if r := t.bot.read(t.s, "a stream refresh", reply, "stream", "stream_with_template_card"); r != nil {
		t.more(r)
	}
	if !t.ended {
		t.refreshLater()
	}
}

func (t *aiBotTurn) more(r *aiBotReply) {
	stream := object(r.args, "stream")
	if id := str(stream, "id"); id != "" && id != t.stream.StreamID {
		r.problemf("stream.id is %q, asked was for %q", id, t.stream.StreamID)
		return
	}
	if id := str(object(stream, "feedback"), "id"); id != "" && id != t.stream.FeedbackID {
		r.problemf("stream.feedback counts in the first reply only")
	}
	if t.card && r.args["template_card"] != nil {
		r.problemf("the message was answered with a template_card before")
		return
	}
	t.show(stream)
	t.card = r.addCard(t.chat) || t.card
}

// aiBotReply is what a robot answers, well formed and allowed here.
type aiBotReply struct {
	s    *Server
	bot  *aiBot
	name string // of the reply, for problems
	args map[string]any
}

func (r *aiBotReply) problemf(format string, args ...any) {
	r.s.problemf("%s: %s", r.name, strings.ReplaceAll(fmt.Sprintf(format, args...), "wecomtest: ", ""))
}

// read checks a reply. It returns nil for an empty one, and for one that WeCom
// would not take, of which the test hears. The caller holds s.mu.
func (b *aiBot) read(s *Server, to string, args map[string]any, allowed ...string) *aiBotReply {
	if args == nil {
		return nil
	}
	r := &aiBotReply{s: s, bot: b, name: "callback of robot " + b.AIBotID + ": reply to " + to, args: args}
	kind := str(args, "msgtype")
	if kind == "" {
		kind = str(args, "response_type")
	}
	if !slices.Contains(allowed, kind) {
		want := "nothing"
		if len(allowed) > 0 {
			want = strings.Join(allowed, " or ")
		}
		r.problemf("%q where WeCom takes %s", kind, want)
		return nil
	}
	v := &validator{}
	v.object("", args, aiBotReplyFields(kind))
	if to == "enter_chat" && object(args, "template_card")["feedback"] != nil {
		v.odd = append(v.odd, "template_card.feedback is not a field of a welcome")
	}
	if card := object(args, "template_card"); card != nil && v.refusal == nil {
		v.aiBotCard(card, kind == updateCard)
	}
	if v.refusal == nil {
		checkStreamItems(v, object(args, "stream"))
	}
	for _, odd := range v.odd {
		r.problemf("%s", odd)
	}
	if v.refusal != nil {
		r.problemf("%s", v.refusal.Msg)
		return nil
	}
	return r
}

// aiBotReplyFields are the fields of a passive reply. The template card is that
// of an active one.
func aiBotReplyFields(kind string) []field {
	feedback := field{Name: "feedback", Type: "object", Fields: []field{{Name: "id", Type: "string", MaxBytes: 256}}}
	image := field{Name: "image", Type: "object", Required: true, Fields: []field{
		{Name: "base64", Type: "string", Required: true},
		{Name: "md5", Type: "string", Required: true},
	}}
	card := aiBotCardField()
	head := field{Name: "msgtype", Type: "string", Required: true}
	stream := field{Name: "stream", Type: "object", Required: true, Fields: []field{
		{Name: "id", Type: "string"},
		{Name: "finish", Type: "bool"},
		{Name: "content", Type: "string", MaxBytes: 20480},
		{Name: "msg_item", Type: "array", MaxItems: 10, Items: &field{Type: "object", Fields: []field{
			{Name: "msgtype", Type: "string", Required: true, Enum: []any{"image"}}, image,
		}}},
		feedback,
	}}
	switch kind {
	case "text":
		return []field{head, {Name: "text", Type: "object", Required: true, Fields: []field{
			{Name: "content", Type: "string", Required: true},
		}}}
	case "stream":
		return []field{head, stream}
	case "stream_with_template_card":
		return []field{head, stream, card}
	case updateCard:
		card.Required = true
		return []field{{Name: "response_type", Type: "string", Required: true}, {Name: "userids", Type: "array", Items: &field{Type: "string"}}, card}
	default: // template_card
		card.Required = true
		return []field{head, card}
	}
}

// checkStreamItems checks the images of a stream.
func checkStreamItems(v *validator, stream map[string]any) {
	items := objects(stream, "msg_item")
	if finish, _ := stream["finish"].(bool); len(items) > 0 && !finish {
		v.refusef(40058, "stream.msg_item", "comes before finish is true")
		return
	}
	for i, item := range items {
		path, image := fmt.Sprintf("stream.msg_item[%d].image", i), object(item, "image")
		data, err := base64.StdEncoding.DecodeString(str(image, "base64"))
		sum := md5.Sum(data) //nolint:gosec // see the import
		switch {
		case err != nil:
			v.refusef(40058, path+".base64", "is no base64")
		case !strings.EqualFold(str(image, "md5"), hex.EncodeToString(sum[:])):
			v.refusef(301019, path+".md5", "is not of this image")
		case len(data) > maxAIBotImage:
			v.refusef(40006, path, "is over 10 MB")
		case !isFormat("image", data):
			v.refusef(40004, path, "is neither JPG nor PNG")
		}
	}
}

// addCard adds the reply's card to a chat, and reports whether it has one. The
// caller holds s.mu.
func (r *aiBotReply) addCard(chat aiBotChat) bool {
	card := object(r.args, "template_card")
	if card == nil {
		return false
	}
	if err := r.bot.sendCard(r.s, chat, card, ""); err != nil {
		r.problemf("%v", err)
		return false
	}
	return true
}

// sendCard adds a new card to a chat. As cards cannot quote, an empty message
// before it does. The caller holds s.mu.
func (b *aiBot) sendCard(s *Server, chat aiBotChat, card map[string]any, quoteID string) error {
	taskID := str(card, "task_id")
	if taskID != "" && b.tasks[taskID] {
		return Refuse(42014, "wecomtest: template_card.task_id "+taskID+" was used before")
	}
	shown, err := newAIBotCard(card)
	if err != nil {
		return err
	}
	b.tasks[taskID] = true
	if quoteID != "" {
		b.add(s, chat, AIBotMessage{MsgType: "markdown", QuoteID: quoteID, Finished: true})
	}
	b.add(s, chat, AIBotMessage{MsgType: "template_card", Card: shown.card, FeedbackID: shown.feedbackID, Finished: true})
	return nil
}

func newAIBotCard(card map[string]any) (aiBotCard, error) {
	raw, err := json.Marshal(card)
	return aiBotCard{raw, str(object(card, "feedback"), "id")}, err
}

// updateCard puts another card in the place of the one that was clicked, for
// all or for some. The caller holds s.mu.
func (r *aiBotReply) updateCard(m *aiBotMessage, taskID string) {
	card := object(r.args, "template_card")
	if got := str(card, "task_id"); got != taskID {
		r.problemf("template_card.task_id is %q, that of the callback %q", got, taskID)
		return
	}
	now, err := newAIBotCard(card)
	if err != nil {
		r.problemf("%v", err)
		return
	}
	userIDs, _ := r.args["userids"].([]any)
	switch {
	case len(userIDs) > 0 && m.chat.chatID == "":
		r.problemf("userids has an effect in groups only")
	case len(userIDs) > 0:
		if m.seen == nil {
			m.seen = make(map[string]aiBotCard)
		}
		for _, id := range userIDs {
			userID, _ := id.(string)
			if userID = r.s.corp.userID(userID); userID == "" {
				r.problemf("userids: no member %q", id)
				continue
			}
			m.seen[userID] = now
		}
		return
	}
	m.seen = nil
	m.Card, m.FeedbackID = now.card, now.feedbackID
}

// passiveJSON decrypts the message of an answer in JSON; an empty answer has
// none.
func (cb *callback) passiveJSON(p *parcel, a Attempt) string {
	if a.Err != "" || a.Status != http.StatusOK || strings.TrimSpace(a.Response) == "" {
		return ""
	}
	text, err := cb.openJSON(p, a.Response)
	if err != nil {
		cb.s.problemf("callback of robot %s: passive reply: %v", cb.bot.AIBotID, err)
		return ""
	}
	return text
}

func (cb *callback) openJSON(p *parcel, response string) (string, error) {
	envelope, ok := parseBody([]byte(response))
	if !ok {
		return "", fmt.Errorf("neither empty nor JSON: %s", clip(response))
	}
	v := &validator{}
	v.object("", envelope, []field{
		{Name: "encrypt", Type: "string", Required: true},
		{Name: "msgsignature", Type: "string", Required: true},
		{Name: "timestamp", Type: "int", Required: true, Min: new(int64(1)), Max: new(int64(maxSeconds))},
		{Name: "nonce", Type: "string", Required: true},
	})
	for _, odd := range v.odd {
		cb.s.problemf("callback of robot %s: passive reply: %s", cb.bot.AIBotID, odd)
	}
	if v.refusal != nil {
		return "", v.refusal
	}
	encrypted, nonce := str(envelope, "encrypt"), str(envelope, "nonce")
	if want := p.query.Get("nonce"); nonce != want {
		return "", fmt.Errorf("nonce is %q, that of the callback %q", nonce, want)
	}
	if p.keys.Sign(fmt.Sprint(envelope["timestamp"]), nonce, encrypted) != str(envelope, "msgsignature") {
		return "", errors.New("wrong signature")
	}
	text, err := p.keys.Decrypt(encrypted)
	if err != nil {
		return "", err
	}
	if _, ok := parseBody([]byte(text)); !ok || !utf8.ValidString(text) {
		return "", fmt.Errorf("the message is no JSON object in UTF-8: %s", clip(text))
	}
	return text, nil
}

package wecomtest

import (
	"crypto/md5" //nolint:gosec // WeCom compares images by it
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Robot writes into one group, for whoever has its key: 消息推送, once called
// 群机器人.
type Robot struct {
	Key  string `json:"key,omitzero"` // "" is a made-up one
	Name string `json:"name,omitzero"`
}

// A RobotMessage is what a robot wrote into its group.
type RobotMessage struct {
	Time    time.Time       `json:"time"`
	MsgType string          `json:"msgtype,omitzero"`
	Text    string          `json:"text,omitzero"` // of text, markdown and markdown_v2
	Body    json.RawMessage `json:"body,omitzero"` // the object named like MsgType, as it was sent
}

const (
	robotPerMinute = 20
	maxRobotImage  = 2 * megabyte
)

// robotStore has the robots by their keys.
type robotStore map[string]*robot

type robot struct {
	Robot
	messages []RobotMessage
	recent   []time.Time // of the last minute's messages
}

func robotHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/webhook/send":         handle(sendRobotMessage),
		"/cgi-bin/webhook/upload_media": handle(uploadRobotMedia),
	}
}

// robot returns whose key the caller has.
func (x *exchange) robot() (*robot, error) {
	r := x.corp.robots[x.token]
	if r == nil {
		return nil, Refuse(93000, "invalid webhook url")
	}
	return r, nil
}

type sendRobotMessageRequest struct {
	MsgType string `json:"msgtype"`
}

func sendRobotMessage(x *exchange, req sendRobotMessageRequest) (any, error) {
	r, err := x.robot()
	if err != nil {
		return nil, err
	}
	body, ok := x.args[req.MsgType].(map[string]any)
	if !ok {
		return nil, Refuse(40063, "wecomtest: "+req.MsgType+" is missing")
	}
	if err := x.checkRobotBody(r, req.MsgType, body); err != nil {
		return nil, err
	}
	r.recent = slices.DeleteFunc(r.recent, func(t time.Time) bool { return x.now.Sub(t) >= time.Minute })
	if len(r.recent) >= robotPerMinute {
		return nil, Refuse(45009, "api freq out of limit")
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r.recent = append(r.recent, x.now)
	r.messages = append(r.messages, RobotMessage{Time: x.now, MsgType: req.MsgType, Text: str(body, "content"), Body: raw})
	return nil, nil
}

func (x *exchange) checkRobotBody(r *robot, msgType string, body map[string]any) error {
	switch msgType {
	case "image":
		return checkRobotImage(str(body, "base64"), str(body, "md5"))
	case "file", "voice":
		return x.robotFile(r, str(body, "media_id"), msgType)
	case "template_card":
		needs := []cardNeed{{42045, []string{"card_action"}}}
		if str(body, "card_type") == "news_notice" {
			needs = append(needs, cardNeed{42044, []string{"card_image"}})
		}
		return checkCard(body, needs, func(mediaID string) error { return x.robotFile(r, mediaID, "file") })
	}
	return nil
}

func checkRobotImage(text, sum string) error {
	data, err := base64.StdEncoding.DecodeString(text)
	got := md5.Sum(data) //nolint:gosec // see the import
	switch {
	case err != nil:
		return Refuse(40058, "wecomtest: image.base64 is no base64")
	case !strings.EqualFold(sum, hex.EncodeToString(got[:])):
		return Refuse(301019, "wecomtest: image.md5 is not of this image")
	case len(data) > maxRobotImage:
		return Refuse(93018, "wecomtest: the image is over 2 MB")
	case !isFormat("image", data):
		return Refuse(40004, "invalid media type")
	}
	return nil
}

// robotFile checks a file that the robot itself must have uploaded.
func (x *exchange) robotFile(r *robot, mediaID, typ string) error {
	m := x.corp.media.byID[mediaID]
	if m == nil || m.robot != r.Key || m.Type != typ || x.now.Sub(m.CreateTime) >= mediaLife {
		return Refuse(40007, "invalid media_id")
	}
	return nil
}

type uploadRobotMediaRequest struct {
	Type string `json:"type"`
}

func uploadRobotMedia(x *exchange, req uploadRobotMediaRequest) (any, error) {
	r, err := x.robot()
	if err != nil {
		return nil, err
	}
	most := 20 * megabyte
	if req.Type == "voice" {
		most = 2 * megabyte
	}
	if err := x.checkFile(minMedia, most, 40006, 45001); err != nil {
		return nil, err
	}
	if !isFormat(req.Type, x.file.Data) {
		return nil, Refuse(40004, "invalid media type")
	}
	m := x.corp.media.add(x.corp, Media{
		Type: req.Type, FileName: x.file.Name, Data: x.file.Data, CreateTime: x.now, robot: r.Key,
	})
	return uploadMediaReply{m.Type, m.MediaID, strconv.FormatInt(x.now.Unix(), 10)}, nil
}

// AddRobot lets somebody add a robot to a group, and returns its key.
func (s *Server) AddRobot(r Robot) string {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Key == "" {
		h := s.corp.hex("robot", len(s.corp.robots)+1)
		r.Key = strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
	}
	if s.corp.robots[r.Key] != nil {
		s.fatalf("wecomtest: AddRobot: the key is taken")
	}
	s.corp.robots[r.Key] = &robot{Robot: r}
	return r.Key
}

// RemoveRobot lets somebody take a robot out of its group.
func (a Actor) RemoveRobot(key string) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	if a.s.corp.robots[key] == nil {
		a.s.fatalf("wecomtest: RemoveRobot: no such robot")
	}
	delete(a.s.corp.robots, key)
}

// RobotMessages returns what a robot wrote, oldest first.
func (s *Server) RobotMessages(key string) []RobotMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []RobotMessage{}
	if r := s.corp.robots[key]; r != nil {
		for _, m := range r.messages {
			m.Body = slices.Clone(m.Body)
			list = append(list, m)
		}
	}
	return list
}

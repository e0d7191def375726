package wecomtest

import "time"

const (
	typeSingle = 1
	typeMulti  = 2

	sceneMiniProgram = 1
	sceneQRCode      = 2
)

func contactWayHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/add_contact_way":    handle(addContactWay),
		"/cgi-bin/externalcontact/get_contact_way":    handle(getContactWay),
		"/cgi-bin/externalcontact/list_contact_way":   handle(listContactWay),
		"/cgi-bin/externalcontact/update_contact_way": handle(updateContactWay),
		"/cgi-bin/externalcontact/del_contact_way":    handle(delContactWay),
		"/cgi-bin/externalcontact/close_temp_chat":    handle(closeTempChat),
	}
}

// contactWayRequest is what add and update take; nil leaves a thing as it is.
type contactWayRequest struct {
	ConfigID      string       `json:"config_id"`
	Type          int          `json:"type"`
	Scene         int          `json:"scene"`
	IsTemp        bool         `json:"is_temp"`
	IsExclusive   bool         `json:"is_exclusive"`
	Style         *int         `json:"style"`
	Remark        *string      `json:"remark"`
	SkipVerify    *bool        `json:"skip_verify"`
	State         *string      `json:"state"`
	User          []string     `json:"user"`
	Party         []int64      `json:"party"`
	ExpiresIn     *int64       `json:"expires_in"`
	ChatExpiresIn *int64       `json:"chat_expires_in"`
	UnionID       *string      `json:"unionid"`
	MarkSource    *bool        `json:"mark_source"`
	Conclusions   *conclusions `json:"conclusions"`
}

// conclusions are sent to the customer when a temporary chat ends.
type conclusions struct {
	Text *struct {
		Content string `json:"content"`
	} `json:"text,omitempty"`
	Image *struct {
		MediaID string `json:"media_id,omitempty"`
		PicURL  string `json:"pic_url,omitempty"`
	} `json:"image,omitempty"`
	Link *struct {
		Title  string `json:"title"`
		PicURL string `json:"picurl"`
		Desc   string `json:"desc"`
		URL    string `json:"url"`
	} `json:"link,omitempty"`
	MiniProgram *struct {
		Title      string `json:"title"`
		PicMediaID string `json:"pic_media_id"`
		AppID      string `json:"appid"`
		Page       string `json:"page"`
	} `json:"miniprogram,omitempty"`
}

// settle keeps one attachment, the image before the link before the mini
// program, and gives the image its URL.
func (x *exchange) settle(con *conclusions) error {
	if con.Text != nil && con.Text.Content == "" {
		con.Text = nil
	}
	switch {
	case con.Image != nil:
		if err := x.usable(con.Image.MediaID, "image", 0); err != nil {
			return err
		}
		con.Image.PicURL, con.Image.MediaID = "https://p.qpic.cn/pic_wework/"+con.Image.MediaID, ""
		con.Link, con.MiniProgram = nil, nil
	case con.Link != nil:
		con.MiniProgram = nil
	case con.MiniProgram != nil && con.MiniProgram.PicMediaID != "":
		return x.usable(con.MiniProgram.PicMediaID, "image", 0)
	case con.MiniProgram == nil && con.Text == nil:
		return Refuse(40063, "wecomtest: conclusions is empty")
	}
	return nil
}

type addContactWayReply struct {
	ConfigID string `json:"config_id"`
	QRCode   string `json:"qr_code,omitempty"`
}

func addContactWay(x *exchange, req contactWayRequest) (any, error) {
	way := &contactWay{ContactWay: ContactWay{
		Type:        req.Type,
		Scene:       req.Scene,
		SkipVerify:  true,
		IsTemp:      req.IsTemp,
		IsExclusive: req.IsExclusive,
		MarkSource:  true,
	}}
	if req.Scene == sceneMiniProgram {
		way.Style = 1
	}
	if req.IsTemp {
		way.ExpiresIn, way.ChatExpiresIn = tempContactWayLife, tempChatLife
	}
	if err := x.apply(way, req); err != nil {
		return nil, err
	}
	if err := x.corp.contactWays.add(x.corp, x.now, way); err != nil {
		return nil, err
	}
	return addContactWayReply{way.ConfigID, way.QRCode}, nil
}

// apply changes a contact way as far as the request says, or not at all.
func (x *exchange) apply(way *contactWay, req contactWayRequest) error {
	next := *way
	set(&next.Remark, req.Remark)
	set(&next.SkipVerify, req.SkipVerify)
	set(&next.State, req.State)
	set(&next.MarkSource, req.MarkSource)
	if way.Scene == sceneMiniProgram {
		set(&next.Style, req.Style)
	}
	if req.User != nil {
		next.User = req.User
	}
	if req.Party != nil && way.Type == typeMulti {
		next.Party = req.Party
	}
	if way.IsTemp {
		if err := x.applyTemporary(&next, req); err != nil {
			return err
		}
	}
	if next.Style > 2 && next.Type == typeMulti {
		return Refuse(41042, "wecomtest: no such style for several members")
	}
	if err := x.checkUsers(&next); err != nil {
		return err
	}
	*way = next
	return nil
}

// applyTemporary changes what only temporary contact ways have.
func (x *exchange) applyTemporary(way *contactWay, req contactWayRequest) error {
	set(&way.UnionID, req.UnionID)
	if err := setSeconds(&way.ExpiresIn, req.ExpiresIn); err != nil {
		return err
	}
	if err := setSeconds(&way.ChatExpiresIn, req.ChatExpiresIn); err != nil {
		return err
	}
	if req.Conclusions == nil {
		return nil
	}
	way.conclusions = req.Conclusions
	return x.settle(way.conclusions)
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

// setSeconds takes 0 as absent.
func setSeconds(field *time.Duration, value *int64) error {
	switch {
	case value == nil, *value == 0:
	case *value < 0, *value > int64(maxTempLife/time.Second):
		return Refuse(40058, "wecomtest: a temporary contact way or chat lasts 14 days at most")
	default:
		*field = time.Duration(*value) * time.Second
	}
	return nil
}

// checkUsers checks whom a contact way leads to.
func (x *exchange) checkUsers(way *contactWay) error {
	switch {
	case way.IsTemp && way.Type != typeSingle:
		return Refuse(41039, "wecomtest: a temporary contact way is for one member")
	case way.Type == typeSingle && len(way.User) > 1:
		return Refuse(41041, "wecomtest: a contact way of type 1 is for one member")
	case len(way.User) == 0 && len(way.Party) == 0:
		return Refuse(40063, "wecomtest: the contact way names nobody")
	}
	for _, id := range way.User {
		m, err := x.corp.follower(x, id)
		if err == nil {
			err = m.fit()
		}
		if err != nil {
			return err
		}
	}
	for _, party := range way.Party {
		if !x.corp.hasParty(party) {
			return Refuse(60123, "invalid party id")
		}
	}
	if len(way.users(x.corp)) > maxContactWayUsers {
		return Refuse(41041, "wecomtest: the contact way names too many members")
	}
	return nil
}

type configIDRequest struct {
	ConfigID string `json:"config_id"`
}

// contactWay returns the contact way of that id, or the refusal.
func (x *exchange) contactWay(configID string) (*contactWay, error) {
	if way := x.corp.contactWays.byID[configID]; way != nil {
		return way, nil
	}
	return nil, Refuse(41044, "wecomtest: no contact way has that config_id")
}

type getContactWayReply struct {
	ContactWay contactWayWire `json:"contact_way"`
}

type contactWayWire struct {
	ConfigID      string       `json:"config_id"`
	Type          int          `json:"type"`
	Scene         int          `json:"scene"`
	Style         int          `json:"style,omitempty"`
	Remark        string       `json:"remark"`
	SkipVerify    bool         `json:"skip_verify"`
	State         string       `json:"state"`
	QRCode        string       `json:"qr_code,omitempty"`
	User          []string     `json:"user"`
	Party         []int64      `json:"party"`
	IsTemp        bool         `json:"is_temp"`
	ExpiresIn     int64        `json:"expires_in,omitempty"`
	ChatExpiresIn int64        `json:"chat_expires_in,omitempty"`
	UnionID       string       `json:"unionid,omitempty"`
	MarkSource    bool         `json:"mark_source"`
	Conclusions   *conclusions `json:"conclusions,omitempty"`
}

func getContactWay(x *exchange, req configIDRequest) (any, error) {
	way, err := x.contactWay(req.ConfigID)
	if err != nil {
		return nil, err
	}
	return getContactWayReply{contactWayWire{
		ConfigID:      way.ConfigID,
		Type:          way.Type,
		Scene:         way.Scene,
		Style:         way.Style,
		Remark:        way.Remark,
		SkipVerify:    way.SkipVerify,
		State:         way.State,
		QRCode:        way.QRCode,
		User:          nonNil(way.User),
		Party:         nonNil(way.Party),
		IsTemp:        way.IsTemp,
		ExpiresIn:     int64(way.ExpiresIn / time.Second),
		ChatExpiresIn: int64(way.ChatExpiresIn / time.Second),
		UnionID:       way.UnionID,
		MarkSource:    way.MarkSource,
		Conclusions:   way.conclusions,
	}}, nil
}

type listContactWayRequest struct {
	StartTime int64  `json:"start_time"`
	EndTime   int64  `json:"end_time"`
	Cursor    string `json:"cursor"`
	Limit     int    `json:"limit"`
}

type listContactWayReply struct {
	ContactWay []configIDRequest `json:"contact_way"`
	NextCursor string            `json:"next_cursor"`
}

// listContactWay shows none that is older than the API's records, which begin
// on 2021-07-10.
func listContactWay(x *exchange, req listContactWayRequest) (any, error) {
	start, end := x.now.AddDate(0, 0, -90).Unix(), x.now.Unix()
	if req.StartTime > 0 {
		start = req.StartTime
	}
	if req.EndTime > 0 {
		end = req.EndTime
	}
	start = max(start, time.Date(2021, time.July, 10, 0, 0, 0, 0, chinaTime()).Unix())
	found := []configIDRequest{}
	for _, way := range x.corp.contactWays.order {
		if t := way.CreateTime.Unix(); start <= t && t <= end {
			found = append(found, configIDRequest{way.ConfigID})
		}
	}
	from, to, next, err := x.page(len(found), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	return listContactWayReply{found[from:to], next}, nil
}

func updateContactWay(x *exchange, req contactWayRequest) (any, error) {
	way, err := x.contactWay(req.ConfigID)
	if err != nil {
		return nil, err
	}
	if !way.live(x.now) {
		return nil, Refuse(41044, "wecomtest: the temporary contact way has ended")
	}
	return nil, x.apply(way, req)
}

func delContactWay(x *exchange, req configIDRequest) (any, error) {
	way, err := x.contactWay(req.ConfigID)
	if err != nil {
		return nil, err
	}
	x.corp.contactWays.remove(way)
	return nil, nil
}

type closeTempChatRequest struct {
	UserID         string `json:"userid"`
	ExternalUserID string `json:"external_userid"`
}

func closeTempChat(x *exchange, req closeTempChatRequest) (any, error) {
	if _, _, err := x.customerOf(req.UserID, req.ExternalUserID); err != nil {
		return nil, err
	}
	key := relationKey{req.UserID, req.ExternalUserID}
	until, ok := x.corp.contactWays.chats[key]
	if !ok || !x.now.Before(until) {
		return nil, Refuse(40058, "wecomtest: no temporary chat is open")
	}
	delete(x.corp.contactWays.chats, key)
	return nil, nil
}

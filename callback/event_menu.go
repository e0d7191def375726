package callback

func newMenuEvent(h *Header) Event {
	switch h.event() {
	case "click":
		return new(Click)
	case "view":
		return new(View)
	case "view_miniprogram":
		return new(ViewMiniprogram)
	case "scancode_push":
		return new(ScancodePush)
	case "scancode_waitmsg":
		return new(ScancodeWaitmsg)
	case "pic_sysphoto":
		return new(PicSysphoto)
	case "pic_photo_or_album":
		return new(PicPhotoOrAlbum)
	case "pic_weixin":
		return new(PicWeixin)
	case "location_select":
		return new(LocationSelect)
	case "LOCATION":
		return new(Location)
	default:
		return new(Unknown)
	}
}

// Click: a member tapped a menu button of the app that asks for a message.
// FromUserName is the member, here and in all events of the menu; a button that
// only opens a submenu reports nothing.
//
// 「点击菜单拉取消息的事件推送」 https://developer.work.weixin.qq.com/document/path/90240
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/90376
type Click struct {
	Header

	EventKey string // key of the button
}

func (v *Click) decode(e element) { v.EventKey = e.text("EventKey") }

// View: a member tapped a menu button that opens a web page.
//
// 「点击菜单跳转链接的事件推送」 https://developer.work.weixin.qq.com/document/path/90240
type View struct {
	Header

	EventKey string // the URL
}

func (v *View) decode(e element) { v.EventKey = e.text("EventKey") }

// ViewMiniprogram: a member tapped a menu button that opens a mini program.
//
// 「点击菜单跳转小程序的事件推送」 https://developer.work.weixin.qq.com/document/path/90240
type ViewMiniprogram struct {
	Header

	EventKey string // the page of the mini program
}

func (v *ViewMiniprogram) decode(e element) { v.EventKey = e.text("EventKey") }

// ScancodePush: a member scanned a code by a menu button.
//
// 「扫码推事件的事件推送」 https://developer.work.weixin.qq.com/document/path/90240
type ScancodePush struct {
	Header

	EventKey     string       // key of the button
	ScanCodeInfo ScanCodeInfo // what was scanned
}

func (v *ScancodePush) decode(e element) {
	v.EventKey = e.text("EventKey")
	v.ScanCodeInfo = readScanCodeInfo(e.find("ScanCodeInfo"))
}

// ScancodeWaitmsg: a member scanned a code by a menu button, and is shown that
// a message will come.
//
// 「扫码推事件且弹出“消息接收中”提示框的事件推送」 https://developer.work.weixin.qq.com/document/path/90240
type ScancodeWaitmsg struct {
	Header

	EventKey     string       // key of the button
	ScanCodeInfo ScanCodeInfo // what was scanned
}

func (v *ScancodeWaitmsg) decode(e element) {
	v.EventKey = e.text("EventKey")
	v.ScanCodeInfo = readScanCodeInfo(e.find("ScanCodeInfo"))
}

// ScanCodeInfo is a code that was scanned.
type ScanCodeInfo struct {
	ScanType   ScanType // kind of the code
	ScanResult string   // what the code says
}

// ScanType is the kind of a code.
type ScanType string

// ScanTypeQRCode is the kind that most codes have, and the only one with a
// documented name.
const ScanTypeQRCode ScanType = "qrcode"

func readScanCodeInfo(e element) ScanCodeInfo {
	return ScanCodeInfo{
		ScanType:   ScanType(e.word("ScanType")),
		ScanResult: e.text("ScanResult"),
	}
}

// PicSysphoto: a member took pictures by a menu button and sends them. Each
// comes as an [ImageMessage].
//
// 「弹出系统拍照发图的事件推送」 https://developer.work.weixin.qq.com/document/path/90240
type PicSysphoto struct {
	Header

	EventKey     string       // key of the button
	SendPicsInfo SendPicsInfo // the pictures
}

func (v *PicSysphoto) decode(e element) {
	v.EventKey = e.text("EventKey")
	v.SendPicsInfo = readSendPicsInfo(e.find("SendPicsInfo"))
}

// PicPhotoOrAlbum: a member took or chose pictures by a menu button and sends
// them. Each comes as an [ImageMessage].
//
// 「弹出拍照或者相册发图的事件推送」 https://developer.work.weixin.qq.com/document/path/90240
type PicPhotoOrAlbum struct {
	Header

	EventKey     string       // key of the button
	SendPicsInfo SendPicsInfo // the pictures
}

func (v *PicPhotoOrAlbum) decode(e element) {
	v.EventKey = e.text("EventKey")
	v.SendPicsInfo = readSendPicsInfo(e.find("SendPicsInfo"))
}

// PicWeixin: a member chose pictures from the WeChat album by a menu button and
// sends them. Each comes as an [ImageMessage].
//
// 「弹出微信相册发图器的事件推送」 https://developer.work.weixin.qq.com/document/path/90240
type PicWeixin struct {
	Header

	EventKey     string       // key of the button
	SendPicsInfo SendPicsInfo // the pictures
}

func (v *PicWeixin) decode(e element) {
	v.EventKey = e.text("EventKey")
	v.SendPicsInfo = readSendPicsInfo(e.find("SendPicsInfo"))
}

// SendPicsInfo lists the pictures that a member sends.
type SendPicsInfo struct {
	Count   int // how many
	PicList []PicItem
}

// A PicItem is one picture.
type PicItem struct {
	PicMD5Sum string // MD5 of the picture, to tell which message brings it
}

func readSendPicsInfo(e element) SendPicsInfo {
	info := SendPicsInfo{Count: int(e.int("Count"))}
	for list := e.find("PicList"); list.exists(); list = list.again() {
		info.PicList = append(info.PicList, each(list, "item", func(e element) PicItem {
			return PicItem{PicMD5Sum: e.word("PicMd5Sum")}
		})...)
	}
	return info
}

// LocationSelect: a member chose a place by a menu button and sends it.
//
// 「弹出地理位置选择器的事件推送」 https://developer.work.weixin.qq.com/document/path/90240
type LocationSelect struct {
	Header

	EventKey         string           // key of the button
	SendLocationInfo SendLocationInfo // the place
	AppType          string           // wxwork, or empty if sent from WeChat
}

func (v *LocationSelect) decode(e element) {
	info := e.find("SendLocationInfo")
	v.EventKey = e.text("EventKey")
	v.SendLocationInfo.LocationX = info.float("Location_X")
	v.SendLocationInfo.LocationY = info.float("Location_Y")
	v.SendLocationInfo.Scale = info.float("Scale")
	v.SendLocationInfo.Label = info.text("Label")
	v.SendLocationInfo.Poiname = info.text("Poiname")
	v.AppType = e.text("AppType")
}

// SendLocationInfo is a place that a member sends.
type SendLocationInfo struct {
	LocationX float64 // latitude, degrees
	LocationY float64 // longitude, degrees
	Scale     float64 // zoom of the map; the greater, the closer
	Label     string  // the place in words
	Poiname   string  // name of the point of interest; may be empty
}

// Location: where a member is who opened the app's chat. It comes each time,
// if the app asks for places and the member agreed. A place that a member sends
// is a [LocationMessage] or a [LocationSelect].
//
// 「上报地理位置」 https://developer.work.weixin.qq.com/document/path/90240
type Location struct {
	Header

	Latitude  float64 // degrees
	Longitude float64 // degrees
	Precision float64 // of the two
	AppType   string  // wxwork, or empty if sent from WeChat
}

func (v *Location) decode(e element) {
	v.Latitude = e.float("Latitude")
	v.Longitude = e.float("Longitude")
	v.Precision = e.float("Precision")
	v.AppType = e.text("AppType")
}

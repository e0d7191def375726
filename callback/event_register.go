package callback

import (
	"fmt"
	"log/slog"
	"time"
)

func newRegisterEvent(h *Header) Event {
	switch h.event() {
	case "register_corp":
		return new(RegisterCorp)
	case "enter_register_package":
		return new(EnterRegisterPackage)
	default:
		return new(Unknown)
	}
}

// RegisterCorp: somebody founded a corp by the provider's QR code. AuthCorpID
// is the new corp. Sent to the provider's URL for system events.
//
// 「注册完成回调事件」 https://developer.work.weixin.qq.com/document/path/90585
//
// The token in ContactSync is a secret. Printing or logging the event does not
// show it, but Raw and JSON hold it.
type RegisterCorp struct {
	Header

	RegisterCode string       // code of the link that was used
	ContactSync  *ContactSync // nil unless the package moves the directory
	AuthUserInfo AuthUserInfo // the corp's administrator
	State        string       // state that the code was made with
	TemplateID   string       // the package
}

func (v *RegisterCorp) decode(e element) {
	v.RegisterCode = e.text("RegisterCode")
	if c := e.find("ContactSync"); c.exists() {
		v.ContactSync = &ContactSync{
			AccessToken: c.text("AccessToken"),
			ExpiresIn:   time.Duration(c.int("ExpiresIn")) * time.Second,
		}
	}
	v.AuthUserInfo = AuthUserInfo{UserID: e.find("AuthUserInfo").text("UserId")}
	v.State = e.text("State")
	v.TemplateID = e.text("TemplateId")
}

// Format shows which corp it is and not the token, whatever the verb.
func (v RegisterCorp) Format(s fmt.State, _ rune) { v.printHidden(s) }

// LogValue shows which corp it is and not the token.
func (v RegisterCorp) LogValue() slog.Value { return v.logHidden() }

// ContactSync lets the provider write the directory of a corp that was founded
// by its QR code. Printing or logging it does not show the token.
type ContactSync struct {
	AccessToken string        // reads and writes the whole directory
	ExpiresIn   time.Duration // how long it is good for
}

// Format shows when the token expires and not the token, whatever the verb.
func (c ContactSync) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "ContactSync{AccessToken:[redacted] ExpiresIn:%v}", c.ExpiresIn)
}

// LogValue shows when the token expires and not the token.
func (c ContactSync) LogValue() slog.Value {
	return slog.GroupValue(slog.String("access_token", "[redacted]"), slog.Duration("expires_in", c.ExpiresIn))
}

// AuthUserInfo is the member behind an event of a provider.
type AuthUserInfo struct {
	UserID string // the member
}

// EnterRegisterPackage: a member of a corp that has an app of the provider
// already opened the provider's QR code or its link. Sent to the provider's
// URL for system events.
//
// 「扫描推广二维码事件」 https://developer.work.weixin.qq.com/document/path/98071
type EnterRegisterPackage struct {
	Header

	AuthUserInfo AuthUserInfo // the member
	RegisterCode string       // code of the link that was used
	State        string       // state that the code was made with
	TemplateID   string       // the package
}

func (v *EnterRegisterPackage) decode(e element) {
	v.AuthUserInfo = AuthUserInfo{UserID: e.find("AuthUserInfo").text("UserId")}
	v.RegisterCode = e.text("RegisterCode")
	v.State = e.text("State")
	v.TemplateID = e.text("TemplateId")
}

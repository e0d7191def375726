package wecomtest

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"strings"
	"time"
)

// authLink is a QR code by which corps install templates.
type authLink struct {
	suites  []*suite
	state   string
	expires time.Time
}

const authLinkLife = 10 * oneDay

func authLinkHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/service/get_customized_auth_url": handle(getCustomizedAuthURL),
		"/cgi-bin/service/get_app_qrcode":          handle(getAppQRCode),
		"/cgi-bin/service/get_account_balance":     handle(getAccountBalance),
	}
}

type customizedAuthURLRequest struct {
	State          string   `json:"state"`
	TemplateIDList []string `json:"templateid_list"`
}

type customizedAuthURLReply struct {
	QRCodeURL string `json:"qrcode_url"`
	ExpiresIn int    `json:"expires_in"`
}

func getCustomizedAuthURL(x *exchange, req customizedAuthURLRequest) (any, error) {
	if strings.ContainsFunc(req.State, notAlnum) {
		return nil, Refuse(40058, "wecomtest: state has other characters than letters and digits")
	}
	link := &authLink{state: req.State, expires: x.now.Add(authLinkLife)}
	for _, id := range req.TemplateIDList {
		su := x.s.providers.suite(id)
		if su == nil || !su.Template || su.provider != x.provider {
			return nil, Refuse(40083, "invalid suiteid")
		}
		link.suites = append(link.suites, su)
	}
	st := &x.s.providers
	st.authLinksGiven++
	url := "https://open.work.weixin.qq.com/wwopen/SIM?auth=" + opaque(x.provider.CorpID, "auth link", st.authLinksGiven, 43)
	st.authLinks[url] = link
	return customizedAuthURLReply{url, int(authLinkLife / time.Second)}, nil
}

// AuthorizeByQRCode lets an administrator of the corp scan what
// get_customized_auth_url has given out, and install its templates. Each hears
// create_auth. Of a code that has ended it returns the error.
func (a Actor) AuthorizeByQRCode(qrCodeURL string, auth Authorization) error {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	link := a.s.providers.authLinks[qrCodeURL]
	if link == nil || !a.s.clock.Now().Before(link.expires) {
		return Refuse(40077, "wecomtest: the QR code is none, or has ended")
	}
	auth.State = link.state
	for _, su := range link.suites {
		a.s.tellCode(a.s.install(su, auth), "create_auth", auth.State)
	}
	return nil
}

type appQRCodeRequest struct {
	State      string `json:"state"`
	ResultType int    `json:"result_type"`
}

type appQRCodeReply struct {
	QRCode string `json:"qrcode"`
}

// getAppQRCode answers with an image, or for result_type 2 with its URL.
func getAppQRCode(x *exchange, req appQRCodeRequest) (any, error) {
	const resultURL = 2
	if req.ResultType == resultURL {
		return appQRCodeReply{"https://open.work.weixin.qq.com/wwopen/mng/SIM?suite=" + x.suite.SuiteID + "&state=" + base64.RawURLEncoding.EncodeToString([]byte(req.State))}, nil
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		return nil, err
	}
	return rawReply{ContentType: "image/png", Body: b.Bytes()}, nil
}

type accountBalanceReply struct {
	Balance int64 `json:"balance"`
}

func getAccountBalance(x *exchange, _ struct{}) (any, error) {
	return accountBalanceReply{x.provider.Balance}, nil
}

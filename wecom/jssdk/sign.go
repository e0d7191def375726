package jssdk

import (
	"context"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // WeCom signs pages with it
	"encoding/hex"
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// ErrPageURL says that what is to be signed is not the address of a page.
var ErrPageURL = errors.New("jssdk: the URL to sign is no absolute http or https URL")

// A ConfigSignature makes a page one of the corp. As JSON it is what
// getConfigSignature of ww.register returns; the old wx.config has the same
// fields.
type ConfigSignature struct {
	AppID     string `json:"appId"` // the corp's id
	Timestamp int64  `json:"timestamp"`
	NonceStr  string `json:"nonceStr"`
	Signature string `json:"signature"`
}

// An AgentConfigSignature makes a page one of the app. As JSON it is what
// getAgentConfigSignature of ww.register returns; the old wx.agentConfig has
// the same fields.
type AgentConfigSignature struct {
	CorpID    string `json:"corpid"`
	AgentID   int64  `json:"agentid"`
	Timestamp int64  `json:"timestamp"`
	NonceStr  string `json:"nonceStr"`
	Signature string `json:"signature"`
}

// SignConfig signs a page for getConfigSignature. pageURL is the address that
// the JS-SDK passes to that function, location.href but for what follows #: it
// is signed to the letter, so take it from the page and do not build it here.
//
// 「JS-SDK 签名算法」 https://developer.work.weixin.qq.com/document/path/90506
//
// Fails with [ErrPageURL], or as [Service.CorpTicket] does.
func (s *Service) SignConfig(ctx context.Context, pageURL string) (*ConfigSignature, error) {
	if err := checkPageURL(pageURL); err != nil {
		return nil, err
	}
	ticket, err := s.CorpTicket(ctx)
	if err != nil {
		return nil, err
	}
	sig := &ConfigSignature{AppID: s.client.CorpID(), Timestamp: s.client.Clock().Now().Unix(), NonceStr: rand.Text()}
	sig.Signature = Signature(ticket.Value, sig.NonceStr, sig.Timestamp, pageURL)
	return sig, nil
}

// SignAgentConfig signs a page for getAgentConfigSignature, as
// [Service.SignConfig] does for the other function.
//
// 「JS-SDK 签名算法」 https://developer.work.weixin.qq.com/document/path/90506
func (s *Service) SignAgentConfig(ctx context.Context, pageURL string) (*AgentConfigSignature, error) {
	if err := checkPageURL(pageURL); err != nil {
		return nil, err
	}
	ticket, err := s.AgentTicket(ctx)
	if err != nil {
		return nil, err
	}
	sig := &AgentConfigSignature{
		CorpID: s.client.CorpID(), AgentID: s.agentID,
		Timestamp: s.client.Clock().Now().Unix(), NonceStr: rand.Text(),
	}
	sig.Signature = Signature(ticket.Value, sig.NonceStr, sig.Timestamp, pageURL)
	return sig, nil
}

// Signature signs the address of a page with a ticket from elsewhere, such as
// that of a suite. What follows # in pageURL is left out, as WeCom wants it.
func Signature(ticket, nonceStr string, timestamp int64, pageURL string) string {
	page := withoutFragment(pageURL)
	text := "jsapi_ticket=" + ticket + "&noncestr=" + nonceStr + "&timestamp=" + strconv.FormatInt(timestamp, 10) + "&url=" + page
	sum := sha1.Sum([]byte(text)) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

// checkPageURL does not show the URL: a login's code may stand in it. What
// browsers have in fragments need not be well-formed.
func checkPageURL(pageURL string) error {
	if !absolute(withoutFragment(pageURL)) {
		return ErrPageURL
	}
	return nil
}

func withoutFragment(address string) string {
	address, _, _ = strings.Cut(address, "#")
	return address
}

func absolute(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

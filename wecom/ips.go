package wecom

import (
	"context"
	"net/http"
)

var (
	opGetCallbackIP  = Operation{Method: http.MethodGet, Path: "/cgi-bin/getcallbackip", Doc: 90930, Read: true}
	opGetAPIDomainIP = Operation{Method: http.MethodGet, Path: "/cgi-bin/get_api_domain_ip", Doc: 92520, Read: true}
)

// IPList is a list of addresses and CIDR blocks.
type IPList struct {
	IPList []string `json:"ip_list"`
}

// GetCallbackIP returns the addresses that WeCom's callbacks come from, for a
// firewall's inbound rules. Pull it daily: old and new addresses overlap for a
// while.
//
// 「获取企业微信服务器的ip段」 https://developer.work.weixin.qq.com/document/path/90930
func (c *Client) GetCallbackIP(ctx context.Context) (*IPList, error) {
	return Do[IPList](ctx, c, opGetCallbackIP, nil)
}

// GetAPIDomainIP returns the addresses behind qyapi.weixin.qq.com, for a
// firewall's outbound rules. Pull it daily: old and new addresses overlap for
// a while.
//
// 「获取企业微信接口IP段」 https://developer.work.weixin.qq.com/document/path/92520
func (c *Client) GetAPIDomainIP(ctx context.Context) (*IPList, error) {
	return Do[IPList](ctx, c, opGetAPIDomainIP, nil)
}

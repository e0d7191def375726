package callback

func newSecurityEvent(h *Header) Event {
	if h.ChangeType == "change_domain_ip" {
		return new(ChangeDomainIP)
	}
	return new(Unknown)
}

// ChangeDomainIP: WeCom's domains or addresses changed. A firewall that knows
// them needs the new ones.
//
// 「企业微信域名IP变更事件」 https://developer.work.weixin.qq.com/document/path/100080
type ChangeDomainIP struct{ Header }

func (*ChangeDomainIP) decode(element) {}

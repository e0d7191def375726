package wecomtest

// The addresses that the simulator says it has; they are reserved for
// documents.
const (
	memIP      = "203.0.113.1" // of clients that call over memory
	callbackIP = "203.0.113.2" // where callbacks over memory come from
	apiIP      = "203.0.113.3" // of qyapi.weixin.qq.com
)

func addressHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/getcallbackip":     ipList(callbackIP),
		"/cgi-bin/get_api_domain_ip": ipList(apiIP),
	}
}

type ipListReply struct {
	IPList []string `json:"ip_list"`
}

func ipList(ips ...string) handler {
	return func(*exchange) (any, error) { return ipListReply{ips}, nil }
}

package wecom

import (
	"fmt"
	"net/http"

	"github.com/wecomkit/wecom-go/internal/codec"
)

// decode reads a JSON reply: first what it says of the call, then its content.
func (k *call) decode(resp *http.Response, sc *sendContext, body []byte) error {
	code, msg, ok := codec.Status(body)
	switch {
	case ok && code != 0:
		return newError(k.op, Code(code), redactBody(sc.redact(string(msg)), k.body), resp.StatusCode)
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return k.foreignReply(resp, fmt.Errorf("answered %d, a redirect, which WeCom never sends: check the base URL and the proxy", resp.StatusCode))
	case resp.StatusCode != http.StatusOK:
		return k.foreignReply(resp, fmt.Errorf("answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode)))
	case !ok:
		return k.foreignReply(resp, fmt.Errorf("answered %d bytes of %.40q, not a JSON object: is there a proxy or a wrong base URL in between?",
			len(body), resp.Header.Get("Content-Type")))
	}
	if hasJSONWarning(string(msg)) {
		k.client.logger.Warn("wecom: request read only in part", "op", k.op.Path)
	}
	switch k.out.(type) {
	case nil, *Empty:
		return nil
	}
	if err := codec.Decode(body, k.out); err != nil {
		return fmt.Errorf("wecom: %s: the call succeeded, but its reply was not understood: %w", k.op.Path, err)
	}
	return nil
}

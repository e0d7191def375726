package moment

import "github.com/wecomkit/wecom-go/wecom"

// A Service publishes and reads moments as one app of one corp. It is immutable
// and safe for concurrent use.
type Service struct {
	client *wecom.Client
}

// New makes a Service that calls through client.
func New(client *wecom.Client) *Service { return &Service{client: client} }

// Text is the text of a moment.
type Text struct {
	Content string `json:"content"`
}

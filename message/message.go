package message

import "github.com/wecomkit/wecom-go/wecom"

// A Service sends messages as one app of one corp. It is immutable and safe
// for concurrent use.
type Service struct {
	client *wecom.Client
}

// New makes a Service that calls through client.
func New(client *wecom.Client) *Service { return &Service{client: client} }

// Text is plain text. It is part of welcome and mass messages, and an
// [AppBody] by itself. The limit in bytes stands where it is used.
type Text struct {
	Content string `json:"content"`
}

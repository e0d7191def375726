package groupchat

import "github.com/wecomkit/wecom-go/wecom"

// A Service calls the customer group endpoints as the app behind its client.
// Make one with [New]; it is safe for concurrent use.
type Service struct {
	client *wecom.Client
}

// New makes a service that calls through client.
func New(client *wecom.Client) *Service { return &Service{client: client} }

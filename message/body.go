package message

import (
	"fmt"

	"github.com/wecomkit/wecom-go/internal/codec"
	"github.com/wecomkit/wecom-go/internal/union"
)

// A body is what a message says. Its msgtype is also the name of the field that
// holds it.
type body interface{ msgType() string }

// withBody writes head, which is a struct, with b beside its msgtype.
func withBody(request string, head any, b body) ([]byte, error) {
	if union.IsNil(b) {
		return nil, fmt.Errorf("message: %s has no Body", request)
	}
	wire, err := codec.AppendPart(nil, head)
	if err != nil {
		return nil, err
	}
	wire = wire[:len(wire)-1] // reopen the object
	if len(wire) > 1 {
		wire = append(wire, ',')
	}
	wire, err = union.AppendPair(wire, b.msgType(), b)
	return append(wire, '}'), err
}

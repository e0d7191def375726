package wecomtest

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

// Keys returns the keys of the first app's callback: give them to the handler
// under test.
func (s *Server) Keys() Keys {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.corp.keys("")
}

// keys are the keys of one age: "" is the present.
func (c *corp) keys(age string) Keys {
	k := makeKeys(c.id, age)
	k.ReceiveID = c.id
	return k
}

// makeKeys makes keys without an id.
func makeKeys(owner, age string) Keys {
	var key string
	for i := 0; key == ""; i++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %saes %d", owner, age, i))
		if k := base64.StdEncoding.EncodeToString(sum[:])[:43]; !strings.ContainsAny(k, "+/") {
			key = k
		}
	}
	token := strings.NewReplacer("-", "x", "_", "y").Replace(opaque(owner, age+"callback", 0, 32))
	return Keys{Token: token, EncodingAESKey: key}
}

// SuiteKeys returns the keys of a suite's 指令回调 and 数据回调, or those of an app
// of the corp that plays a third-party app by that id.
func (s *Server) SuiteKeys(suiteID string) Keys {
	s.mu.Lock()
	defer s.mu.Unlock()
	if su := s.providers.suite(suiteID); su != nil {
		return su.keys
	}
	return s.corp.suiteKeys("", suiteID)
}

func (c *corp) suiteKeys(age, suiteID string) Keys {
	k := c.keys(age + suiteID + " ")
	k.ReceiveID, k.SuiteID = "", suiteID
	return k
}

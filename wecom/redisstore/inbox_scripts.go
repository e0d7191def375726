package redisstore

import (
	_ "embed" // the scripts

	"github.com/redis/go-redis/v9"
)

const inboxGroup = "wecom"

//go:embed inbox_common.lua
var inboxCommonScript string

//go:embed inbox_append.lua
var inboxAppendScript string

//go:embed inbox_take.lua
var inboxTakeScript string

//go:embed inbox_hold.lua
var inboxHoldScript string

//go:embed inbox_done.lua
var inboxDoneScript string

//go:embed inbox_release.lua
var inboxReleaseScript string

// inboxScripts are the steps of an [Inbox] that nothing may come between. Each
// writes first what an entry will be found by and then removes what it was
// found by, because a Redis that is out of memory refuses the former only.
type inboxScripts struct{ append, take, hold, done, release *redis.Script }

func newInboxScripts() inboxScripts {
	return inboxScripts{
		append:  redis.NewScript(inboxCommonScript + inboxAppendScript),
		take:    redis.NewScript(inboxCommonScript + inboxTakeScript),
		hold:    redis.NewScript(inboxCommonScript + inboxHoldScript),
		done:    redis.NewScript(inboxCommonScript + inboxDoneScript),
		release: redis.NewScript(inboxCommonScript + inboxReleaseScript),
	}
}

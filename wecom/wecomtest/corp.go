package wecomtest

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

// corp is everything one corp knows. Each resource keeps its part in its own
// file; nothing here outlives the corp, so that a fresh one is a reset.
type corp struct {
	id     string
	name   string
	number int // 1 is the server's first

	apps   []*app
	tokens map[string]*accessToken
	wrong  map[string][]time.Time // wrong secrets, by address
	banned map[string]time.Time   // until when, by address
	ids    map[string]int         // the last number given out, by prefix

	cursors map[string]time.Time // when they were given out

	members   memberStore
	customers customerStore

	tags        tagStore
	contactWays contactWayStore
	transfers   transferStore
	behaviors   behaviorStore
	links       linkStore
	externalIDs idStore
	openUsers   providerIDStore

	contactRounds contactRounds
	chatUpgrades  chatUpgrades
	groupChats    groupChatStore
	intercepts    interceptStore
	albums        albumStore
	joinWays      joinWayStore

	welcomes  map[string]*welcomeCode
	greetings groupWelcomeStore
	talks     map[relationKey]time.Time // when userid and external_userid talked last
	received  receivedStore
	typing    typedStore
	massSends massSendStore
	moments   momentStore
	media     mediaStore

	appMessages appMessageStore
	appChats    appChatStore
	robots      robotStore
	aiBots      aiBotStore
	linked      linkedStore
	chainStore  chainStore

	pageTickets pageTicketStore
	logins      loginStore

	customerStrategies strategyStore
	momentStrategies   strategyStore

	school schoolStore
}

func newCorp(id string) *corp {
	return &corp{
		id:        id,
		tokens:    make(map[string]*accessToken),
		wrong:     make(map[string][]time.Time),
		banned:    make(map[string]time.Time),
		ids:       make(map[string]int),
		cursors:   make(map[string]time.Time),
		members:   newMemberStore(),
		customers: newCustomerStore(),

		tags:        newTagStore(),
		contactWays: newContactWayStore(),
		transfers:   newTransferStore(),
		behaviors:   make(behaviorStore),
		links:       newLinkStore(),
		externalIDs: newIDStore(),
		openUsers:   make(providerIDStore),

		contactRounds: newContactRounds(),
		chatUpgrades:  chatUpgrades{at: make(map[int64]time.Time)},
		groupChats:    newGroupChatStore(),
		intercepts:    newInterceptStore(),
		albums:        newAlbumStore(),
		joinWays:      newJoinWayStore(),

		welcomes:  make(map[string]*welcomeCode),
		greetings: newGroupWelcomeStore(),
		talks:     make(map[relationKey]time.Time),
		received:  make(receivedStore),
		typing:    newTypedStore(),
		massSends: newMassSendStore(),
		moments:   newMomentStore(),
		media:     newMediaStore(),

		appMessages: newAppMessageStore(),
		appChats:    newAppChatStore(),
		robots:      make(robotStore),
		aiBots:      newAIBotStore(),
		linked:      newLinkedStore(),

		pageTickets: newPageTicketStore(),
		logins:      newLoginStore(),

		customerStrategies: newCustomerStrategyStore(),
		momentStrategies:   newMomentStrategyStore(),

		school: newSchoolStore(),
	}
}

// nextID counts up within a prefix: wmSIM00000000000000000001. No two corps
// have an id in common.
func (c *corp) nextID(prefix string) string {
	c.ids[prefix]++
	return fmt.Sprintf("%sSIM%06d%014d", prefix, c.number-1, c.ids[prefix])
}

// reserve lets nextID never return an id that somebody else has made up, or
// has from another server.
func (c *corp) reserve(id string) {
	prefix, count, ok := strings.Cut(id, fmt.Sprintf("SIM%06d", c.number-1))
	if n, err := strconv.Atoi(count); ok && err == nil && len(count) == 14 {
		c.ids[prefix] = max(c.ids[prefix], n)
	}
}

// idOr returns id, or the next one if it is empty.
func (c *corp) idOr(id, prefix string) string {
	if id != "" {
		c.reserve(id)
		return id
	}
	return c.nextID(prefix)
}

// handlers returns the stateful endpoints by path: one line per resource.
func handlers() map[string]handler {
	all := make(map[string]handler, 64)
	for _, resource := range []map[string]handler{
		tokenHandlers(),
		providerHandlers(),
		suiteHandlers(),
		authorizationHandlers(),
		providerIDHandlers(),
		suiteLoginHandlers(),
		directoryHandlers(),
		suiteOrderHandlers(),
		registerCodeHandlers(),
		authLinkHandlers(),
		licenseOrderHandlers(),
		licenseJobHandlers(),
		licenseAccountHandlers(),
		corpChainHandlers(),
		addressHandlers(),
		memberHandlers(),
		customerHandlers(),
		tagHandlers(),
		contactWayHandlers(),
		transferHandlers(),
		resignedHandlers(),
		behaviorHandlers(),
		linkHandlers(),
		linkUseHandlers(),
		contactListHandlers(),
		externalIDHandlers(),
		idConvertHandlers(),
		interceptHandlers(),
		albumHandlers(),
		groupChatHandlers(),
		joinWayHandlers(),
		welcomeHandlers(),
		groupWelcomeHandlers(),
		massSendHandlers(),
		momentHandlers(),
		customerStrategyHandlers(),
		momentStrategyHandlers(),
		schoolHandlers(),
		mediaHandlers(),
		appMessageHandlers(),
		appChatHandlers(),
		robotHandlers(),
		aiBotHandlers(),
		linkedHandlers(),
		pageTicketHandlers(),
		loginHandlers(),
	} {
		maps.Copy(all, resource)
	}
	return all
}

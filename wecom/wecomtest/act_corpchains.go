package wecomtest

import "slices"

// CreateChain lets the corp begin a 上下游, and returns its chain_id. Apps hear
// change_chain.
func (a Actor) CreateChain(name string) string {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	ch := &corpChain{id: a.s.corp.nextID("Ch"), name: name}
	a.s.corp.chainStore.chains = append(a.s.corp.chainStore.chains, ch)
	a.s.emit(Event{Event: "change_chain", ChangeType: "create_chain", Elements: []Element{{"ChainId", ch.id}}})
	return ch.id
}

// JoinChain lets another corp of the server join a 上下游 of this one. Apps of
// this one hear change_chain.
func (a Actor) JoinChain(chainID string, corp *Server) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	i := slices.IndexFunc(a.s.corp.chainStore.chains, func(ch *corpChain) bool { return ch.id == chainID })
	if i < 0 || corp.world != a.s.world || corp == a.s {
		a.s.fatalf("wecomtest: no 上下游 %q that the corp could join", chainID)
	}
	ch := a.s.corp.chainStore.chains[i]
	ch.corps = append(ch.corps, corp)
	a.s.emit(Event{Event: "change_chain", ChangeType: "corp_join", Elements: []Element{
		{"ChainId", ch.id}, {"CorpIds", []Element{{"CorpId", corp.corp.id}}},
	}})
}

// LinkCorp links another corp of the server below this one (企业互联).
func (a Actor) LinkCorp(corp *Server) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	if corp.world != a.s.world || corp == a.s {
		a.s.fatalf("wecomtest: the corps are not two of one server")
	}
	a.s.corp.chainStore.links = append(a.s.corp.chainStore.links, corp)
}

// ShareApp shares an app with a corp that is linked as business_type says
// ([LinkInterconnect], [LinkChain]), and returns what that corp has of it then:
// an app with the same rights, for which corpgroup/corp/gettoken gives tokens.
func (a Actor) ShareApp(agentID int64, corp *Server, businessType int) App {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	i := slices.IndexFunc(a.s.corp.apps, func(b *app) bool { return b.AgentID == agentID })
	if i < 0 {
		a.s.fatalf("wecomtest: no app %d", agentID)
	}
	linkType := 1 - businessType // as licenses count
	if !a.s.corp.linkedTo(corp, linkType) {
		a.s.fatalf("wecomtest: corp %s is not linked that way", corp.corp.id)
	}
	shared := a.s.corp.apps[i]
	child := corp.corp.addApp(App{Name: shared.Name, Scopes: shared.Scopes, TrustedIPs: shared.TrustedIPs})
	if in := shared.install; in != nil {
		child.install = &install{suite: in.suite}
		child.Secret = corp.corp.opaque("shared app", int(child.AgentID), 32)
	}
	a.s.corp.chainStore.shares = append(a.s.corp.chainStore.shares, appShare{shared, corp, child, businessType})
	return child.clone()
}

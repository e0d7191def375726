package wecomtest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A RegisterTemplate is a package (推广包) of a provider's suites for corps that
// are new to WeCom.
type RegisterTemplate struct {
	TemplateID  string   `json:"template_id,omitzero"`  // "" is a made-up one
	ProviderID  string   `json:"provider_id,omitzero"`  // "" is the first provider
	SuiteIDs    []string `json:"suite_ids,omitzero"`    //
	ContactSync bool     `json:"contact_sync,omitzero"` // the provider may fill the directory of the new corp
}

// registerCode is a 推广二维码, by which a provider brings corps to WeCom.
type registerCode struct {
	code     string
	template *RegisterTemplate
	corpName string
	state    string
	expires  time.Time // to register with
	asked    time.Time // how long its result can be asked for
	server   *Server   // the corp that was registered
	admin    string
	sync     string // token for the directory
	syncEnds time.Time
}

const (
	registerCodeLife  = 10 * time.Minute
	registerInfoLife  = 24 * time.Hour
	registerTokenLife = 30 * time.Minute
)

func (r *registerCode) wire() *registerCodeWire {
	if r == nil {
		return nil
	}
	return &registerCodeWire{r.code, r.template.TemplateID, r.state}
}

// AddRegisterTemplate adds a package and returns it with its id.
func (s *Server) AddRegisterTemplate(t RegisterTemplate) RegisterTemplate {
	s.helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	t.ProviderID = s.provider(t.ProviderID).CorpID
	t.SuiteIDs = slices.Clone(t.SuiteIDs)
	for _, id := range t.SuiteIDs {
		if s.suite(id).ProviderID != t.ProviderID {
			s.fatalf("wecomtest: suite %s is another provider's", id)
		}
	}
	if t.TemplateID == "" {
		t.TemplateID = fmt.Sprintf("tplSIM%020d", len(s.providers.templates)+1)
	}
	kept := t
	s.providers.templates[t.TemplateID] = &kept
	return t
}

func registerCodeHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/service/get_register_code": handle(getRegisterCode),
		"/cgi-bin/service/get_register_info": handle(getRegisterInfo),
	}
}

type getRegisterCodeRequest struct {
	TemplateID string `json:"template_id"`
	CorpName   string `json:"corp_name"`
	State      string `json:"state"`
}

type getRegisterCodeReply struct {
	RegisterCode string `json:"register_code"`
	ExpiresIn    int    `json:"expires_in"`
}

func getRegisterCode(x *exchange, req getRegisterCodeRequest) (any, error) {
	t := x.s.providers.templates[req.TemplateID]
	switch {
	case t == nil || t.ProviderID != x.provider.CorpID:
		return nil, Refuse(84020, "wecomtest: templateid not found")
	case strings.ContainsFunc(req.State, notAlnum):
		return nil, Refuse(40058, "wecomtest: state has other characters than letters and digits")
	}
	st := &x.s.providers
	st.registersGiven++
	code := opaque(x.provider.CorpID, "register code", st.registersGiven, 43)
	st.registers[code] = &registerCode{
		code: code, template: t, corpName: req.CorpName, state: req.State, expires: x.now.Add(registerCodeLife), asked: x.now.Add(registerInfoLife),
	}
	return getRegisterCodeReply{code, int(registerCodeLife / time.Second)}, nil
}

type getRegisterInfoRequest struct {
	RegisterCode string `json:"register_code"`
}

type getRegisterInfoReply struct {
	CorpID       string           `json:"corpid"`
	ContactSync  *contactSyncWire `json:"contact_sync,omitempty"`
	AuthUserInfo struct {
		UserID string `json:"userid"`
	} `json:"auth_user_info"`
	TemplateID string `json:"template_id"`
	State      string `json:"state,omitempty"`
}

type contactSyncWire struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"`
}

func getRegisterInfo(x *exchange, req getRegisterInfoRequest) (any, error) {
	r := x.s.providers.registers[req.RegisterCode]
	switch {
	case r == nil || r.template.ProviderID != x.provider.CorpID:
		return nil, Refuse(84022, "wecomtest: invalid register_code")
	case r.server == nil || !x.now.Before(r.asked):
		return nil, Refuse(84024, "wecomtest: no register info")
	}
	x.enter(r.server)
	reply := getRegisterInfoReply{CorpID: x.s.openCorpID(x.provider), TemplateID: r.template.TemplateID, State: r.state}
	reply.AuthUserInfo.UserID = x.corp.openUserID(x.provider, r.admin)
	if r.sync != "" && x.now.Before(r.syncEnds) {
		reply.ContactSync = &contactSyncWire{r.sync, int(r.syncEnds.Sub(x.now) / time.Second)}
	}
	return reply, nil
}

// RegisterCorp lets somebody register a new corp by a provider's register code,
// and returns it; they are its administrator, with the given name. The provider
// hears register_corp, and the suites of the package create_auth. Of a code that
// WeCom would refuse it returns the error.
func (a Actor) RegisterCorp(registerCode, admin string) (*Server, error) {
	a.s.helper()
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	r, now := a.s.providers.registers[registerCode], a.s.clock.Now()
	if r == nil || r.server != nil || !now.Before(r.expires) {
		return nil, Refuse(84022, "wecomtest: invalid register_code")
	}
	s := &Server{world: a.s.world}
	s.found(r.corpName)
	r.server, r.admin = s, s.corp.members.add(Member{Name: admin})
	p := s.provider(r.template.ProviderID)
	list := []Element{{Name: "ServiceCorpId"}, {Name: "InfoType"}, {Name: "TimeStamp"}, {"RegisterCode", r.code}, {Name: "AuthCorpId"}}
	if r.template.ContactSync {
		r.syncToken(now)
		list = append(list, Element{"ContactSync", []Element{{"AccessToken", r.sync}, {"ExpiresIn", int(registerTokenLife / time.Second)}}})
	}
	list = append(list, Element{"AuthUserInfo", []Element{{"UserId", s.corp.openUserID(p, r.admin)}}})
	if r.state != "" {
		list = append(list, Element{"State", r.state})
	}
	s.tellProvider(p, "register_corp", append(list, Element{"TemplateId", r.template.TemplateID})...)
	for _, id := range r.template.SuiteIDs {
		added := s.install(s.suite(id), Authorization{Admin: r.admin})
		added.install.registration = r
		s.tellCode(added, "create_auth", "")
	}
	return s, nil
}

// syncToken gives out a token for the directory of the new corp.
func (r *registerCode) syncToken(now time.Time) {
	s := r.server
	writer := s.corp.addApp(App{Name: "通讯录迁移", Scopes: []Scope{ScopeDirectory}})
	r.sync, r.syncEnds = s.corp.opaque("directory token", 1, 214), now.Add(registerTokenLife)
	s.corp.tokens[r.sync] = &accessToken{app: writer, expires: r.syncEnds}
	s.routes.tokens[r.sync] = s
}

// tellProvider tells a provider of something in the corp. The caller holds s.mu.
func (s *Server) tellProvider(p *provider, event string, elements ...Element) {
	s.emit(Event{Event: event, Form: FormProvider, providerOnly: p, Elements: elements})
}

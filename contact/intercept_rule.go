package contact

import (
	"context"
	"net/http"
	"strconv"

	"github.com/wecomkit/wecom-go/wecom"
)

var opAddInterceptRule = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/add_intercept_rule", Doc: 95097}

// AddInterceptRuleRequest describes a rule on sensitive words (敏感词规则): what
// members may not write to customers.
type AddInterceptRuleRequest struct {
	RuleName        string               `json:"rule_name"`               // 1 to 20 characters, no other rule's
	WordList        []string             `json:"word_list"`               // at most 300 words of 1 to 32 characters
	SemanticsList   []InterceptSemantics `json:"semantics_list,omitzero"` // what else to look for
	InterceptType   InterceptType        `json:"intercept_type"`
	ApplicableRange InterceptRange       `json:"applicable_range"` // at least one member or department
}

// An InterceptRange is members and departments, all of them visible to the
// app.
type InterceptRange struct {
	UserList       []string `json:"user_list,omitzero"`       // at most 1,000 in a call
	DepartmentList []int64  `json:"department_list,omitzero"` // at most 1,000 in a call
}

// An InterceptSemantics is something that a rule finds by its meaning.
type InterceptSemantics int

const (
	InterceptSemanticsMobile    InterceptSemantics = 1 // 手机号
	InterceptSemanticsEmail     InterceptSemantics = 2 // 邮箱地址
	InterceptSemanticsRedPacket InterceptSemantics = 3 // 红包
)

// String returns the constant's name without its prefix.
func (s InterceptSemantics) String() string {
	switch s {
	case InterceptSemanticsMobile:
		return "Mobile"
	case InterceptSemanticsEmail:
		return "Email"
	case InterceptSemanticsRedPacket:
		return "RedPacket"
	default:
		return "InterceptSemantics(" + strconv.Itoa(int(s)) + ")"
	}
}

// An InterceptType is what happens to a message that a rule catches.
type InterceptType int

const (
	InterceptTypeBlock InterceptType = 1 // 警告并拦截发送
	InterceptTypeWarn  InterceptType = 2 // 仅发警告
)

// String returns the constant's name without its prefix.
func (t InterceptType) String() string {
	switch t {
	case InterceptTypeBlock:
		return "Block"
	case InterceptTypeWarn:
		return "Warn"
	default:
		return "InterceptType(" + strconv.Itoa(int(t)) + ")"
	}
}

// AddInterceptRuleResult is a new rule.
type AddInterceptRuleResult struct {
	RuleID string `json:"rule_id"`
}

// AddInterceptRule makes a rule on sensitive words.
//
// 「新建敏感词规则」 https://developer.work.weixin.qq.com/document/path/95097
//
// A corp may have 100 rules. Third-party apps and apps developed on a corp's
// behalf need the right 「管理敏感词」.
// Fails with [wecom.CodeSensitiveRuleLimit] when the 100 are used up, and with
// [wecom.CodeSensitiveRuleNameTaken] if a rule has the name already.
func (s *Service) AddInterceptRule(ctx context.Context, req AddInterceptRuleRequest) (*AddInterceptRuleResult, error) {
	return wecom.Do[AddInterceptRuleResult](ctx, s.client, opAddInterceptRule, req)
}

var opGetInterceptRuleList = wecom.Operation{Method: http.MethodGet, Path: "/cgi-bin/externalcontact/get_intercept_rule_list", Doc: 95097, Read: true}

type getInterceptRuleListResult struct {
	RuleList []ListedInterceptRule `json:"rule_list"`
}

// A ListedInterceptRule is what a list tells about a rule.
type ListedInterceptRule struct {
	RuleID     string         `json:"rule_id"`
	RuleName   string         `json:"rule_name"`
	CreateTime wecom.UnixTime `json:"create_time"`
}

// GetInterceptRuleList returns all rules on sensitive words of the corp,
// whoever made them.
//
// 「获取敏感词规则列表」 https://developer.work.weixin.qq.com/document/path/95097
func (s *Service) GetInterceptRuleList(ctx context.Context) ([]ListedInterceptRule, error) {
	res, err := wecom.Do[getInterceptRuleListResult](ctx, s.client, opGetInterceptRuleList, nil)
	if err != nil {
		return nil, err
	}
	return res.RuleList, nil
}

var opGetInterceptRule = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_intercept_rule", Doc: 95097, Read: true}

type getInterceptRuleRequest struct {
	RuleID string `json:"rule_id"`
}

type getInterceptRuleResult struct {
	Rule InterceptRule `json:"rule"`
}

// An InterceptRule is a rule on sensitive words as WeCom keeps it.
type InterceptRule struct {
	RuleID          string         `json:"rule_id"`
	RuleName        string         `json:"rule_name"`
	CreateTime      wecom.UnixTime `json:"create_time"` // not in the example of the official page
	WordList        []string       `json:"word_list"`
	InterceptType   InterceptType  `json:"intercept_type"`
	ApplicableRange InterceptRange `json:"applicable_range"` // as far as the app sees it

	// The official page shows the semantics here in its example, and in
	// ExtraRule in its table. Read them with Semantics.
	SemanticsList []InterceptSemantics `json:"semantics_list"`
	ExtraRule     *InterceptExtraRule  `json:"extra_rule"`
}

// Semantics returns what the rule finds by its meaning, from whichever field
// it came in.
func (r *InterceptRule) Semantics() []InterceptSemantics {
	if len(r.SemanticsList) == 0 && r.ExtraRule != nil {
		return r.ExtraRule.SemanticsList
	}
	return r.SemanticsList
}

// An InterceptExtraRule is what a rule looks for beside words.
type InterceptExtraRule struct {
	SemanticsList []InterceptSemantics `json:"semantics_list,omitzero"`
}

// GetInterceptRule returns one rule on sensitive words.
//
// 「获取敏感词规则详情」 https://developer.work.weixin.qq.com/document/path/95097
//
// Fails with [wecom.CodeInvalidSensitiveRuleID] if there is none, and with
// [wecom.CodeSensitiveRuleDeleted] if there is none any more.
func (s *Service) GetInterceptRule(ctx context.Context, ruleID string) (*InterceptRule, error) {
	res, err := wecom.Do[getInterceptRuleResult](ctx, s.client, opGetInterceptRule, getInterceptRuleRequest{RuleID: ruleID})
	if err != nil {
		return nil, err
	}
	return &res.Rule, nil
}

var opUpdateInterceptRule = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/update_intercept_rule", Doc: 95097}

// UpdateInterceptRuleRequest changes a rule on sensitive words. A nil or zero
// field stays as it is.
type UpdateInterceptRuleRequest struct {
	RuleID   string   `json:"rule_id"`
	RuleName string   `json:"rule_name,omitzero"` // 1 to 20 characters
	WordList []string `json:"word_list,omitzero"` // replaces all words; an empty list changes nothing
	// ExtraRule replaces all semantics: an empty SemanticsList that is not nil
	// clears them.
	ExtraRule     *InterceptExtraRule `json:"extra_rule,omitzero"`
	InterceptType InterceptType       `json:"intercept_type,omitzero"`

	AddApplicableRange    *InterceptRange `json:"add_applicable_range,omitzero"` // a rule holds at most 10,000 members; give departments for more
	RemoveApplicableRange *InterceptRange `json:"remove_applicable_range,omitzero"`
}

// UpdateInterceptRule changes a rule on sensitive words that the app made.
//
// 「修改敏感词规则」 https://developer.work.weixin.qq.com/document/path/95097
//
// Fails with [wecom.CodeInvalidSensitiveRuleID] if there is none, and with
// [wecom.CodeSensitiveRuleScopeLimit] if it would hold too many members.
func (s *Service) UpdateInterceptRule(ctx context.Context, req UpdateInterceptRuleRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opUpdateInterceptRule, req)
	return err
}

var opDelInterceptRule = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/del_intercept_rule", Doc: 95097}

type delInterceptRuleRequest struct {
	RuleID string `json:"rule_id"`
}

// DelInterceptRule deletes a rule on sensitive words that the app made.
//
// 「删除敏感词规则」 https://developer.work.weixin.qq.com/document/path/95097
//
// Fails with [wecom.CodeInvalidSensitiveRuleID] if there is none.
func (s *Service) DelInterceptRule(ctx context.Context, ruleID string) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opDelInterceptRule, delInterceptRuleRequest{RuleID: ruleID})
	return err
}

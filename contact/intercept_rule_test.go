package contact_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/internal/codec"
)

// What is left out, what is cleared, and what has no meaning but zero.
func TestRuleAndAlbumRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		req  any
		want string
	}{
		{
			"a rule of words alone",
			contact.AddInterceptRuleRequest{RuleName: "r", WordList: []string{"w"}, InterceptType: contact.InterceptTypeWarn, ApplicableRange: contact.InterceptRange{DepartmentList: []int64{1}}},
			`{"rule_name":"r","word_list":["w"],"intercept_type":2,"applicable_range":{"department_list":[1]}}`,
		},
		{"an update changes only what is set", contact.UpdateInterceptRuleRequest{RuleID: "r1"}, `{"rule_id":"r1"}`},
		{
			"empty semantics clear them",
			contact.UpdateInterceptRuleRequest{RuleID: "r1", ExtraRule: &contact.InterceptExtraRule{SemanticsList: []contact.InterceptSemantics{}}},
			`{"rule_id":"r1","extra_rule":{"semantics_list":[]}}`,
		},
		{
			"a range is added and another taken away",
			contact.UpdateInterceptRuleRequest{RuleID: "r1", AddApplicableRange: &contact.InterceptRange{UserList: []string{"a"}}, RemoveApplicableRange: &contact.InterceptRange{UserList: []string{"b"}}},
			`{"rule_id":"r1","add_applicable_range":{"user_list":["a"]},"remove_applicable_range":{"user_list":["b"]}}`,
		},
		{"a product without number", contact.AddProductAlbumRequest{Description: "d", Attachments: []contact.AlbumAttachment{}}, `{"description":"d","price":0,"attachments":[]}`},
		{"an update of a product changes only what is set", contact.UpdateProductAlbumRequest{ProductID: "p1"}, `{"product_id":"p1"}`},
		{
			"a product for nothing, without number",
			contact.UpdateProductAlbumRequest{ProductID: "p1", Price: new(int64(0)), ProductSN: new("")},
			`{"product_id":"p1","price":0,"product_sn":""}`,
		},
		{
			"the corp's own mini-program",
			contact.ConvertUnionIDToExternalUserIDRequest{UnionID: "u", OpenID: "o", SubjectType: contact.SubjectTypeCorp},
			`{"unionid":"u","openid":"o"}`,
		},
		{"customers of no chat", contact.ConvertExternalUserIDToPendingIDRequest{ExternalUserID: []string{"z"}}, `{"external_userid":["z"]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := codec.AppendJSON(nil, tt.req)
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(got))
		})
	}
}

func TestSemanticsOfEitherPlace(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, reply string
		want        []contact.InterceptSemantics
	}{
		{"as in the example of the page", `{"semantics_list":[1,3]}`, []contact.InterceptSemantics{contact.InterceptSemanticsMobile, contact.InterceptSemanticsRedPacket}},
		{"as in its table", `{"extra_rule":{"semantics_list":[2]}}`, []contact.InterceptSemantics{contact.InterceptSemanticsEmail}},
		{"as in both", `{"semantics_list":[1],"extra_rule":{}}`, []contact.InterceptSemantics{contact.InterceptSemanticsMobile}},
		{"none", `{}`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var rule contact.InterceptRule
			require.NoError(t, codec.Decode([]byte(tt.reply), &rule))
			assert.Equal(t, tt.want, rule.Semantics())
		})
	}
}

func TestEnumsOfRulesAndIDs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		known   []string
		unknown string
	}{
		{"InterceptSemantics", names(contact.InterceptSemanticsMobile, contact.InterceptSemanticsEmail, contact.InterceptSemanticsRedPacket), contact.InterceptSemantics(99).String()},
		{"InterceptType", names(contact.InterceptTypeBlock, contact.InterceptTypeWarn), contact.InterceptType(99).String()},
		{"SubjectType", names(contact.SubjectTypeCorp, contact.SubjectTypeProvider), contact.SubjectType(99).String()},
		{"TmpBusinessType", names(contact.TmpBusinessTypeMeeting, contact.TmpBusinessTypeForm, contact.TmpBusinessTypeSmartTable), contact.TmpBusinessType(99).String()},
		{"TmpUserType", names(contact.TmpUserTypeCustomer, contact.TmpUserTypeCorpGroup, contact.TmpUserTypeChain, contact.TmpUserTypeLinkedCorp), contact.TmpUserType(99).String()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			seen := map[string]bool{}
			for _, name := range tt.known {
				assert.NotContains(t, name, "(")
				assert.False(t, seen[name], "%s stands twice", name)
				seen[name] = true
			}
			assert.Equal(t, tt.name+"(99)", tt.unknown)
		})
	}
}

func names[T interface{ String() string }](values ...T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = v.String()
	}
	return all
}

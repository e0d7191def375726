package contact_test

import (
	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/internal/golden"
	"github.com/wecomkit/wecom-go/wecom"
)

// ruleAndAlbumCases are the goldens of intercept rules and product albums.
func ruleAndAlbumCases() []golden.Case {
	type (
		ruleID struct {
			RuleID string `json:"rule_id"`
		}
		rules struct {
			RuleList []contact.ListedInterceptRule `json:"rule_list"`
		}
		rule struct {
			Rule contact.InterceptRule `json:"rule"`
		}
		productID struct {
			ProductID string `json:"product_id"`
		}
		product struct {
			Product contact.ProductAlbum `json:"product"`
		}
	)
	return []golden.Case{
		{Op: "add_intercept_rule", Request: new(contact.AddInterceptRuleRequest), Response: new(contact.AddInterceptRuleResult)},
		{Op: "get_intercept_rule_list", Response: new(rules)},
		{Op: "get_intercept_rule", Request: new(ruleID), Response: new(rule)},
		{Op: "update_intercept_rule", Request: new(contact.UpdateInterceptRuleRequest)},
		{Op: "del_intercept_rule", Request: new(ruleID)},
		{Op: "add_product_album", Request: new(contact.AddProductAlbumRequest), Response: new(contact.AddProductAlbumResult)},
		{Op: "get_product_album", Request: new(productID), Response: new(product)},
		{Op: "get_product_album_list", Request: new(contact.GetProductAlbumListRequest), Response: new(contact.ProductAlbumList)},
		{Op: "update_product_album", Request: new(contact.UpdateProductAlbumRequest)},
		{Op: "delete_product_album", Request: new(productID)},
	}
}

// idCases are the goldens of the id conversions.
func idCases() []golden.Case {
	type (
		externalUserID struct {
			ExternalUserID string `json:"external_userid"`
		}
		openID struct {
			OpenID string `json:"openid"`
		}
		unionID struct {
			UnionID string `json:"unionid"`
			OpenID  string `json:"openid"`
		}
		mobiles struct {
			Mobiles []string `json:"mobiles"`
		}
		providersID struct {
			ExternalUserID string `json:"external_userid"`
			SourceAgentID  int64  `json:"source_agentid"`
		}
		externalUserIDs struct {
			ExternalUserIDList []string `json:"external_userid_list"`
		}
		newExternalUserIDs struct {
			Items []contact.NewExternalUserID `json:"items"`
		}
		pendingContacts struct {
			Result []contact.PendingContact `json:"result"`
		}
		tagIDs struct {
			ExternalTagIDList []string `json:"external_tagid_list"`
		}
		kfIDs struct {
			OpenKFIDList []string `json:"open_kfid_list"`
		}
		upgradeTime struct {
			UpgradeTime wecom.UnixTime `json:"upgrade_time"`
		}
		chatIDs struct {
			ChatIDList []string `json:"chat_id_list"`
		}
	)
	return []golden.Case{
		{Op: "convert_to_openid", Request: new(externalUserID), Response: new(openID)},
		{Op: "unionid_to_external_userid", Request: new(unionID), Response: new(externalUserID)},
		{Op: "batch_to_external_userid", Request: new(mobiles), Response: new(contact.BatchToExternalUserIDResult)},
		{Op: "to_service_external_userid", Request: new(externalUserID), Response: new(externalUserID)},
		{Op: "from_service_external_userid", Request: new(providersID), Response: new(externalUserID)},
		{Op: "get_new_external_userid", Request: new(externalUserIDs), Response: new(newExternalUserIDs)},
		{Op: "idconvert_unionid_to_external_userid", Request: new(contact.ConvertUnionIDToExternalUserIDRequest), Response: new(contact.ConvertedUnionID)},
		{Op: "idconvert_external_userid_to_pending_id", Request: new(contact.ConvertExternalUserIDToPendingIDRequest), Response: new(pendingContacts)},
		{Op: "idconvert_external_tagid", Request: new(tagIDs), Response: new(contact.ConvertExternalTagIDResult)},
		{Op: "idconvert_open_kfid", Request: new(kfIDs), Response: new(contact.ConvertOpenKFIDResult)},
		{Op: "idconvert_convert_tmp_external_userid", Request: new(contact.ConvertTmpExternalUserIDRequest), Response: new(contact.ConvertTmpExternalUserIDResult)},
		{Op: "idconvert_apply_to_upgrade_chatid", Request: new(upgradeTime)},
		{Op: "idconvert_chatid", Request: new(chatIDs), Response: new(contact.ConvertChatIDResult)},
	}
}

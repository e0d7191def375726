package contact_test

import (
	"slices"
	"testing"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/internal/golden"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	// Methods that take an id or return what the reply wraps have no exported
	// type for it.
	type (
		userID struct {
			UserID string `json:"userid"`
		}
		userIDs struct {
			FollowUser []string `json:"follow_user"`
		}
		customerIDs struct {
			ExternalUserID []string `json:"external_userid"`
		}
		configID struct {
			ConfigID string `json:"config_id"`
		}
		contactWay struct {
			ContactWay contact.ContactWay `json:"contact_way"`
		}
		pair struct {
			UserID         string `json:"userid"`
			ExternalUserID string `json:"external_userid"`
		}
		linkID struct {
			LinkID string `json:"link_id"`
		}
		link struct {
			Link contact.CreatedAcquisitionLink `json:"link"`
		}
		chatKey struct {
			ChatKey string `json:"chat_key"`
		}
		keys struct {
			Keys []string `json:"keys"`
		}
		strategyID struct {
			StrategyID int64 `json:"strategy_id"`
		}
		strategy struct {
			Strategy contact.Strategy `json:"strategy"`
		}
		behaviorData struct {
			BehaviorData []contact.BehaviorData `json:"behavior_data"`
		}
	)
	golden.Run(t, slices.Concat(ruleAndAlbumCases(), idCases(), []golden.Case{
		{Op: "get_follow_user_list", Response: new(userIDs)},
		{Op: "list", Request: new(userID), Response: new(customerIDs)},
		{Op: "get", Request: new(contact.GetRequest), Response: new(contact.Contact)},
		{Op: "batch_get_by_user", Request: new(contact.BatchGetByUserRequest), Response: new(contact.BatchGetByUserResult)},
		{Op: "remark", Request: new(contact.RemarkRequest)},
		{Op: "add_contact_way", Request: new(contact.AddContactWayRequest), Response: new(contact.AddContactWayResult)},
		{Op: "get_contact_way", Request: new(configID), Response: new(contactWay)},
		{Op: "list_contact_way", Request: new(contact.ListContactWayRequest), Response: new(contact.ListContactWayResult)},
		{Op: "update_contact_way", Request: new(contact.UpdateContactWayRequest)},
		{Op: "del_contact_way", Request: new(configID)},
		{Op: "close_temp_chat", Request: new(pair)},
		{Op: "transfer_customer", Request: new(contact.TransferCustomerRequest), Response: new(contact.TransferCustomerResult)},
		{Op: "transfer_result", Request: new(contact.TransferResultRequest), Response: new(contact.TransferResult)},
		{Op: "contact_list", Request: new(contact.ListServedContactRequest), Response: new(contact.ListServedContactResult)},
		{Op: "list_acquisition_link", Request: new(contact.ListAcquisitionLinkRequest), Response: new(contact.ListAcquisitionLinkResult)},
		{Op: "get_acquisition_link", Request: new(linkID), Response: new(contact.AcquisitionLink)},
		{Op: "create_acquisition_link", Request: new(contact.CreateAcquisitionLinkRequest), Response: new(link)},
		{Op: "update_acquisition_link", Request: new(contact.UpdateAcquisitionLinkRequest)},
		{Op: "delete_acquisition_link", Request: new(linkID)},
		{Op: "get_acquisition_app_permit", Response: new(contact.AcquisitionAppPermit)},
		{Op: "list_acquisition_customer", Request: new(contact.ListAcquisitionCustomerRequest), Response: new(contact.ListAcquisitionCustomerResult)},
		{Op: "acquisition_quota", Response: new(contact.AcquisitionQuota)},
		{Op: "acquisition_statistic", Request: new(contact.AcquisitionStatisticRequest), Response: new(contact.AcquisitionStatistic)},
		{Op: "get_acquisition_chat_info", Request: new(chatKey), Response: new(contact.AcquisitionChat)},
		{Op: "get_acquisition_comp_auth_info", Response: new(contact.AcquisitionCompAuthInfo)},
		{Op: "create_acquisition_once_key", Request: new(contact.CreateAcquisitionOnceKeyRequest), Response: new(keys)},
		{Op: "list_strategy", Request: new(contact.ListStrategyRequest), Response: new(contact.ListStrategyResult)},
		{Op: "get_strategy", Request: new(strategyID), Response: new(strategy)},
		{Op: "get_strategy_range", Request: new(contact.GetStrategyRangeRequest), Response: new(contact.GetStrategyRangeResult)},
		{Op: "create_strategy", Request: new(contact.CreateStrategyRequest), Response: new(strategyID)},
		{Op: "edit_strategy", Request: new(contact.EditStrategyRequest)},
		{Op: "del_strategy", Request: new(strategyID)},
		{Op: "get_unassigned_list", Request: new(contact.GetUnassignedListRequest), Response: new(contact.GetUnassignedListResult)},
		{Op: "resigned_transfer_customer", Request: new(contact.ResignedTransferCustomerRequest), Response: new(contact.TransferCustomerResult)},
		{Op: "resigned_transfer_result", Request: new(contact.TransferResultRequest), Response: new(contact.TransferResult)},
		{Op: "get_user_behavior_data", Request: new(contact.GetUserBehaviorDataRequest), Response: new(behaviorData)},
	}))
}

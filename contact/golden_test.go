package contact_test

import (
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
	)
	golden.Run(t, []golden.Case{
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
	})
}

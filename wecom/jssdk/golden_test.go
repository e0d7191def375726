package jssdk_test

import (
	"testing"

	"github.com/wecomkit/wecom-go/internal/golden"
	"github.com/wecomkit/wecom-go/wecom/jssdk"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	golden.Run(t, []golden.Case{
		{Op: "get_jsapi_ticket", Response: new(jssdk.TicketResult)},
		{Op: "ticket_get", Response: new(jssdk.TicketResult)},
		{Op: "getuserinfo", Response: new(jssdk.UserInfo)},
		{Op: "getuserinfo_customer", Response: new(jssdk.UserInfo)},
		{Op: "getuserdetail", Request: new(jssdk.GetUserDetailRequest), Response: new(jssdk.UserDetail)},
		{Op: "get_tfa_info", Request: new(jssdk.GetTFAInfoRequest), Response: new(jssdk.TFAInfo)},
		{Op: "tfa_succ", Request: new(jssdk.TFASuccRequest)},
	})
}

package apicheck_test

// people says which endpoints show what each method of wecomtest.Actor does.
// A * at the end stands for all paths that begin so.
func people() map[string][]string {
	const cc = "externalcontact/"
	customers := []string{cc + "list", cc + "get", cc + "batch/get_by_user"}
	chats := []string{cc + "groupchat/list", cc + "groupchat/get", cc + "groupchat/statistic*"}
	tags := []string{cc + "get_corp_tag_list"}
	links := []string{cc + "customer_acquisition/customer", cc + "customer_acquisition/statistic", cc + "customer_acquisition_quota"}
	sends := []string{cc + "get_groupmsg_list_v2", cc + "get_groupmsg_task", cc + "get_groupmsg_send_result"}
	talk := []string{cc + "get_user_behavior_data", cc + "customer_acquisition/get_chat_info", cc + "send_welcome_msg"}
	cards := []string{"message/send", "message/update_template_card", "message/update_taskcard"}
	robots := []string{"aibot/response"}
	licenses := []string{"license/get_order", "license/get_union_order", "license/list_order_account", "license/active_account", "license/get_active_info_by_code"}
	orders := []string{"service/get_order", "service/get_order_list", "service/get_auth_info"}
	tenants := []string{"service/get_auth_info", "service/v2/get_auth_info", "service/get_admin_list", "agent/get_admin_list"}
	return map[string][]string{
		"AddCustomer":     append(customers, cc+"send_welcome_msg"),
		"AddHalfCustomer": {cc + "send_welcome_msg"},
		"AcceptCustomer":  customers,
		"AcceptMember":    customers,
		"InviteCustomer":  {cc + "get_user_behavior_data"},
		"EditCustomer":    append(customers, cc+"remark", cc+"mark_tag"),
		"DeleteCustomer":  customers,
		"DeleteMember":    append(customers, cc+"get_user_behavior_data"),
		"Leave":           {cc + "get_unassigned_list", cc + "resigned/*", cc + "groupchat/transfer"},
		"AcceptTransfer":  {cc + "transfer_customer", cc + "transfer_result", cc + "resigned/*"},
		"RefuseTransfer":  {cc + "transfer_customer", cc + "transfer_result"},
		"Chat":            talk,
		"ChatInGroup":     {cc + "groupchat/statistic*"},
		"WriteToCustomer": talk,
		"WriteToMember":   talk,

		"AddTag":      tags,
		"AddTagGroup": tags,
		"RenameTag":   tags,
		"DeleteTag":   tags,
		"OrderTags":   tags,

		"ScanContactWay": {cc + "add_contact_way", cc + "get_contact_way", cc + "close_temp_chat"},

		"AddByAcquisitionLink":  links,
		"OpenAcquisitionLink":   append(links, cc+"customer_acquisition/create_once_key"),
		"BuyAcquisitionQuota":   {cc + "customer_acquisition_quota"},
		"DeleteAcquisitionLink": {cc + "customer_acquisition/get", cc + "customer_acquisition/list_link"},
		"GrantComponent":        {cc + "customer_acquisition/get_comp_auth_info", cc + "customer_acquisition/create_once_key"},
		"SetAcquisitionPermit":  {cc + "customer_acquisition_app/get_permit"},

		"CreateGroupChat":     chats,
		"JoinGroupChat":       chats,
		"LeaveGroupChat":      chats,
		"RemoveFromGroupChat": chats,
		"RenameGroupChat":     chats,
		"ChangeGroupNotice":   {cc + "groupchat/get"},
		"ChangeGroupOwner":    chats,
		"DismissGroupChat":    chats,
		"ScanJoinWay":         {cc + "groupchat/add_join_way", cc + "groupchat/get_join_way"},
		"UseGroupWelcome":     {cc + "group_welcome_template/add"},

		"ConfirmSend":     append(sends, cc+"add_msg_template"),
		"IgnoreSend":      sends,
		"SendMass":        sends,
		"SetMassSendRule": {cc + "add_msg_template"},

		"PublishMoment": {cc + "add_moment_task", cc + "get_moment_list", cc + "get_moment_task"},
		"PostMoment":    {cc + "get_moment_list"},
		"LikeMoment":    {cc + "get_moment_comments"},
		"CommentMoment": {cc + "get_moment_comments"},

		"ClickCard":     cards,
		"ClickCardMenu": cards,
		"LeaveAppChat":  {"appchat/get"},
		"RemoveRobot":   {"webhook/*"},

		"WriteToAIBot":       robots,
		"MentionAIBot":       robots,
		"ClickAIBotCard":     robots,
		"ClickAIBotCardMenu": robots,
		"RateAIBot":          robots,
		"EnterAIBotChat":     nil, // told by callback alone

		"Authorize": {"auth/getuserinfo", "auth/getuserdetail", "service/auth/getuserinfo3rd", "service/auth/getuserdetail3rd",
			"service/getuserinfo3rd", "service/getuserdetail3rd", "service/get_login_info"},
		"VerifyAgain": {"auth/get_tfa_info", "user/tfa_succ"},

		"AuthorizeSuite":      append(tenants, "service/get_permanent_code", "service/v2/get_permanent_code"),
		"AuthorizeByLink":     append(tenants, "service/get_permanent_code", "service/v2/get_permanent_code", "service/get_pre_auth_code"),
		"ChangeAuthorization": tenants,
		"CancelAuthorization": append(tenants, "service/get_corp_token", "gettoken"),
		"CreateChain":         {"corpgroup/corp/get_chain_list", "corpgroup/corp/get_chain_group"},
		"JoinChain":           {"corpgroup/corp/get_chain_corpinfo_list", "corpgroup/corp/get_chain_corpinfo", "license/batch_share_active_code"},
		"LinkCorp":            {"corpgroup/corp/list_app_share_info", "license/batch_share_active_code"},
		"ShareApp":            {"corpgroup/corp/list_app_share_info", "corpgroup/corp/gettoken", "license/batch_share_active_code"},
		"PayLicenseOrder":     licenses,
		"RefundLicenseOrder":  licenses,
		"UseSuite":            {"license/get_active_info_by_user", "license/get_active_info_by_code", "license/set_auto_active_status"},
		"AuthorizeByQRCode":   append(tenants, "service/get_customized_auth_url"),
		"LoginToMiniProgram":  {"service/miniprogram/jscode2session"},
		"OrderSuite":          orders,
		"PaySuiteOrder":       orders,
		"RefundSuiteOrder":    orders,
		"RegisterCorp":        {"service/get_register_code", "service/get_register_info", "service/get_permanent_code"},
		"ResetPermanentCode":  {"service/get_permanent_code", "service/v2/get_permanent_code", "gettoken"},

		"FollowSchool":    {cc + "message/send", cc + "get_subscribe_mode"},
		"UnfollowSchool":  {cc + "message/send"},
		"SetCorpVerified": {cc + "get_subscribe_qr_code"},
	}
}

package apicheck_test

// exceptions are the differences between types and table that are meant, by
// "<path> <what>". The official page decides; one that no longer differs fails
// the test.
func exceptions() map[string]string {
	const (
		cc                = "/cgi-bin/externalcontact/"
		noProfileChannels = "page 92230: the profile of a customer comes without it"
		oneImage          = "page 92228 has one conclusions object: media_id is sent, pic_url comes back"
		wholeText         = "the object is left out when there is no text"
	)
	return map[string]string{
		cc + "get response.external_contact.external_profile.wechat_channels":                                       noProfileChannels,
		cc + "batch/get_by_user response.external_contact_list[].external_contact.external_profile.wechat_channels": noProfileChannels,

		cc + "add_contact_way request.conclusions.image.media_id":              oneImage,
		cc + "add_contact_way request.conclusions.image.pic_url":               oneImage,
		cc + "update_contact_way request.conclusions.image.media_id":           oneImage,
		cc + "update_contact_way request.conclusions.image.pic_url":            oneImage,
		cc + "get_contact_way response.contact_way.conclusions.image.media_id": oneImage,

		cc + "add_contact_way request.conclusions.text.content":    wholeText,
		cc + "update_contact_way request.conclusions.text.content": wholeText,
		cc + "add_msg_template request.text.content":               wholeText,
		cc + "send_welcome_msg request.text.content":               wholeText,

		cc + "add_msg_template request.tag_filter.group_list[].tag_list": "an empty list filters nothing",
	}
}

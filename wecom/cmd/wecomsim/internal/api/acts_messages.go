package api

import (
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

func tagActs() []Act {
	return []Act{
		act("AddTagGroup", "Let an administrator create a tag group with its tags", func(s *wecomtest.Server, in struct {
			GroupName string   `json:"group_name"`
			Order     int64    `json:"order,omitzero" about:"larger ones come first"`
			Tags      []string `json:"tags"           about:"names"`
		},
		) any {
			g := wecomtest.TagGroup{GroupName: in.GroupName, Order: in.Order}
			for _, name := range in.Tags {
				g.Tag = append(g.Tag, wecomtest.Tag{Name: name})
			}
			return results{"tag_group": s.Act().AddTagGroup(g)}
		}),
		act("AddTag", "Let an administrator create a tag in a group", func(s *wecomtest.Server, in struct {
			GroupID string `json:"group_id"       kind:"taggroup"`
			Name    string `json:"name"`
			Order   int64  `json:"order,omitzero" about:"larger ones come first"`
		},
		) any {
			return results{"tag_id": s.Act().AddTag(in.GroupID, wecomtest.Tag{Name: in.Name, Order: in.Order})}
		}),
		act("RenameTag", "Let an administrator rename a tag or a tag group", func(s *wecomtest.Server, in struct {
			ID   string `json:"id" kind:"tag"`
			Name string `json:"name"`
		},
		) any {
			s.Act().RenameTag(in.ID, in.Name)
			return nil
		}),
		act("OrderTags", "Let an administrator drag tags of a group into a new order", func(s *wecomtest.Server, in struct {
			GroupID string   `json:"group_id,omitzero" about:"order the groups if not given" kind:"taggroup"`
			IDs     []string `json:"ids"               about:"the first ahead of all"        kind:"tag"`
		},
		) any {
			s.Act().OrderTags(in.GroupID, in.IDs...)
			return nil
		}),
		act("DeleteTag", "Let an administrator delete a tag, or a tag group with all its tags", func(s *wecomtest.Server, in struct {
			ID string `json:"id" kind:"tag"`
		},
		) any {
			s.Act().DeleteTag(in.ID)
			return nil
		}),
	}
}

// inTask names what a member has to do for a mass send.
type inTask struct {
	MsgID  string `json:"msgid"  kind:"masssend"`
	UserID string `json:"userid" kind:"member"`
}

func massSendActs() []Act {
	return []Act{
		act("ConfirmSend", "Let a member send what a mass send asks of them", func(s *wecomtest.Server, in struct {
			inTask
			To []string `json:"to,omitzero" about:"to whom, of those whom it is for; all if not given" kind:"customer"`
		},
		) any {
			s.Act().ConfirmSend(in.MsgID, in.UserID, in.To...)
			return nil
		}),
		act("IgnoreSend", "Let a member drop a mass send", func(s *wecomtest.Server, in inTask) any {
			s.Act().IgnoreSend(in.MsgID, in.UserID)
			return nil
		}),
		act("SendMass", "Let a member write to many customers or group chats of their own", func(s *wecomtest.Server, in struct {
			UserID      string                 `json:"userid"               kind:"member"`
			To          []string               `json:"to"                   kind:"customer"`
			ChatType    string                 `json:"chat_type,omitzero"   about:"single (if not given) or group"`
			Text        string                 `json:"text,omitzero"`
			Attachments []wecomtest.Attachment `json:"attachments,omitzero"`
		},
		) any {
			m := wecomtest.MassSend{ChatType: in.ChatType, Text: in.Text, Attachments: in.Attachments}
			return results{"msgid": s.Act().SendMass(in.UserID, m, in.To...)}
		}),
		act("SetMassSendRule", "Let an administrator choose how many mass sends a customer may get", func(s *wecomtest.Server, in struct {
			Rule string `json:"rule" about:"monthly (as many as the month has days), weekly (seven) or daily (one)"`
		},
		) any {
			rules := map[string]wecomtest.MassSendRule{
				"monthly": wecomtest.MassSendMonthly, "weekly": wecomtest.MassSendWeekly, "daily": wecomtest.MassSendDaily,
			}
			rule, ok := rules[in.Rule]
			if !ok {
				return badRequest("body: rule: want monthly, weekly or daily, not %q", in.Rule)
			}
			s.Act().SetMassSendRule(rule)
			return nil
		}),
	}
}

// reaction is what somebody does about a moment.
type reaction struct {
	MomentID  string `json:"moment_id" kind:"moment"`
	Publisher string `json:"publisher" about:"the member who published it" kind:"member"`
	Who       string `json:"who"       about:"a customer who sees it, or a member" kind:"person"`
}

func momentActs() []Act {
	return []Act{
		act("PublishMoment", "Let a member publish a moment that the corp made", func(s *wecomtest.Server, in struct {
			MomentID string `json:"moment_id" kind:"moment"`
			UserID   string `json:"userid"    kind:"member"`
		},
		) any {
			s.Act().PublishMoment(in.MomentID, in.UserID)
			return nil
		}),
		act("PostMoment", "Let a member post a moment of their own", func(s *wecomtest.Server, in struct {
			UserID      string                 `json:"userid"               kind:"member"`
			Text        string                 `json:"text,omitzero"`
			Attachments []wecomtest.Attachment `json:"attachments,omitzero" about:"images, or one video, or one link"`
			Location    *wecomtest.Location    `json:"location,omitzero"`
			TagList     []string               `json:"tag_list,omitzero"    about:"only customers with one of these tags see it" kind:"tag"`
		},
		) any {
			m := wecomtest.Moment{Text: in.Text, Attachments: in.Attachments, Location: in.Location, TagList: in.TagList}
			return results{"moment_id": s.Act().PostMoment(in.UserID, m)}
		}),
		act("LikeMoment", "Let a customer or a member like a moment", func(s *wecomtest.Server, in reaction) any {
			s.Act().LikeMoment(in.MomentID, in.Publisher, in.Who)
			return nil
		}),
		act("CommentMoment", "Let a customer or a member comment on a moment", func(s *wecomtest.Server, in reaction) any {
			s.Act().CommentMoment(in.MomentID, in.Publisher, in.Who)
			return nil
		}),
	}
}

package api

import "github.com/wecomkit/wecom-go/wecom/wecomtest"

type inParent struct {
	ParentUserID string `json:"parent_userid"`
}

func corpActs() []Act {
	return []Act{
		act("Server.AddMember", "Let an administrator add a member, who may have customers", func(s *wecomtest.Server, in wecomtest.Member) any {
			return results{"userid": s.AddMember(in)}
		}),
		act("Leave", "Let a member leave the corp", func(s *wecomtest.Server, in struct {
			UserID string `json:"userid" kind:"member"`
		},
		) any {
			s.Act().Leave(in.UserID)
			return nil
		}),
		act("SetCorpVerified", "Let WeCom grant or end the corp's verification", func(s *wecomtest.Server, in struct {
			Verified bool `json:"verified"`
		},
		) any {
			s.Act().SetCorpVerified(in.Verified)
			return nil
		}),
		act("FollowSchool", "Let a parent scan the school's QR code", func(s *wecomtest.Server, in inParent) any {
			return results{"follows": s.Act().FollowSchool(in.ParentUserID)}
		}),
		act("UnfollowSchool", "Let a parent stop following the school", func(s *wecomtest.Server, in inParent) any {
			s.Act().UnfollowSchool(in.ParentUserID)
			return nil
		}),
	}
}

package wecomtest

import "slices"

type remarkRequest struct {
	UserID           string   `json:"userid"`
	ExternalUserID   string   `json:"external_userid"`
	Remark           *string  `json:"remark"`
	Description      *string  `json:"description"`
	RemarkCompany    *string  `json:"remark_company"`
	RemarkMobiles    []string `json:"remark_mobiles"`
	RemarkPicMediaID string   `json:"remark_pic_mediaid"`
}

// remarkCustomer takes a text that is there as one to store, even an empty
// one. An empty list of mobiles counts as none: clearing takes [""].
func remarkCustomer(x *exchange, req remarkRequest) (any, error) {
	cust, f, err := x.customerOf(req.UserID, req.ExternalUserID)
	if err != nil {
		return nil, err
	}
	if req.Remark == nil && req.Description == nil && req.RemarkCompany == nil && len(req.RemarkMobiles) == 0 && req.RemarkPicMediaID == "" {
		return nil, Refuse(40063, "wecomtest: nothing to remark")
	}
	if req.RemarkPicMediaID != "" {
		if err := x.usable(req.RemarkPicMediaID, "image", 0); err != nil {
			return nil, err
		}
	}
	if req.Remark != nil {
		f.Remark = *req.Remark
	}
	if req.Description != nil {
		f.Description = *req.Description
	}
	if req.RemarkCompany != nil && cust.Type != weComUser {
		f.RemarkCorpName = *req.RemarkCompany
	}
	if len(req.RemarkMobiles) > 0 {
		f.RemarkMobiles = slices.DeleteFunc(req.RemarkMobiles, func(mobile string) bool { return mobile == "" })
	}
	return nil, nil
}

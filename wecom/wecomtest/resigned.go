package wecomtest

func resignedHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/resigned/transfer_customer": handle(transferResignedCustomer),
		"/cgi-bin/externalcontact/resigned/transfer_result":   handle(resignedTransferResult),
		"/cgi-bin/externalcontact/get_unassigned_list":        handle(getUnassignedList),
	}
}

// resignedYears is for how long after leaving a member's customers can be
// assigned.
const resignedYears = 1

func transferResignedCustomer(x *exchange, req transferCustomerRequest) (any, error) {
	if err := x.resigned(req.HandoverUserID); err != nil {
		return nil, err
	}
	takeover, err := x.corp.follower(x, req.TakeoverUserID)
	if err == nil {
		err = takeover.fit()
	}
	if err != nil {
		return nil, err
	}
	return x.startTransfers(req, true), nil
}

// resigned is nil if the customers of a member can be assigned.
func (x *exchange) resigned(userID string) error {
	m := x.corp.members.byID[userID]
	switch {
	case m == nil:
		return Refuse(60111, "userid not found")
	case !m.Left:
		return Refuse(40097, "wecomtest: the member has not left the corp")
	case x.now.After(m.LeftTime.AddDate(resignedYears, 0, 0)):
		return Refuse(40058, "wecomtest: the member left more than a year ago")
	}
	return nil
}

func resignedTransferResult(x *exchange, req transferResultRequest) (any, error) {
	if x.corp.members.byID[req.HandoverUserID] == nil {
		return nil, Refuse(60111, "userid not found")
	}
	if _, err := x.corp.follower(x, req.TakeoverUserID); err != nil {
		return nil, err
	}
	return x.transferResults(req, true)
}

type getUnassignedListRequest struct {
	Cursor   string `json:"cursor"`
	PageSize int    `json:"page_size"`
}

type getUnassignedListReply struct {
	Info       []unassignedCustomer `json:"info"`
	IsLast     bool                 `json:"is_last"`
	NextCursor string               `json:"next_cursor"`
}

type unassignedCustomer struct {
	HandoverUserID string `json:"handover_userid"`
	ExternalUserID string `json:"external_userid"`
	DimissionTime  int64  `json:"dimission_time"`
}

// getUnassignedList leaves out whom somebody is about to take over.
func getUnassignedList(x *exchange, req getUnassignedListRequest) (any, error) {
	rows := []unassignedCustomer{}
	for _, id := range x.corp.members.order {
		m := x.corp.members.byID[id]
		if !m.Left {
			continue
		}
		for _, cust := range x.corp.customers.byMember[id] {
			if t := x.corp.transfers.waiting(cust.ExternalUserID); t == nil || t.HandoverUserID != id {
				rows = append(rows, unassignedCustomer{id, cust.ExternalUserID, m.LeftTime.Unix()})
			}
		}
	}
	from, to, next, err := x.page(len(rows), req.Cursor, req.PageSize)
	if err != nil {
		return nil, err
	}
	return getUnassignedListReply{Info: rows[from:to], IsLast: next == "", NextCursor: next}, nil
}

package callback_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
)

// The page's own sample has a space in the tags of ApproverStep.
func TestOpenApproval(t *testing.T) {
	t.Parallel()
	got := parseAs[callback.OpenApprovalChange](t, "<xml><Event>open_approval_change</Event><ApprovalInfo>"+
		"<OpenSpStatus>2</OpenSpStatus><ApplyTime></ApplyTime><ApprovalNodes><ApprovalNode><NodeStatus>4</NodeStatus><NodeAttr>2</NodeAttr>"+
		"<NodeType>3</NodeType><Items><Item><ItemStatus>1</ItemStatus><ItemOpTime>0</ItemOpTime></Item></Items></ApprovalNode></ApprovalNodes>"+
		"<NotifyNodes/><ApproverStep >1</ApproverStep ></ApprovalInfo></xml>")
	assert.Equal(t, callback.OpenApprovalInfo{
		OpenSpStatus: callback.OpenSpStatusApproved, ApproverStep: 1,
		ApprovalNodes: []callback.ApprovalNode{{
			NodeStatus: callback.ApprovalStatusForwarded, NodeAttr: callback.ApproverAttrAll, NodeType: callback.ApprovalNodeTypeSuperior,
			Items: []callback.ApprovalItem{{ItemStatus: callback.ApprovalStatusPending}},
		}},
	}, got.ApprovalInfo)
}

// Requests between an education bureau and its schools have no SpNo, and what
// nobody did yet has the time 0.
func TestSysApproval(t *testing.T) {
	t.Parallel()
	want := callback.SysApprovalInfo{
		SpNoStr: "202506110001", SpStatus: callback.SpStatusCanceledAfterApproval,
		Applyer: callback.Applyer{UserID: "zoe"},
		SpRecord: []callback.SpRecord{{
			ApproverAttr: callback.ApproverAttrAny,
			Details:      []callback.SpDetail{{Approver: callback.ApprovalUser{UserID: "a"}}, {Approver: callback.ApprovalUser{UserID: "b"}, SpTime: wecom.NewUnixTime(time.Unix(1571730000, 0))}},
		}},
		ProcessList: callback.ProcessList{NodeList: []callback.ProcessNode{{
			NodeType: callback.ProcessNodeTypeHandler, SpStatus: callback.ApprovalStatusHandled, ApvRel: callback.ApvRelInOrder,
			SubNodeList: []callback.ProcessSubNode{{SpYj: callback.ApprovalStatusHandedOver, MediaIDs: []string{"m1", "m2"}}},
		}}},
		StatusChangeEvent: callback.StatusChangeEventUrged,
	}
	tests := []struct{ name, body string }{
		{"XML", "<xml><Event>sys_approval_change</Event><ApprovalInfo><SpNoStr>202506110001</SpNoStr><SpStatus>6</SpStatus><ApplyTime/>" +
			"<Applyer><UserId>zoe</UserId><Party></Party></Applyer><SpRecord><ApproverAttr>1</ApproverAttr>" +
			"<Details><Approver><UserId>a</UserId></Approver><SpTime>0</SpTime></Details>" +
			"<Details><Approver><UserId>b</UserId></Approver><SpTime>1571730000</SpTime></Details></SpRecord>" +
			"<ProcessList><NodeList><NodeType>3</NodeType><SpStatus>14</SpStatus><ApvRel>3</ApvRel><SubNodeList><SpYj>15</SpYj>" +
			"<MediaIds>m1</MediaIds><MediaIds>m2</MediaIds></SubNodeList></NodeList></ProcessList>" +
			"<StatuChangeEvent>5</StatuChangeEvent></ApprovalInfo></xml>"},
		{"JSON", `{"Event":"sys_approval_change","ApprovalInfo":{"SpNoStr":"202506110001","SpStatus":6,"Applyer":{"UserId":"zoe"},
			"SpRecord":[{"ApproverAttr":1,"Details":[{"Approver":{"UserId":"a"},"SpTime":0},{"Approver":{"UserId":"b"},"SpTime":"1571730000"}]}],
			"ProcessList":{"NodeList":[{"NodeType":3,"SpStatus":14,"ApvRel":3,"SubNodeList":[{"SpYj":15,"MediaIds":["m1","m2"]}]}]},
			"StatuChangeEvent":5}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, parseAs[callback.SysApprovalChange](t, tt.body).ApprovalInfo)
		})
	}
}

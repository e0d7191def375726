package cassette_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest/cassette"
)

// A page of a hundred customers, which a recorder gives pseudonyms while the
// program waits.
func BenchmarkVeil(b *testing.B) {
	list := make([]any, 100)
	for i := range list {
		list[i] = map[string]any{
			"external_contact": map[string]any{"external_userid": fmt.Sprintf("wmCustomerCustomer%09d", i), "name": "张三", "type": json.Number("1"), "avatar": "https://wx.qlogo.cn/mmhead/x/0"},
			"follow_info":      map[string]any{"userid": "zhangsan", "remark": "老客户", "createtime": json.Number("1700000000"), "tag_id": []any{"etTagTagTagTagTagTag01", "etTagTagTagTagTagTag02"}},
		}
	}
	body := map[string]any{"errcode": json.Number("0"), "errmsg": "ok", "external_contact_list": list}
	size, err := json.Marshal(body)
	require.NoError(b, err)
	b.SetBytes(int64(len(size)))
	b.ReportAllocs()
	for b.Loop() {
		cassette.Veil([32]byte{}, cassette.Request{Method: "POST", Path: "/cgi-bin/externalcontact/batch/get_by_user"}, cassette.Response{Status: 200, Body: body})
	}
}

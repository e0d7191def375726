package codec_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/wecomkit/wecom-go/wecom"
)

// The reply of externalcontact/batch/get_by_user, as official page 92994 has it.
type page struct {
	ExternalContactList []row    `json:"external_contact_list"`
	NextCursor          string   `json:"next_cursor"`
	FailInfo            failInfo `json:"fail_info"`
}

type row struct {
	ExternalContact externalContact `json:"external_contact"`
	FollowInfo      followInfo      `json:"follow_info"`
}

type externalContact struct {
	ExternalUserID  string           `json:"external_userid"`
	Name            string           `json:"name"`
	Position        string           `json:"position"`
	Avatar          string           `json:"avatar"`
	CorpName        string           `json:"corp_name"`
	CorpFullName    string           `json:"corp_full_name"`
	Type            int              `json:"type"`
	Gender          int              `json:"gender"`
	UnionID         string           `json:"unionid"`
	ExternalProfile *externalProfile `json:"external_profile"`
}

type externalProfile struct {
	ExternalAttr []externalAttr `json:"external_attr"`
}

type externalAttr struct {
	Type        int          `json:"type"`
	Name        string       `json:"name"`
	Text        *attrText    `json:"text"`
	Web         *attrWeb     `json:"web"`
	MiniProgram *attrMiniApp `json:"miniprogram"`
}

type attrText struct {
	Value string `json:"value"`
}

type attrWeb struct {
	URL   string `json:"url"`
	Title string `json:"title"`
}

type attrMiniApp struct {
	AppID    string `json:"appid"`
	PagePath string `json:"pagepath"`
	Title    string `json:"title"`
}

type followInfo struct {
	UserID         string         `json:"userid"`
	Remark         string         `json:"remark"`
	Description    string         `json:"description"`
	CreateTime     wecom.UnixTime `json:"createtime"`
	TagID          []string       `json:"tag_id"`
	RemarkCorpName string         `json:"remark_corp_name"`
	RemarkMobiles  []string       `json:"remark_mobiles"`
	OperUserID     string         `json:"oper_userid"`
	AddWay         int            `json:"add_way"`
	State          string         `json:"state"`
	WeChatChannels *channels      `json:"wechat_channels"`
}

type channels struct {
	Nickname string `json:"nickname"`
	Source   int    `json:"source"`
}

type failInfo struct {
	UnlicensedUserIDList []string `json:"unlicensed_userid_list"`
}

// pageBody returns a page of n customers: Chinese names, ids and links that
// differ, members, tags and corps that repeat, a profile for every fifth.
func pageBody(n int) []byte {
	rows := make([]string, n)
	for i := range rows {
		profile, channels := "", ""
		if i%5 == 0 {
			profile = `,"external_profile":{"external_attr":[{"type":0,"name":"文本名称","text":{"value":"文本"}},` +
				`{"type":1,"name":"网页名称","web":{"url":"https:\/\/example.com\/shop?id=7","title":"标题"}},` +
				`{"type":2,"name":"小程序","miniprogram":{"appid":"wx8bd80126147df384","pagepath":"/index","title":"my miniprogram"}}]}`
			channels = `,"wechat_channels":{"nickname":"视频号名称","source":1}`
		}
		rows[i] = fmt.Sprintf(`{"external_contact":{"external_userid":"woAJ2GCAAAXtWyujaWJHDDGi0m%06d","name":"客户%d",`+
			`"position":"Manager","avatar":"http://p.qlogo.cn/bizmail/IcsdgagqefergqerhewSdage%06d/0","corp_name":"腾讯",`+
			`"corp_full_name":"腾讯科技有限公司","type":2,"gender":%d,"unionid":"ozynqsulJFCZ2z1aYeS8h-nuas%06d"%s},`+
			`"follow_info":{"userid":"member%d","remark":"老客户%d","description":"对接采购事务","createtime":%d,`+
			`"tag_id":["etAJ2GCAAAXtWyujaWJHDDGi0mACHA%02d","stJHDDGi0mAGi0mACHBByuj%03d"],"remark_corp_name":"腾讯科技",`+
			`"remark_mobiles":["138%08d"],"oper_userid":"member%d","add_way":%d,"state":"门店%d"%s}}`,
			i, i, i, i%3, i, profile, i%3, i, 1525779812+i*997, i%7, i%11, i*7919, i%3, i%12, i%4, channels)
	}
	return []byte(`{"errcode":0,"errmsg":"ok","external_contact_list":[` + strings.Join(rows, ",") +
		`],"next_cursor":"r9FqSqsI8fgNbHLHE5QoCP50UIg2cFQbfma3l2QsmwI","fail_info":{"unlicensed_userid_list":["lisi"]}}`)
}

// small is a reply of a few fields, as most are.
const small = `{"errcode":0,"errmsg":"ok","total":3,"status":1,"owner":"zhangsan","name":"门店一","next_cursor":""}`

type smallReply struct {
	Total      int    `json:"total"`
	Status     int    `json:"status"`
	Owner      string `json:"owner"`
	Name       string `json:"name"`
	NextCursor string `json:"next_cursor"`
}

// A message as message/send takes it.
type messageBody struct {
	ToUser  string       `json:"touser,omitzero"`
	ToParty string       `json:"toparty,omitzero"`
	MsgType string       `json:"msgtype"`
	AgentID int64        `json:"agentid"`
	News    *newsBody    `json:"news,omitzero"`
	Safe    wecom.Bool01 `json:"safe,omitzero"`
}

type newsBody struct {
	Articles []articleBody `json:"articles"`
}

type articleBody struct {
	Title       string `json:"title"`
	Description string `json:"description,omitzero"`
	URL         string `json:"url,omitzero"`
	PicURL      string `json:"picurl,omitzero"`
}

func message() messageBody {
	return messageBody{
		ToUser: "zhangsan|lisi|wangwu", MsgType: "news", AgentID: 1000002,
		News: &newsBody{Articles: []articleBody{{
			Title:       "中秋节礼品领取",
			Description: "今年中秋节公司有豪礼相送，请到前台领取。\n回复“收到”即可。",
			URL:         "https://work.weixin.qq.com/gift?from=app&id=7<8>",
			PicURL:      "https://res.mail.qq.com/node/ww/wwopenmng/images/independent/doc/test_pic_msg1.png",
		}}},
	}
}

// stdEncode is the floor for AppendJSON: encoding/json with the one setting it
// has against escapes.
func stdEncode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return buf.Bytes(), err
}

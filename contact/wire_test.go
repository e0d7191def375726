package contact_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/contact"
	"github.com/wecomkit/wecom-go/wecom"
)

// A wire is a scripted WeCom: it answers each path with the reply under it and
// keeps what it was sent.
type wire struct {
	replies map[string]string // by path under /cgi-bin/
	sent    []string          // "<path> <body>"
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	op := strings.TrimPrefix(r.URL.Path, "/cgi-bin/")
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	w.sent = append(w.sent, strings.TrimSpace(op+" "+string(body)))
	reply, ok := w.replies[op]
	if !ok {
		reply = `{"errcode":0,"errmsg":"ok"}`
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(reply))}, nil
}

func (w *wire) contacts(t *testing.T) *contact.Service {
	t.Helper()
	client, err := wecom.New(wecom.Credential{CorpID: "ww1"}, wecom.WithTokenSource(wireToken{}), wecom.WithHTTPClient(&http.Client{Transport: w}))
	require.NoError(t, err)
	return contact.New(client)
}

type wireToken struct{}

func (wireToken) Token(context.Context) (wecom.Token, error) { return wecom.Token{Value: "token"}, nil }
func (wireToken) Invalidate(context.Context, string)         {}

// A plainCall is one call of a method, and what it must return for the example
// of its page.
type plainCall struct {
	op   string // under /cgi-bin/
	dir  string // of testdata
	call func(context.Context, *contact.Service) (any, error)
	want any
}

// Methods that take ids and return what the reply wraps have no exported types
// for the golden test: these calls send and read the same examples.
func TestCallsOfPlainValues(t *testing.T) {
	t.Parallel()
	const zoe, provided = "wmEXAMPLE0000000000000000000001", "wmEXAMPLE0000000000000000000002"
	runPlainCalls(t, []plainCall{
		{"externalcontact/get_intercept_rule_list", "get_intercept_rule_list", func(ctx context.Context, c *contact.Service) (any, error) {
			return c.GetInterceptRuleList(ctx)
		}, []contact.ListedInterceptRule{{RuleID: "rule1", RuleName: "no prices", CreateTime: wecom.NewUnixTime(time.Unix(1600000000, 0))}}},
		{"externalcontact/get_intercept_rule", "get_intercept_rule", func(ctx context.Context, c *contact.Service) (any, error) {
			return c.GetInterceptRule(ctx, "1")
		}, &contact.InterceptRule{
			RuleID: "1", RuleName: "no prices", WordList: []string{"discount", "折扣"}, InterceptType: contact.InterceptTypeBlock,
			ApplicableRange: contact.InterceptRange{UserList: []string{"alice"}, DepartmentList: []int64{2, 3}},
			SemanticsList:   []contact.InterceptSemantics{contact.InterceptSemanticsMobile, contact.InterceptSemanticsEmail, contact.InterceptSemanticsRedPacket},
		}},
		{"externalcontact/del_intercept_rule", "del_intercept_rule", func(ctx context.Context, c *contact.Service) (any, error) {
			return nil, c.DelInterceptRule(ctx, "rule1")
		}, nil},
		{"externalcontact/get_product_album", "get_product_album", func(ctx context.Context, c *contact.Service) (any, error) {
			return c.GetProductAlbum(ctx, "product1")
		}, &contact.ProductAlbum{
			ProductID: "product1", ProductSN: "OAK1", Description: "Oak table", Price: 30000, CreateTime: wecom.NewUnixTime(time.Unix(1600000000, 0)),
			Attachments: []contact.AlbumAttachment{{Type: contact.AlbumAttachmentTypeImage, Image: &contact.AlbumImage{MediaID: "MEDIA1"}}},
		}},
		{"externalcontact/delete_product_album", "delete_product_album", func(ctx context.Context, c *contact.Service) (any, error) {
			return nil, c.DeleteProductAlbum(ctx, "product1")
		}, nil},
		{"externalcontact/convert_to_openid", "convert_to_openid", func(ctx context.Context, c *contact.Service) (any, error) {
			return c.ConvertToOpenID(ctx, zoe)
		}, "ooEXAMPLE1"},
		{"externalcontact/unionid_to_external_userid", "unionid_to_external_userid", func(ctx context.Context, c *contact.Service) (any, error) {
			return c.UnionIDToExternalUserID(ctx, "ozEXAMPLE1", "ooEXAMPLE1")
		}, zoe},
		{"externalcontact/batch_to_external_userid", "batch_to_external_userid", func(ctx context.Context, c *contact.Service) (any, error) {
			return c.BatchToExternalUserID(ctx, []string{"10000000000", "10000000001"})
		}, &contact.BatchToExternalUserIDResult{
			SuccessList: []contact.MobileExternalUserID{{Mobile: "10000000000", ExternalUserID: zoe}},
			FailList:    []contact.MobileFailure{{Mobile: "10000000001", ErrCode: wecom.CodeRecordNotFound, ErrMsg: "record not found"}},
		}},
		{"externalcontact/to_service_external_userid", "to_service_external_userid", func(ctx context.Context, c *contact.Service) (any, error) {
			return c.ToServiceExternalUserID(ctx, zoe)
		}, provided},
		{"externalcontact/from_service_external_userid", "from_service_external_userid", func(ctx context.Context, c *contact.Service) (any, error) {
			return c.FromServiceExternalUserID(ctx, provided, 100001)
		}, zoe},
		{"externalcontact/get_new_external_userid", "get_new_external_userid", func(ctx context.Context, c *contact.Service) (any, error) {
			return c.GetNewExternalUserID(ctx, []string{zoe, provided})
		}, []contact.NewExternalUserID{
			{ExternalUserID: zoe, NewExternalUserID: "wmEXAMPLE0000000000000000000003"},
			{ExternalUserID: provided, NewExternalUserID: "wmEXAMPLE0000000000000000000004"},
		}},
		{"idconvert/batch/external_userid_to_pending_id", "idconvert_external_userid_to_pending_id", func(ctx context.Context, c *contact.Service) (any, error) {
			return c.ConvertExternalUserIDToPendingID(ctx, contact.ConvertExternalUserIDToPendingIDRequest{ExternalUserID: []string{zoe, provided}, ChatID: "wrEXAMPLE1"})
		}, []contact.PendingContact{{ExternalUserID: zoe, PendingID: "pEXAMPLE1"}, {ExternalUserID: provided, PendingID: "pEXAMPLE2"}}},
		{"idconvert/external_tagid", "idconvert_external_tagid", func(ctx context.Context, c *contact.Service) (any, error) {
			return c.ConvertExternalTagID(ctx, []string{"etTAG1", "etTAG2", "etTAG3", "etTAG4"})
		}, &contact.ConvertExternalTagIDResult{
			Items: []contact.ConvertedExternalTagID{
				{ExternalTagID: "etTAG1", OpenExternalTagID: "etOPEN1"}, {ExternalTagID: "etTAG2", OpenExternalTagID: "etOPEN2"},
			},
			InvalidExternalTagIDList: []string{"etTAG3", "etTAG4"},
		}},
		{"idconvert/open_kfid", "idconvert_open_kfid", func(ctx context.Context, c *contact.Service) (any, error) {
			return c.ConvertOpenKFID(ctx, []string{"wkKF1", "wkKF2", "wkKF3", "wkKF4"})
		}, &contact.ConvertOpenKFIDResult{
			Items: []contact.ConvertedOpenKFID{
				{OpenKFID: "wkKF1", NewOpenKFID: "wkNEW1"}, {OpenKFID: "wkKF2", NewOpenKFID: "wkNEW2"},
			},
			InvalidOpenKFIDList: []string{"wkKF3", "wkKF4"},
		}},
		{"idconvert/apply_to_upgrade_chatid", "idconvert_apply_to_upgrade_chatid", func(ctx context.Context, c *contact.Service) (any, error) {
			return nil, c.ApplyToUpgradeChatID(ctx, time.Unix(1700000000, 0))
		}, nil},
		{"idconvert/chatid", "idconvert_chatid", func(ctx context.Context, c *contact.Service) (any, error) {
			return c.ConvertChatID(ctx, []string{"wrOLD1", "wrOLD2", "wrOLD3"})
		}, &contact.ConvertChatIDResult{
			Items:             []contact.ConvertedChatID{{ChatID: "wrOLD1", NewChatID: "wrNEW1"}, {ChatID: "wrOLD2", NewChatID: "wrNEW2"}},
			InvalidChatIDList: []string{"wrOLD3"},
		}},
	})
}

func runPlainCalls(t *testing.T, tests []plainCall) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.dir, func(t *testing.T) {
			t.Parallel()
			w := &wire{replies: map[string]string{}}
			if reply := example(t, tt.dir, "response.json"); reply != "" {
				w.replies[tt.op] = reply
			}

			got, err := tt.call(t.Context(), w.contacts(t))

			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
			require.Len(t, w.sent, 1)
			op, body, _ := strings.Cut(w.sent[0], " ")
			assert.Equal(t, tt.op, op)
			if want := example(t, tt.dir, "request.json"); want != "" {
				assert.JSONEq(t, want, body)
			} else {
				assert.Empty(t, body)
			}
		})
	}
}

// example returns a file of testdata, or nothing if there is none.
func example(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(path.Join("testdata", dir, name))
	if os.IsNotExist(err) {
		return ""
	}
	require.NoError(t, err)
	return string(b)
}

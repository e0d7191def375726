package isv_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
)

// What buys, gives away or uses up is not sent again when a reply is lost.
func TestWritesAreSentOnce(t *testing.T) {
	t.Parallel()
	type calls struct {
		context.Context

		suite    *isv.Suite
		provider *isv.Provider
		license  isv.LicenseService
	}
	drop := func(_ any, err error) error { return err }
	tests := map[string]func(c calls) error{
		"service/auth/getuserinfo3rd":        func(c calls) error { return drop(c.suite.GetUserInfo3rd(c, "c0de")) },
		"service/getuserinfo3rd":             func(c calls) error { return drop(c.suite.GetSchoolUserInfo3rd(c, "c0de")) },
		"service/miniprogram/jscode2session": func(c calls) error { return drop(c.suite.JSCode2Session(c, "c0de")) },
		"service/get_login_info":             func(c calls) error { return drop(c.provider.GetLoginInfo(c, "c0de")) },
		"service/prolong_try":                func(c calls) error { return drop(c.suite.ProlongTry(c, isv.ProlongTryRequest{})) },
		"service/contact/id_translate":       func(c calls) error { return drop(c.provider.TranslateID(c, isv.TranslateIDRequest{})) },
		"license/active_account":             func(c calls) error { return c.license.ActiveAccount(c, "ww1", "c0de", "alice") },
		"license/batch_active_account":       func(c calls) error { return drop(c.license.BatchActiveAccount(c, isv.BatchActiveAccountRequest{})) },
		"license/batch_transfer_license":     func(c calls) error { return drop(c.license.BatchTransferLicense(c, isv.BatchTransferLicenseRequest{})) },
		"license/batch_share_active_code":    func(c calls) error { return drop(c.license.BatchShareActiveCode(c, isv.BatchShareActiveCodeRequest{})) },
		"license/create_new_order":           func(c calls) error { return drop(c.license.CreateNewOrder(c, isv.CreateNewOrderRequest{})) },
		"license/create_renew_order_job":     func(c calls) error { return drop(c.license.CreateRenewOrderJob(c, isv.CreateRenewOrderJobRequest{})) },
		"license/submit_order_job":           func(c calls) error { return drop(c.license.SubmitOrderJob(c, isv.SubmitOrderJobRequest{})) },
		"license/cancel_order":               func(c calls) error { return c.license.CancelOrder(c, "ww1", "order") },
		"license/create_new_order_job":       func(c calls) error { return drop(c.license.CreateNewOrderJob(c, isv.CreateNewOrderJobRequest{})) },
		"license/submit_new_order_job":       func(c calls) error { return drop(c.license.SubmitNewOrderJob(c, "job", "boss")) },
		"license/submit_pay_job":             func(c calls) error { return drop(c.license.SubmitPayJob(c, "boss", "order")) },
	}
	for path, send := range tests {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := &peer{}
				p.on("/cgi-bin/"+path, func(call) string { return lost })
				provider := p.provider(t)
				err := send(calls{t.Context(), p.suite(t), provider, provider.License()})
				require.ErrorIs(t, err, wecom.ErrOutcomeUnknown)
				assert.Len(t, p.to("/cgi-bin/"+path), 1)
			})
		})
	}
}

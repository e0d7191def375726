package isv_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
)

// What a login proves somebody with shows in no error, whether WeCom repeats it
// or the network fails.
func TestCodesStayOutOfErrors(t *testing.T) {
	t.Parallel()
	calls := map[string]func(*testing.T, *isv.Suite, *isv.Provider) error{
		"getuserinfo3rd": func(t *testing.T, s *isv.Suite, _ *isv.Provider) error {
			t.Helper()
			_, err := s.GetUserInfo3rd(t.Context(), "s3cr3t+code&=")
			return err
		},
		"getuserinfo3rd of schools": func(t *testing.T, s *isv.Suite, _ *isv.Provider) error {
			t.Helper()
			_, err := s.GetSchoolUserInfo3rd(t.Context(), "s3cr3t+code&=")
			return err
		},
		"getuserdetail3rd": func(t *testing.T, s *isv.Suite, _ *isv.Provider) error {
			t.Helper()
			_, err := s.GetUserDetail3rd(t.Context(), "s3cr3t-ticket")
			return err
		},
		"jscode2session": func(t *testing.T, s *isv.Suite, _ *isv.Provider) error {
			t.Helper()
			_, err := s.JSCode2Session(t.Context(), "s3cr3t+code&=")
			return err
		},
		"set_session_info": func(t *testing.T, s *isv.Suite, _ *isv.Provider) error {
			t.Helper()
			return s.SetSessionInfo(t.Context(), "s3cr3t-code", isv.SessionInfo{})
		},
		"get_login_info": func(t *testing.T, _ *isv.Suite, v *isv.Provider) error {
			t.Helper()
			_, err := v.GetLoginInfo(t.Context(), "s3cr3t-code")
			return err
		},
		"get_register_info": func(t *testing.T, _ *isv.Suite, v *isv.Provider) error {
			t.Helper()
			_, err := v.GetRegisterInfo(t.Context(), "s3cr3t-code")
			return err
		},
	}
	for name, do := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, transport := range []http.RoundTripper{parrot{}, failing{}} {
				log := new(logBook)
				opts := isv.WithClientOptions(wecom.WithHTTPClient(&http.Client{Transport: transport}), wecom.WithRetry(wecom.Retry{Attempts: 1}))
				s, err := isv.NewSuite(isv.SuiteCredential{SuiteID: "wwsuite", Secret: "s3cr3t-suite"}, new(peer).options(log), opts)
				require.NoError(t, err)
				require.NoError(t, s.TakeTicket(t.Context(), ticketEvent("s3cr3t-ticket", time.Now())))
				v, err := isv.NewProvider(isv.ProviderCredential{CorpID: "wwprovider", Secret: "s3cr3t-provider"}, new(peer).options(log), opts)
				require.NoError(t, err)

				err = do(t, s, v)

				require.Error(t, err)
				assert.NotContains(t, err.Error(), "s3cr3t")
				assert.NotContains(t, log.String(), "s3cr3t")
			}
		})
	}
}

package wecom_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom"
)

func TestCodeNames(t *testing.T) {
	t.Parallel()
	assert.Equal(t, wecom.CodeNotExternalContact, wecom.Code(84061))
	assert.Equal(t, "NotExternalContact", wecom.CodeNotExternalContact.String())
	assert.Equal(t, "SystemBusy", wecom.Code(-1).String())
	assert.Equal(t, "OK", wecom.Code(0).String())
	assert.Equal(t, "InvalidSecret", fmt.Sprint(wecom.CodeInvalidSecret))
	for _, unknown := range []wecom.Code{-2, 1, 99, 40002, 1 << 31} {
		assert.Equal(t, fmt.Sprintf("Code(%d)", int(unknown)), unknown.String())
		assert.Empty(t, unknown.Meaning())
		assert.Empty(t, unknown.Advice())
	}
	assert.Contains(t, wecom.CodeAPIConcurrencyLimit.Meaning(), "parallel")
}

func TestCodeAdvice(t *testing.T) {
	t.Parallel()
	tests := []struct {
		code wecom.Code
		want string
	}{
		{-1, "three times at most"},
		{6000, "read it again"},
		{40001, "「应用管理」"},
		{40013, "「我的企业」"},
		{40014, "token of another kind"},
		{40033, `\uXXXX`},
		{40058, "64 bytes"},
		{40096, "one corp or provider only"},
		{40129, "running transfer"},
		{41001, "URL"},
		{41050, "20 seconds"},
		{41051, "treat it as done"},
		{41063, "a little later"},
		{41096, "within the 20 seconds"},
		{42001, "fetch a new token"},
		{45009, "60 seconds"},
		{45033, "fewer calls"},
		{45035, "one after the other"},
		{48002, "「客户联系」「可调用应用」"},
		{60011, "「可见范围」"},
		{60020, "「企业可信IP」"},
		{84061, "without customers"},
		{301002, "agentid"},
		{701008, "licence"},
		// From the action alone.
		{302008, "still in progress"},
		{301042, "administrator"},
		{701405, "first page"},
		{40085, "suite_ticket"},
		{42012, "sign again"},
		{42003, "start again"},
		{95001, "customer must write"},
		{90313, "window is over"},
		{2010003, "fewer calls"},
		{301064, "three times at most"},
		{42009, "replay once"},
		{50100, "request must change"},
	}
	for _, tt := range tests {
		t.Run(tt.code.String(), func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, tt.code.Advice(), tt.want)
		})
	}
}

var classErrors = []error{
	wecom.ErrInvalidCredential, wecom.ErrInvalidToken, wecom.ErrForbidden, wecom.ErrNotFound, wecom.ErrRateLimited,
	wecom.ErrBusy, wecom.ErrInvalidRequest, wecom.ErrQuota, wecom.ErrWrongState,
}

func TestErrorMatchesItsClass(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		want  []error
		codes []wecom.Code
	}{
		{"credential", []error{wecom.ErrInvalidCredential}, []wecom.Code{40001, 40013, 40080, 40083, 40084, 40091, 41001, 41002, 41004, 853000}},
		{"token", []error{wecom.ErrInvalidToken}, []wecom.Code{40014, 40029, 40082, 40085, 42001, 42003, 42009, 710401}},
		{"forbidden", []error{wecom.ErrForbidden}, []wecom.Code{48002, 48005, 60011, 60020, 301002, 701008}},
		{"not found", []error{wecom.ErrNotFound}, []wecom.Code{40007, 40050, 60111, 84061}},
		{"rate", []error{wecom.ErrRateLimited}, []wecom.Code{45009, 45033, 45036, 301096, 2010003}},
		{"busy", []error{wecom.ErrBusy}, []wecom.Code{-1, 6000, 41063, 41096, 45035, 301064}},
		{"request", []error{wecom.ErrInvalidRequest}, []wecom.Code{40003, 40033, 40035, 40058, 40063, 40096, 50100}},
		{"quota", []error{wecom.ErrQuota}, []wecom.Code{40099, 40126, 40128, 95001}},
		{"state", []error{wecom.ErrWrongState}, []wecom.Code{40129, 41050, 41051, 50003}},
		{"none", nil, []wecom.Code{0, 99, 84200}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, code := range tt.codes {
				err := fmt.Errorf("shop: %w", &wecom.Error{Code: code})
				var got []error
				for _, class := range classErrors {
					if errors.Is(err, class) {
						got = append(got, class)
					}
				}
				assert.Equal(t, tt.want, got, int(code))
			}
		})
	}
}

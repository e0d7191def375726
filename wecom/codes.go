package wecom

import (
	"cmp"
	"slices"
	"strconv"
)

//go:generate go run ../internal/gen/errcodes -o codes_gen.go

// A Code is an errcode of WeCom's global table. The known ones are constants;
// an unknown one is kept as it came.
type Code int

// String returns the constant's name without its prefix, or Code(99) for an
// unknown code.
func (c Code) String() string {
	if i := c.info(); i != nil {
		return i.name
	}
	return "Code(" + strconv.Itoa(int(c)) + ")"
}

// Meaning says what went wrong; it is empty for an unknown code.
func (c Code) Meaning() string {
	if i := c.info(); i != nil {
		return i.meaning
	}
	return ""
}

// Advice says what to do about it, in a sentence for the person who reads the
// log; it is empty where Meaning says all there is to say.
func (c Code) Advice() string {
	if s := c.ownAdvice(); s != "" {
		return s
	}
	return c.action().advice()
}

// ownAdvice covers the codes that people meet most, after the help sections at
// the end of https://developer.work.weixin.qq.com/document/path/90313.
func (c Code) ownAdvice() string { //nolint:cyclop // a table
	switch c {
	case CodeSystemBusy:
		return "WeCom is busy: try again a little later, three times at most"
	case CodeDataVersionConflict:
		return "somebody else changed the same data: read it again, then retry"
	case CodeInvalidSecret, CodeBadSecret:
		return "copy the Secret again from the app's page under 「应用管理」 in the console, and check that the app is enabled and belongs to this CorpID; repeated wrong secrets shut the whole IP out of gettoken for an hour"
	case CodeInvalidCorpID:
		return "copy the CorpID (企业ID) from the page 「我的企业」 in the console"
	case CodeInvalidUserID:
		return "give the userid of a present member of the corp, at most 64 bytes; third-party apps give the encrypted one"
	case CodeInvalidMediaID, CodeMediaIDExpired:
		return "a media_id lives three days and serves one kind of call: upload again, with the upload call that this API names"
	case CodeInvalidAccessToken:
		return "fetch a new token and replay once; if that is refused too, this API wants the token of another kind of app"
	case CodeAccessTokenExpired:
		return "fetch a new token and replay once"
	case CodeInvalidRequestChars:
		return `take \uXXXX escapes and control characters out of the request`
	case CodeInvalidArgument:
		return "look for a missing or empty field, a value that is too long (a userid has at most 64 bytes), a list with too many elements, broken JSON, or GET where POST is wanted"
	case CodeEmptyParameter:
		return "the API's page names the fields that are required, and the method"
	case CodeInvalidExternalUserID:
		return "an external_userid is valid for one corp or provider only: use the one that this caller was given, of a customer whose member the app can see"
	case CodeExternalContactLimit:
		return "this member can take no more customers: choose another one"
	case CodeCustomerTransferTooOften:
		return "a customer can be transferred twice in 90 days"
	case CodeCustomerTransferInProgress, CodeExternalContactTransferring:
		return "wait until the running transfer is over; transfer_result tells"
	case CodeMissingAccessToken:
		return "the token goes into the URL as access_token, never into the body"
	case CodeInvalidWelcomeCode:
		return "a welcome code works once and for 20 seconds after the event: do not retry"
	case CodeChatAlreadyStarted:
		return "the customer was greeted or the chat has begun: treat it as done"
	case CodeMassMsgDispatching:
		return "the mass message was created a moment ago: read it again a little later"
	case CodeWelcomeBeingSent:
		return "another app is sending its welcome message and may fail: try again within the 20 seconds"
	case CodeMsgIDExpired:
		return "a message can be recalled for 24 hours"
	case CodeAPIFreqLimit:
		return "wait as long as the limit's window, 60 seconds or 60 minutes for most; some blocks can be lifted at https://open.work.weixin.qq.com/wwopen/devtool/checkCorpSpamBlock"
	case CodeAPIConcurrencyLimit:
		return "make fewer calls of this API at the same time, then retry"
	case CodeConcurrentConflict:
		return "two calls changed the same record: make them one after the other, then retry"
	case CodeDataAccessLimit:
		return "make fewer and slower calls on this data, then retry"
	case CodeAPIForbidden:
		return "this app may not call this API: customer APIs want it under 「客户联系」「可调用应用」 in the console, writing contacts wants the Secret of 「通讯录同步」"
	case CodeAppDisabled:
		return "enable the app under 「应用管理」 in the console"
	case CodeNoScopePrivilege:
		return "the member, department or tag is outside the app's 「可见范围」 in the console, or another app made it"
	case CodeIPNotAllowed:
		return ipAdvice("the calling IP")
	case CodeUserIDNotFound:
		return "the member left the corp or is outside the app's 「可见范围」 in the console; provider apps give the encrypted userid"
	case CodeAllRecipientsInvalid:
		return "every recipient was deleted or is outside the app's 「可见范围」 in the console"
	case CodeNotExternalContact:
		return "the member deleted this customer or never added them back; a listing answers this for a member without customers"
	case CodeAgentForbidden:
		return "use the Secret of the app whose agentid the request names"
	case CodeNoLicensedUser:
		return "assign an interop licence (互通账号) to one of the members"
	default:
		return ""
	}
}

func ipAdvice(ip string) string {
	return "add " + ip + " to 「企业可信IP」 on the app's page in the console, a provider to 「IP白名单」 under 「服务商信息」; it works about a minute later"
}

// codeInfo is one row of codeTable.
type codeInfo struct {
	code    Code
	class   class
	action  action
	name    string
	meaning string
}

func (c Code) info() *codeInfo {
	i, ok := slices.BinarySearchFunc(codeTable[:], c, func(i codeInfo, c Code) int { return cmp.Compare(i.code, c) })
	if !ok {
		return nil
	}
	return &codeTable[i]
}

// An action is what to do about a code. The retry step acts on the first five;
// every other one means: do not send the call again.
type action uint8

const (
	actionNever         action = iota // nothing is known to help
	actionRefresh                     // fetch a new token, replay once
	actionBackoff                     // the server's trouble: try again shortly, at most three times
	actionSerialize                   // too parallel: try again, fewer at once
	actionDelay                       // work in progress: try again when it may be done
	actionWindow                      // closed until the window is over
	actionFixConfig                   // someone must change settings or rights
	actionFixRequest                  // the request must change
	actionDone                        // somebody did it already
	actionCustomer                    // the customer must do something first
	actionRestartFlow                 // a one-time code: the user starts again
	actionRestartPaging               // begin again at the first page
	actionRefreshTicket               // fetch a new JS-SDK ticket, sign again
	actionAwaitPush                   // WeCom pushes a new suite_ticket
)

// action returns actionNever for an unknown code.
func (c Code) action() action {
	if i := c.info(); i != nil {
		return i.action
	}
	return actionNever
}

func (a action) advice() string {
	switch a {
	case actionRefresh:
		return "fetch a new token and replay once"
	case actionBackoff:
		return "try again a little later, three times at most"
	case actionSerialize:
		return "make fewer calls at the same time, then retry"
	case actionDelay:
		return "the work is still in progress: try again later"
	case actionWindow:
		return "wait until the limit's window is over"
	case actionFixConfig:
		return "an administrator must change a setting or a right first"
	case actionFixRequest:
		return "the request must change: repeating it fails again"
	case actionDone:
		return "it is done already"
	case actionCustomer:
		return "the customer must write first"
	case actionRestartFlow:
		return "codes and logins work once and for a short time: the user must start again"
	case actionRestartPaging:
		return "begin again at the first page"
	case actionRefreshTicket:
		return "fetch a new JS-SDK ticket and sign again"
	case actionAwaitPush:
		return "use the suite_ticket that WeCom pushed last"
	case actionNever:
		return ""
	}
	return ""
}

// A class is what kind of failure a code is.
type class uint8

const (
	classOther class = iota
	classParam
	classToken
	classPermission
	classNotFound
	classState
	classQuota
	classRate
	classBusy
)

// sentinel returns the error that stands for c's class, or nil if c is unknown or
// has none.
func (c Code) sentinel() error {
	i := c.info()
	if i == nil {
		return nil
	}
	switch i.class {
	case classParam, classToken:
		switch {
		case i.action == actionFixConfig:
			return ErrInvalidCredential
		case i.class == classToken:
			return ErrInvalidToken
		}
		return ErrInvalidRequest
	case classPermission:
		return ErrForbidden
	case classNotFound:
		return ErrNotFound
	case classState:
		return ErrWrongState
	case classQuota:
		return ErrQuota
	case classRate:
		if i.action == actionNever { // no window that a caller could wait for
			return ErrQuota
		}
		return ErrRateLimited
	case classBusy:
		return ErrBusy
	case classOther:
	}
	return nil
}

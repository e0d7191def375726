package callback

func newLivingEvent(h *Header) Event {
	if h.event() == "living_status_change" {
		return new(LivingStatusChange)
	}
	return new(Unknown)
}

// LivingStatus is how far a live broadcast is.
type LivingStatus int

// The states. None is reported when a broadcast expires.
const (
	LivingStatusReserved LivingStatus = 0 // 预约中
	LivingStatusLive     LivingStatus = 1 // 直播中
	LivingStatusEnded    LivingStatus = 2 // 已结束
	LivingStatusCanceled LivingStatus = 4 // 已取消
)

// LivingStatusChange: a live broadcast that the app had made by the API was
// reserved, began, ended or was cancelled. FromUserName is the member.
//
// 「直播回调事件」 https://developer.work.weixin.qq.com/document/path/94145
//
// Third-party apps: https://developer.work.weixin.qq.com/document/path/94308
type LivingStatusChange struct {
	Header

	LivingID string       // the broadcast
	Status   LivingStatus // what it is now
}

func (v *LivingStatusChange) decode(e element) {
	v.LivingID = e.text("LivingId")
	v.Status = LivingStatus(e.int("Status"))
}

package callback

import "github.com/wecomkit/wecom-go/wecom"

func newDeviceEvent(h *Header) Event {
	switch h.event() {
	case "add_device":
		return new(AddDevice)
	case "del_device":
		return new(DelDevice)
	case "connect_info":
		return new(DeviceConnectInfo)
	case "disconnect_info":
		return new(DeviceDisconnectInfo)
	case "device_feature_change":
		return new(DeviceFeatureChange)
	case "remark_device_name":
		return new(RemarkDeviceName)
	case "error_report":
		return new(DeviceErrorReport)
	case "fetch_log_finish":
		return new(DeviceFetchLogFinish)
	case "device_data_auth_change":
		return new(DeviceDataAuthChange)
	default:
		return newDeviceData(h)
	}
}

// AddDevice: a corp added a device of the provider.
//
// https://developer.work.weixin.qq.com/document/path/90751
type AddDevice struct {
	Header

	DeviceSN   string // serial number of the device
	RemarkName string // what the corp calls it
	ModelID    string // its model
}

func (v *AddDevice) decode(e element) {
	v.DeviceSN = e.text("DeviceSn")
	v.RemarkName = e.text("RemarkName")
	v.ModelID = e.text("ModelId")
}

// DelDevice: a corp removed a device of the provider.
//
// https://developer.work.weixin.qq.com/document/path/90751
type DelDevice struct {
	Header

	DeviceSN string // serial number of the device
}

func (v *DelDevice) decode(e element) { v.DeviceSN = e.text("DeviceSn") }

// DeviceConnectInfo: a device connected to WeCom.
//
// https://developer.work.weixin.qq.com/document/path/90751
type DeviceConnectInfo struct {
	Header

	DeviceSN    string         // serial number of the device
	ConnectTime wecom.UnixTime // since when
}

func (v *DeviceConnectInfo) decode(e element) {
	v.DeviceSN = e.text("DeviceSn")
	v.ConnectTime = e.time("ConnectTime")
}

// DeviceDisconnectInfo: a device lost its connection to WeCom.
//
// https://developer.work.weixin.qq.com/document/path/90751
type DeviceDisconnectInfo struct {
	Header

	DeviceSN       string         // serial number of the device
	DisconnectTime wecom.UnixTime // since when
	Reason         string         // why
}

func (v *DeviceDisconnectInfo) decode(e element) {
	v.DeviceSN = e.text("DeviceSn")
	v.DisconnectTime = e.time("DisconnectTime")
	v.Reason = e.text("Reason")
}

// DeviceFeatureChange: what a corp uses a device for is different.
//
// https://developer.work.weixin.qq.com/document/path/90751
type DeviceFeatureChange struct {
	Header

	DeviceSN string // serial number of the device
}

func (v *DeviceFeatureChange) decode(e element) { v.DeviceSN = e.text("DeviceSn") }

// RemarkDeviceName: a corp gave a device another name.
//
// https://developer.work.weixin.qq.com/document/path/90751
type RemarkDeviceName struct {
	Header

	DeviceSN   string // serial number of the device
	RemarkName string // what the corp calls it now
}

func (v *RemarkDeviceName) decode(e element) {
	v.DeviceSN = e.text("DeviceSn")
	v.RemarkName = e.text("RemarkName")
}

// DeviceErrorReport: a device reported an error.
//
// https://developer.work.weixin.qq.com/document/path/90751
type DeviceErrorReport struct {
	Header

	DeviceSN string // serial number of the device
	ErrCode  int    // the device's own code
	ErrMsg   string
}

func (v *DeviceErrorReport) decode(e element) {
	v.DeviceSN = e.text("DeviceSn")
	v.ErrCode = int(e.int("ErrCode"))
	v.ErrMsg = e.text("ErrMsg")
}

// DeviceFetchLogFinish: the log of a device that the provider asked for is
// there.
//
// https://developer.work.weixin.qq.com/document/path/90751
type DeviceFetchLogFinish struct {
	Header

	DeviceSN string // serial number of the device
	MediaID  string // downloads the log
}

func (v *DeviceFetchLogFinish) decode(e element) {
	v.DeviceSN = e.text("DeviceSn")
	v.MediaID = e.text("MediaId")
}

// DeviceDataAuthChange: the app may read data of other devices than before.
// Sent to the app's URL for data.
//
// 「设备数据授权变更回调」 https://developer.work.weixin.qq.com/document/path/96103
//
// Must be answered within one second.
type DeviceDataAuthChange struct{ Header }

func (*DeviceDataAuthChange) decode(element) {}

package callback

import "github.com/wecomkit/wecom-go/wecom"

func newDeviceData(h *Header) Event {
	switch h.event() {
	case "device_checkin_data_report":
		return new(DeviceCheckinDataReport)
	case "device_accesscontrol_data_report":
		return new(DeviceAccessControlDataReport)
	case "device_temperature_data_report":
		return new(DeviceTemperatureDataReport)
	default:
		return new(Unknown)
	}
}

// DeviceUserType is whom a device saw.
type DeviceUserType int

// The people.
const (
	DeviceUserTypeMember  DeviceUserType = 0 // 企业成员
	DeviceUserTypeVisitor DeviceUserType = 1 // 访客
	DeviceUserTypeStudent DeviceUserType = 2 // 学生
)

// DeviceCheckinDataReport: people whom the app is visible to checked in at a
// device whose data it may read. Sent to the app's URL for data.
//
// 「考勤打卡原始数据回调」 https://developer.work.weixin.qq.com/document/path/97214
//
// Must be answered within one second.
type DeviceCheckinDataReport struct {
	Header

	DeviceSN        string // serial number of the device
	CheckinDataList []CheckinData
}

// CheckinData is who checked in, and when.
type CheckinData struct {
	OpenUserID  string // who
	UserType    DeviceUserType
	CheckinTime wecom.UnixTime
}

func (v *DeviceCheckinDataReport) decode(e element) {
	v.DeviceSN = e.text("DeviceSn")
	v.CheckinDataList = each(e.find("CheckinDataList"), "Item", readCheckinData)
}

func readCheckinData(e element) CheckinData {
	return CheckinData{
		OpenUserID:  e.text("OpenUserId"),
		UserType:    DeviceUserType(e.int("UserType")),
		CheckinTime: e.time("CheckinTime"),
	}
}

// DeviceAccessControlDataReport: people whom the app is visible to passed a
// door whose data it may read. Sent to the app's URL for data.
//
// 「门禁通行原始数据回调」 https://developer.work.weixin.qq.com/document/path/97215
//
// Must be answered within one second.
type DeviceAccessControlDataReport struct {
	Header

	DeviceSN       string // serial number of the device
	AccessDataList []AccessData
}

// AccessData is who passed a door, when and how.
type AccessData struct {
	OpenUserID string // who
	UserType   DeviceUserType
	TimeStamp  wecom.UnixTime // when
	PassType   PassType
	PassMethod PassMethod
}

// PassType is the way through a door.
type PassType int

// The ways.
const (
	PassTypeIn      PassType = 1 // 进门
	PassTypeOut     PassType = 2 // 出门
	PassTypeUnknown PassType = 3 // 无法识别方向
)

// PassMethod is what opened a door.
type PassMethod int

// The methods.
const (
	PassMethodFace        PassMethod = 1 // 人脸
	PassMethodQRCode      PassMethod = 2 // 二维码
	PassMethodRemote      PassMethod = 3 // 远程开门
	PassMethodFingerprint PassMethod = 4 // 指纹
)

func (v *DeviceAccessControlDataReport) decode(e element) {
	v.DeviceSN = e.text("DeviceSn")
	v.AccessDataList = each(e.find("AccessDataList"), "Item", readAccessData)
}

func readAccessData(e element) AccessData {
	return AccessData{
		OpenUserID: e.text("OpenUserId"),
		UserType:   DeviceUserType(e.int("UserType")),
		TimeStamp:  e.time("TimeStamp"),
		PassType:   PassType(e.int("PassType")),
		PassMethod: PassMethod(e.int("PassMethod")),
	}
}

// DeviceTemperatureDataReport: a device whose data the app may read took the
// temperature of people whom it is visible to. Sent to the app's URL for data.
//
// 「体温检测原始数据回调」 https://developer.work.weixin.qq.com/document/path/97216
//
// Must be answered within one second.
type DeviceTemperatureDataReport struct {
	Header

	DeviceSN            string // serial number of the device
	TemperatureDataList []TemperatureData
}

// TemperatureData is somebody's temperature.
type TemperatureData struct {
	OpenUserID  string // whose
	UserType    DeviceUserType
	TimeStamp   wecom.UnixTime    // when it was taken
	Temperature string            // degrees Celsius, as in 36.7
	Status      TemperatureStatus // what the device thinks of it
}

// TemperatureStatus is what a device thinks of a temperature.
type TemperatureStatus int

// The states.
const (
	TemperatureStatusNormal TemperatureStatus = 0 // 正常
	TemperatureStatusFever  TemperatureStatus = 1 // 发热
	TemperatureStatusLow    TemperatureStatus = 2 // 温度过低
)

func (v *DeviceTemperatureDataReport) decode(e element) {
	v.DeviceSN = e.text("DeviceSn")
	v.TemperatureDataList = each(e.find("TemperatureDataList"), "Item", readTemperatureData)
}

func readTemperatureData(e element) TemperatureData {
	return TemperatureData{
		OpenUserID:  e.text("OpenUserId"),
		UserType:    DeviceUserType(e.int("UserType")),
		TimeStamp:   e.time("TimeStamp"),
		Temperature: e.text("Temperature"),
		Status:      TemperatureStatus(e.int("Status")),
	}
}

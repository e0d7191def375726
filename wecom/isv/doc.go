// Package isv is for service providers (服务商): third-party apps (第三方应用) and
// delegated apps (代开发应用) that many corps authorise.
package isv

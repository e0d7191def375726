package wecom

// A secretText is a text that cannot be printed: it is held by a function, and
// no verb of package fmt, %#v on a struct around it included, looks into one.
type secretText func() string

func secret(s string) secretText { return func() string { return s } }

// is reports whether t holds s. A nil t holds nothing.
func (t secretText) is(s string) bool { return t != nil && t() == s }

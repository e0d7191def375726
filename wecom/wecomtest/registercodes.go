package wecomtest

// registerCode is a 推广二维码, by which a provider brings corps to WeCom.
type registerCode struct {
	code     string
	template string
	state    string
}

func (r *registerCode) wire() *registerCodeWire {
	if r == nil {
		return nil
	}
	return &registerCodeWire{r.code, r.template, r.state}
}

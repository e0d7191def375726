package api

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// There is no login: what protects the API from the pages that its user has open
// is that browsers say of where a request comes.

// strange says why a request is not for the API, or nil.
func (a *API) strange(r *http.Request) error {
	if !a.answersTo(r.Host) {
		return errorf(http.StatusForbidden, "%q could be a name of somebody's who has it lead here: use an address, localhost, or the name that serve --addr gives", r.Host)
	}
	asked := *r
	if !followed(r) {
		asked.Method = http.MethodPost // else it would pass, and even what is only read takes its time
	}
	if http.NewCrossOriginProtection().Check(&asked) != nil {
		return errorf(http.StatusForbidden, "this request comes from the page of another site")
	}
	return nil
}

// followed reports whether somebody follows a link to what can only be looked at.
func followed(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document" &&
		r.URL.Path != Prefix+"listen" && r.URL.Path != Prefix+"events"
}

// answersTo reports whether a host is the API's: an address, a name that nobody
// can own in the web's DNS, or one that it was given. A page whose owner has its
// name lead here would else be of the same site.
func (a *API) answersTo(host string) bool {
	u := url.URL{Host: host}
	name := strings.ToLower(u.Hostname())
	if _, err := netip.ParseAddr(name); err == nil || !strings.Contains(name, ".") {
		return true
	}
	for _, private := range []string{".localhost", ".local", ".internal", ".test"} {
		if strings.HasSuffix(name, private) {
			return true
		}
	}
	base, err := url.Parse(a.baseURL)
	return err == nil && strings.EqualFold(name, base.Hostname()) ||
		slices.ContainsFunc(a.hosts, func(own string) bool { return strings.EqualFold(name, own) })
}

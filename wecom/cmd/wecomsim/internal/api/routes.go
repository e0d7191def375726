package api

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

const (
	get    = http.MethodGet
	post   = http.MethodPost
	remove = http.MethodDelete
)

// Routes lists everything that the API does.
func Routes() []Route {
	return slices.Concat(
		group("tenant", tenantRoutes()),
		group("seeds", seedRoutes()),
		group("acts", actRoutes()),
		group("trigger", triggerRoutes()),
		group("calls", callRoutes()),
		group("deliveries", deliveryRoutes()),
		group("callbacks", callbackRoutes()),
		group("callbacks", listenRoutes()),
		group("faults", faultRoutes()),
		group("chaos", chaosRoutes()),
		group("limits", limitRoutes()),
		group("clock", clockRoutes()),
		group("snapshots", snapshotRoutes()),
		group("spec", specRoutes()),
		group("live", liveRoutes()),
	)
}

func group(name string, list []Route) []Route {
	for i := range list {
		list[i].Group = name
	}
	return list
}

// methodsOf returns the methods that a path of the API takes.
func methodsOf(path string) []string {
	var methods []string
	for _, r := range Routes() {
		if r.matches(path) {
			methods = append(methods, r.Method)
		}
	}
	return methods
}

// matches reports whether a path is one of the route's.
func (r Route) matches(path string) bool {
	pattern := regexp.MustCompile(`\\\{\w+(\\\.\\\.\\\.)?\\\}`).ReplaceAllStringFunc(regexp.QuoteMeta(r.Path), func(name string) string {
		if strings.Contains(name, "...") || strings.Contains(name, `\.`) {
			return ".+"
		}
		return "[^/]+"
	})
	return regexp.MustCompile("^" + pattern + "$").MatchString(path)
}

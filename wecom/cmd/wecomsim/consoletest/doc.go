// Package consoletest uses the console of wecomsim in headless Chromium. It is a
// module of its own, so that nobody downloads the browser's protocol who does
// not test with it.
//
// The tests need Chromium (apt-get install chromium) and fail without it. To
// see what they see:
//
//	go test -artifacts -outputdir "$(mktemp -d)" -v .
package consoletest

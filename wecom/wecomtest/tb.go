package wecomtest

// TB is what the simulator needs of a test. *testing.T and *testing.B are TBs.
type TB interface {
	Helper()
	Cleanup(f func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
	Failed() bool
}

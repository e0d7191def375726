// Package apicheck compares every Operation of this module, and the types that
// its call sends and receives, with the simulator's table of the official API.
// It reads the sources, so that a new endpoint is checked without a line here.
//
// It also reads the sources of the simulator and writes down in FIDELITY.md what
// each endpoint does and guesses.
//
// All of it is in the tests. There are no exceptions: where a type and the
// table differ, the official page decides which of them is wrong.
package apicheck

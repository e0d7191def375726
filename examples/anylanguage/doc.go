// Package anylanguage is for programs that are not written in Go: shell scripts
// around curl, and a callback in Node, written from the official pages alone.
// README.md tells how to run them against the simulator or WeCom.
//
// It is a module of its own, because its tests need curl and Node. They start
// the simulator as a program and run the others as a user would.
package anylanguage

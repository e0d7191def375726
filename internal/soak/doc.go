// Package soak lets the SDK's flows run against a WeCom that misbehaves, to see
// that each ends in the right state or in an error that says why not.
//
//	go test ./internal/soak
//	go test ./internal/soak -args -seeds=500
//	go test ./internal/soak -run 'TestSoak/FlakyNAT/seed=7/welcome' -args -seed=7
package soak

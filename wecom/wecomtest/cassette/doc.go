// Package cassette records what a program and WeCom say to each other, and
// plays it back in tests.
//
// A [Recorder] stands between the two. What it writes can be kept and shown:
// secrets, tokens, names, ids, mobiles, texts and whatever else it does not know
// to be harmless have pseudonyms. The same value has the same one throughout a
// recording, as long and of the same kind (wm… stays wm…, a mobile eleven
// digits), and nobody can tell from two recordings that they speak of the same
// people: the key is drawn for each, and is not kept. Files leave their size and
// SHA-256, by which somebody who has the file knows it again.
//
// A [Player] answers from a recording. It is strict: a request must be the one
// that was recorded, to the last character of its body, and otherwise fails the
// test with what is different. Who calls does not count, so that any secret and
// token do; ids and texts are those of the recording:
//
//	func TestGreeting(t *testing.T) {
//		client := cassette.New(t, os.DirFS("testdata"), "greeting.json").NewClient()
//		…
//	}
//
// [Check] holds a recording against the simulator's table of the official API:
// a field that no page names, or a type that is another, shows there.
//
// The same for programs in any language:
//
//	wecomsim record --out greeting.json
//	wecomsim replay greeting.json
//	wecomsim replay --check greeting.json
//
// A recording of a real corp is what to test decoding with. For behaviour use
// package wecomtest: a recording knows nothing but its story.
package cassette

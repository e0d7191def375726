package cassette

// NewPseudonyms makes pseudonyms with a key of the test's.
func NewPseudonyms(key [32]byte) func(string) string { return newPseudonyms(key).value }

// Replaceable counts the characters of a value that do not stay.
func Replaceable(v string) int { return replaceable(v) }

// Enough is how many a pseudonym must have to be known again.
const Enough = enough

// Harmless reports whether a string in a field may stay.
func Harmless(name string) bool {
	return harmless(name) || name == "errmsg" || moment.MatchString(name)
}

// Veil writes one call with pseudonyms.
func Veil(key [32]byte, req Request, res Response) Interaction {
	v := &veil{pseudonyms: newPseudonyms(key), table: newTable()}
	return v.interaction(&req, &res)
}

// ParseJSON reads a document as a recording holds it.
func ParseJSON(data []byte) (any, error) { return parseJSON(data, maxDepth) }

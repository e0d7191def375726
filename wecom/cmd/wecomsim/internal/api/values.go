package api

import "encoding/json"

// JSONValue reads a value as JSON if it is some, and otherwise as text.
func JSONValue(text string) any {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err == nil {
		return v
	}
	return text
}

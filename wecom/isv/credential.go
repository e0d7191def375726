package isv

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// A SuiteCredential is what a third-party app, or a template of delegated
// apps, proves itself with: the two stand on its page in the provider's
// console. Printing one, with any verb, shows the id and never the secret.
type SuiteCredential struct {
	SuiteID string // ww… or wx… of a third-party app, dk… of a template
	Secret  string
}

// A ProviderCredential is what the provider itself proves itself with: its own
// corp id and the ProviderSecret of its console. Printing one, with any verb,
// shows the id and never the secret.
type ProviderCredential struct {
	CorpID string
	Secret string
}

// check catches what WeCom's answer would not explain.
func check(kind, field, id, secret string) error {
	switch {
	case id == "":
		return fmt.Errorf("isv: %s.%s is empty", kind, field)
	case secret == "":
		return fmt.Errorf("isv: %s.Secret is empty: it stands in the provider's console", kind)
	case strings.TrimSpace(id) != id || strings.TrimSpace(secret) != secret:
		return fmt.Errorf("isv: %s has a space or line break at an end of %s or Secret", kind, field)
	}
	return nil
}

// String shows the id only.
func (c SuiteCredential) String() string { return "isv.SuiteCredential{" + c.SuiteID + "}" }

// Format shows the id only, whatever the verb.
func (c SuiteCredential) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(c.String())) }

// LogValue shows the id only.
func (c SuiteCredential) LogValue() slog.Value {
	return slog.GroupValue(slog.String("suiteid", c.SuiteID))
}

// MarshalJSON shows the id only.
func (c SuiteCredential) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"suiteid": c.SuiteID})
}

// MarshalText shows the id only.
func (c SuiteCredential) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// String shows the id only.
func (c ProviderCredential) String() string { return "isv.ProviderCredential{" + c.CorpID + "}" }

// Format shows the id only, whatever the verb.
func (c ProviderCredential) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(c.String())) }

// LogValue shows the id only.
func (c ProviderCredential) LogValue() slog.Value {
	return slog.GroupValue(slog.String("corpid", c.CorpID))
}

// MarshalJSON shows the id only.
func (c ProviderCredential) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"corpid": c.CorpID})
}

// MarshalText shows the id only.
func (c ProviderCredential) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// A secretText is a text that cannot be printed: no verb of package fmt looks
// into a function.
type secretText func() string

func secret(s string) secretText { return func() string { return s } }

// withhold takes a secret out of the text of a store's error. Databases like to
// show what they do not take.
func withhold(err error, secret string) error {
	if err == nil || secret == "" || !strings.Contains(err.Error(), secret) {
		return err
	}
	return &withheldError{strings.ReplaceAll(err.Error(), secret, "[redacted]"), err}
}

type withheldError struct {
	text string
	err  error
}

func (e *withheldError) Error() string { return e.text }
func (e *withheldError) Unwrap() error { return e.err }

var errMarshalSecret = errors.New("isv: a value with a secret is not marshalled as a whole: write its fields")

package wecom

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
)

// A Credential is what one app of one corp proves itself with. Two apps of
// one corp have two secrets, two tokens and different rights.
//
// Printing a Credential, with any verb, shows the corp and never the secret.
// There is one gap that no method closes: package fmt calls none on unexported
// fields, so %+v of your struct shows a Credential in such a field. Keep the
// [Client] there instead.
type Credential struct {
	CorpID string // ww…, from the console's 我的企业 page
	Secret string // the app's secret
}

// CredentialFromEnv reads WECOM_CORP_ID and WECOM_SECRET.
func CredentialFromEnv() (Credential, error) {
	c := Credential{
		CorpID: strings.TrimSpace(os.Getenv("WECOM_CORP_ID")),
		Secret: strings.TrimSpace(os.Getenv("WECOM_SECRET")),
	}
	if c.CorpID == "" || c.Secret == "" {
		return Credential{}, errors.New("wecom: set WECOM_CORP_ID and WECOM_SECRET")
	}
	return c, nil
}

// check catches what WeCom's answer would not explain.
func (c Credential) check(needSecret bool) error {
	switch {
	case c.CorpID == "":
		return errors.New("wecom: Credential.CorpID is empty: it stands at the foot of the console page 我的企业")
	case strings.TrimSpace(c.CorpID) != c.CorpID || strings.TrimSpace(c.Secret) != c.Secret:
		return errors.New("wecom: Credential has a space or line break at an end of CorpID or Secret")
	case needSecret && c.Secret == "":
		return errors.New("wecom: Credential.Secret is empty: it stands on the app's page in the console; with WithTokenSource none is needed")
	}
	return nil
}

// String shows the corp only.
func (c Credential) String() string { return "wecom.Credential{" + c.CorpID + "}" }

// Format shows the corp only, whatever the verb.
func (c Credential) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(c.String())) }

// LogValue shows the corp only.
func (c Credential) LogValue() slog.Value {
	return slog.GroupValue(slog.String("corpid", c.CorpID))
}

// MarshalJSON shows the corp only.
func (c Credential) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"corpid": c.CorpID})
}

// MarshalText shows the corp only, in XML and YAML too.
func (c Credential) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

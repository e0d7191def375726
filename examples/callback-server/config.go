package main

import (
	"errors"
	"fmt"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
)

// A config is everything that differs between deployments.
type config struct {
	Addr    string
	Keys    callback.Keys
	Secret  string         // empty: customers are not greeted
	Options []wecom.Option // where WeCom is, if not at its own address
}

// readConfig reads the environment through getenv and names every variable
// that is missing.
func readConfig(getenv func(string) string) (config, error) {
	cfg := config{
		Addr: getenv("ADDR"),
		Keys: callback.Keys{
			Token:          getenv("WECOM_CALLBACK_TOKEN"),
			EncodingAESKey: getenv("WECOM_CALLBACK_AES_KEY"),
			ReceiveID:      getenv("WECOM_CORP_ID"),
		},
		Secret: getenv("WECOM_SECRET"),
	}
	if cfg.Addr == "" {
		cfg.Addr = ":8080"
	}
	if base := getenv("WECOM_BASE_URL"); base != "" {
		cfg.Options = append(cfg.Options, wecom.WithBaseURL(base))
	}
	var missing []error
	for _, name := range []string{"WECOM_CALLBACK_TOKEN", "WECOM_CALLBACK_AES_KEY", "WECOM_CORP_ID"} {
		if getenv(name) == "" {
			missing = append(missing, fmt.Errorf("%s is not set", name))
		}
	}
	return cfg, errors.Join(missing...)
}

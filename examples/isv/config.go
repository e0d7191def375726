package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/isv"
)

const minAdminToken = 16

// A config is everything that differs between deployments.
type config struct {
	URL        string // of the site, as browsers see it, without a slash at the end
	Suite      isv.SuiteCredential
	Keys       callback.Keys
	Secrets    secrets
	AdminToken string
	Redis      redis.UniversalClient
	Prefix     string         // of all keys in Redis
	Options    []wecom.Option // where WeCom is, if not at its usual address
}

// readConfig reads the environment through getenv and names every variable
// that is missing or wrong.
func readConfig(getenv func(string) string) (config, error) {
	cfg := config{
		URL:   strings.TrimRight(getenv("ISV_URL"), "/"),
		Suite: isv.SuiteCredential{SuiteID: getenv("WECOM_SUITE_ID"), Secret: getenv("WECOM_SUITE_SECRET")},
		Keys: callback.Keys{
			Token:          getenv("WECOM_CALLBACK_TOKEN"),
			EncodingAESKey: getenv("WECOM_CALLBACK_AES_KEY"),
			SuiteID:        getenv("WECOM_SUITE_ID"),
		},
		AdminToken: getenv("ISV_ADMIN_TOKEN"),
		Prefix:     "isv:",
	}
	var wrong []error
	for _, name := range []string{"WECOM_SUITE_ID", "WECOM_SUITE_SECRET", "WECOM_CALLBACK_TOKEN", "WECOM_CALLBACK_AES_KEY"} {
		if getenv(name) == "" {
			wrong = append(wrong, fmt.Errorf("%s is not set", name))
		}
	}
	if u, err := url.Parse(cfg.URL); err != nil || u.Scheme != "https" || u.Host == "" || u.Path != "" {
		wrong = append(wrong, errors.New("ISV_URL: want https://host"))
	}
	if len(cfg.AdminToken) < minAdminToken {
		wrong = append(wrong, errors.New("ISV_ADMIN_TOKEN: want 16 characters or more: openssl rand -hex 16"))
	}
	var err error
	if cfg.Secrets, err = readSecrets(getenv("ISV_KEY")); err != nil {
		wrong = append(wrong, err)
	}
	if base := getenv("WECOM_BASE_URL"); base != "" {
		cfg.Options = append(cfg.Options, wecom.WithBaseURL(base))
	}
	return cfg, errors.Join(wrong...)
}

// secrets are what the program's own keys are made from, the newest first: it
// encrypts and signs, and the others only decrypt.
type secrets [][]byte

func readSecrets(text string) (secrets, error) {
	var list secrets
	for part := range strings.SplitSeq(text, ",") {
		secret, err := hex.DecodeString(strings.TrimSpace(part))
		if err != nil || len(secret) < sha256.Size {
			return nil, errors.New("ISV_KEY: want 64 hex digits: openssl rand -hex 32")
		}
		list = append(list, secret)
	}
	return list, nil
}

// key makes a key of 32 bytes for one purpose.
func key(secret []byte, purpose string) ([]byte, error) {
	return hkdf.Key(sha256.New, secret, nil, "wecom-go examples/isv "+purpose, sha256.Size)
}

// ciphers encrypt what is kept in Redis.
func (s secrets) ciphers() ([]cipher.AEAD, error) {
	var list []cipher.AEAD
	for _, secret := range s {
		k, err := key(secret, "redis")
		if err != nil {
			return nil, err
		}
		block, err := aes.NewCipher(k)
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, err
		}
		list = append(list, aead)
	}
	return list, nil
}

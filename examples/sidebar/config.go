package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"

	"github.com/wecomkit/wecom-go/wecom"
)

// The JS-SDK as WeCom serves it: https://developer.work.weixin.qq.com/document/path/98560
const officialSDK = "https://wwcdn.weixin.qq.com/node/open/js/wecom-jssdk-2.0.2.js"

// A config is everything that differs between deployments.
type config struct {
	Addr       string
	URL        string // of the site, as browsers see it, without a slash at the end
	Credential wecom.Credential
	AgentID    int64
	Key        []byte // signs logins and sessions; the same on all machines
	SDK        string // where the page gets the JS-SDK
	Options    []wecom.Option
	Logger     *slog.Logger
}

// readConfig reads the environment through getenv and names every variable
// that is missing or wrong.
func readConfig(getenv func(string) string) (config, error) {
	cfg := config{
		Addr:       getenv("ADDR"),
		URL:        strings.TrimRight(getenv("SIDEBAR_URL"), "/"),
		Credential: wecom.Credential{CorpID: getenv("WECOM_CORP_ID"), Secret: getenv("WECOM_SECRET")},
		SDK:        officialSDK,
	}
	if cfg.Addr == "" {
		cfg.Addr = ":8080"
	}
	var wrong []error
	for _, name := range []string{"WECOM_CORP_ID", "WECOM_SECRET"} {
		if getenv(name) == "" {
			wrong = append(wrong, fmt.Errorf("%s is not set", name))
		}
	}
	if u, err := url.Parse(cfg.URL); err != nil || u.Scheme != "https" || u.Host == "" || u.Path != "" {
		wrong = append(wrong, errors.New("SIDEBAR_URL: want https://host"))
	}
	var err error
	if cfg.AgentID, err = strconv.ParseInt(getenv("WECOM_AGENT_ID"), 10, 64); err != nil {
		wrong = append(wrong, errors.New("WECOM_AGENT_ID: want the number on the app's page"))
	}
	if cfg.Key, err = hex.DecodeString(getenv("SIDEBAR_KEY")); err != nil || len(cfg.Key) < 32 {
		wrong = append(wrong, errors.New("SIDEBAR_KEY: want 64 hex digits: openssl rand -hex 32"))
	}
	return cfg, errors.Join(wrong...)
}

package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
)

var errNotJSON = errors.New("no JSON")

// answerTime is how long a command waits for the application's answer to a
// callback: a little longer than WeCom does.
const answerTime = 6 * time.Second

// await waits until callbacks are answered, and returns them.
func (c *call) await(ctx context.Context, numbers []int) ([]api.Delivery, error) {
	var list []api.Delivery
	for _, n := range numbers {
		var d api.Delivery
		wait := url.Values{"wait": {answerTime.String()}}
		if err := c.get(ctx, "deliveries/"+strconv.Itoa(n), wait, &d); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// printOutcomes tells where callbacks went.
func printOutcomes(w io.Writer, list []api.Delivery) {
	for _, d := range list {
		fmt.Fprintf(w, "callback %d  %s  to %s: %s\n", d.N, d.Event, recipient(d), outcome(d))
	}
}

// whyNone says why nobody was called back, if nobody was.
func (c *call) whyNone(ctx context.Context, list []api.Delivery) (string, error) {
	if len(list) > 0 || c.json {
		return "", nil
	}
	var set api.List[api.Callback]
	if err := c.get(ctx, "callbacks", nil, &set); err != nil {
		return "", err
	}
	if len(set.Items) == 0 {
		return "no callback: no app has a URL for them; wecomsim callback set gives it one\n", nil
	}
	return "no callback\n", nil
}

func recipient(d api.Delivery) string {
	switch {
	case d.AIBotID != "":
		return "robot " + d.AIBotID
	case d.SuiteID != "":
		return "suite " + d.SuiteID
	case d.AgentID == 0:
		return "the provider"
	default:
		return "app " + strconv.FormatInt(d.AgentID, 10)
	}
}

// outcome tells what came of the latest attempt.
func outcome(d api.Delivery) string {
	if len(d.Attempts) == 0 {
		if d.Done {
			return "never sent"
		}
		return "not sent yet"
	}
	last := d.Attempts[len(d.Attempts)-1]
	text := last.Err
	if text == "" {
		text = fmt.Sprintf("%d in %v", last.Status, time.Duration(last.Elapsed).Round(100*time.Microsecond))
	}
	switch {
	case !d.Done:
		text += "; it will be sent again"
	case len(d.Attempts) > 1:
		text += fmt.Sprintf("; attempt %d", len(d.Attempts))
	}
	if d.Mishap != "" {
		text += " (" + d.Mishap + ")"
	}
	return text
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// plainText is a text as it is, and anything else as JSON.
func plainText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}

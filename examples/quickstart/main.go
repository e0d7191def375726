// Command quickstart tells a shop's whole day on WeCom: a customer scans a
// code, is welcomed within seconds, tagged, messaged with a segment, shown a
// moment, and handed to a colleague when the member leaves.
//
//	go run ./examples/quickstart
//
// needs no corp and no credentials: the simulator plays WeCom, over real HTTP.
// What would be your application stands in shop.go.
//
//	WECOM_CORP_ID=ww… WECOM_SECRET=… go run ./examples/quickstart -live
//
// reads from a real corp, and changes nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	live := flag.Bool("live", false, "read from a real corp (WECOM_CORP_ID, WECOM_SECRET; WECOM_BASE_URL if not the official one)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	tell := runStory
	if *live {
		tell = runLive
	}
	if err := tell(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1) //nolint:gocritic // stop only restores the signal
	}
}

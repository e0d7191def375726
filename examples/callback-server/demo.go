package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"github.com/wecomkit/wecom-go/callback"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// runDemo lets the simulator play WeCom: it checks the URL as the console
// does, a customer adds a member, and the server hears of it and greets.
func runDemo(ctx context.Context, logger *slog.Logger) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	sim := wecomtest.NewServer()
	defer sim.Close()

	srv, err := newServer(ctx, config{
		Keys:    callback.Keys(sim.Keys()),
		Secret:  sim.Credential().Secret,
		Options: sim.Options(),
	}, logger)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	stopped := make(chan error, 1)
	go func() { stopped <- srv.serve(ctx, listener) }()

	err = visit(sim, "http://"+listener.Addr().String()+"/wecom/callback")
	stop() // the server works off what it has acknowledged
	if err = errors.Join(err, <-stopped); err != nil {
		return err
	}
	if n := sim.Calls().Op("externalcontact/send_welcome_msg").Code(0).Len(); n != 1 {
		return fmt.Errorf("%d greetings sent, want 1", n)
	}
	logger.InfoContext(ctx, "the customer was greeted")
	return nil
}

// visit is what happens outside: the console saves the URL, and a customer
// comes by the QR code of the spring fair.
func visit(sim *wecomtest.Server, url string) error {
	if err := sim.SetCallback(wecomtest.Callback{URL: url}); err != nil {
		return err
	}
	alice := sim.AddMember(wecomtest.Member{Name: "Alice"})
	sim.AddCustomer(alice, wecomtest.Customer{Name: "Zoe", FollowUser: []wecomtest.Follow{{State: "spring-fair"}}})
	sim.WaitDeliveries(1)
	return nil
}

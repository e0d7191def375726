package cli

type client struct{}

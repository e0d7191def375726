package cli

func overview() string { return "" }

func (cmd *Command) manual() string { return "" }

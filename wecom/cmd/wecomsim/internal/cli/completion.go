package cli

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
)

func completionCommand() Command {
	return Command{
		Name:        "completion",
		Synopsis:    []string{"bash | zsh | fish"},
		Summary:     "print a script that completes commands in a shell",
		Description: []string{"It knows the commands, their flags, and the verbs of act."},
		Examples: []Example{
			{"In ~/.bashrc", `eval "$(wecomsim completion bash)"`},
			{"In ~/.zshrc", `eval "$(wecomsim completion zsh)"`},
			{"Once, for fish", "wecomsim completion fish > ~/.config/fish/completions/wecomsim.fish"},
		},
		Words: []string{"bash", "fish", "zsh"},
		bind: func(*flag.FlagSet) func(context.Context, *call) error {
			return func(_ context.Context, c *call) error {
				scripts := map[string]func() string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}
				if len(c.args) != 1 || scripts[c.args[0]] == nil {
					return usagef("want bash, zsh or fish")
				}
				fmt.Fprint(c.Stdout, scripts[c.args[0]]())
				return nil
			}
		},
	}
}

// words are what may follow a command: its flags, and words of its own.
func (cmd *Command) words() []string {
	list := slices.Clone(cmd.Words)
	if cmd.Name == "help" {
		list = names()
	}
	return append(list, cmd.Flags()...)
}

// Flags lists the command's flags as they are written.
func (cmd *Command) Flags() []string {
	flags, _ := cmd.flags(&call{Env: Env{Getenv: func(string) string { return "" }}, client: &client{}})
	var list []string
	flags.VisitAll(func(f *flag.Flag) { list = append(list, dashed(f.Name)) })
	return list
}

func names() []string {
	var list []string
	for _, cmd := range Commands() {
		list = append(list, cmd.Name)
	}
	return list
}

func bashCompletion() string {
	var b strings.Builder
	b.WriteString("_wecomsim() {\n\tlocal words\n\tcase \"${COMP_CWORD}:${COMP_WORDS[1]}\" in\n")
	fmt.Fprintf(&b, "\t1:*) words=%q ;;\n", strings.Join(names(), " "))
	for _, cmd := range Commands() {
		fmt.Fprintf(&b, "\t*:%s) words=%q ;;\n", cmd.Name, strings.Join(cmd.words(), " "))
	}
	b.WriteString("\tesac\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\ncomplete -o default -F _wecomsim wecomsim\n")
	return b.String()
}

func zshCompletion() string {
	var b strings.Builder
	b.WriteString("#compdef wecomsim\n_wecomsim() {\n\tif ((CURRENT == 2)); then\n\t\tlocal -a commands=(\n")
	for _, cmd := range Commands() {
		fmt.Fprintf(&b, "\t\t\t'%s:%s'\n", cmd.Name, strings.ReplaceAll(cmd.Summary, "'", `'\''`))
	}
	b.WriteString("\t\t)\n\t\t_describe command commands\n\t\treturn\n\tfi\n\tcase \"${words[2]}\" in\n")
	for _, cmd := range Commands() {
		fmt.Fprintf(&b, "\t%s) compadd -- %s ;;\n", cmd.Name, strings.Join(cmd.words(), " "))
	}
	b.WriteString("\tesac\n\t_files\n}\ncompdef _wecomsim wecomsim\n")
	return b.String()
}

func fishCompletion() string {
	var b strings.Builder
	for _, cmd := range Commands() {
		fmt.Fprintf(&b, "complete -c wecomsim -n __fish_use_subcommand -f -a %s -d '%s'\n", cmd.Name, strings.ReplaceAll(cmd.Summary, "'", `\'`))
	}
	for _, cmd := range Commands() {
		when := "'__fish_seen_subcommand_from " + cmd.Name + "'"
		for _, word := range cmd.words() {
			switch name, dashes := strings.CutPrefix(word, "--"); {
			case dashes:
				fmt.Fprintf(&b, "complete -c wecomsim -n %s -l %s\n", when, name)
			case strings.HasPrefix(word, "-"):
				fmt.Fprintf(&b, "complete -c wecomsim -n %s -s %s\n", when, word[1:])
			default:
				fmt.Fprintf(&b, "complete -c wecomsim -n %s -f -a %s\n", when, word)
			}
		}
	}
	return b.String()
}

// Package cli is what a person types: it finds the subcommand, reads its flags, and says in words what came of it.
//
// A command exits with 0 when it did what was asked, 1 when it could not, 2 when it was used wrongly, and 3 when it looked for faults
// and found some. What went wrong is one line that says what to do; nobody is shown a stack.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	exitFound  = 3
)

// Main runs the command that args name and returns its exit code.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := program{now: time.Now, lookup: os.LookupEnv, stdin: stdin, stdout: stdout, stderr: stderr}
	return p.main(ctx, args)
}

// program is one run of the command with what it sees of the world, so that a test can bring its own.
type program struct {
	now            func() time.Time
	lookup         func(string) (string, bool)
	stdin          io.Reader
	stdout, stderr io.Writer
}

// command is a subcommand; one with subs only leads on to them.
type command struct {
	name     string
	args     string // what follows the name: "FILE..."
	summary  string // half a sentence for the list
	detail   string // what a person should know before using it
	examples []string
	flags    func(*flag.FlagSet)
	run      func(context.Context, *call) error
	subs     []*command
	local    bool   // of this machine alone: there is no --aws
	fallback string // the sub that is meant where a value or a flag follows at once
	alone    bool   // the fallback is meant where nothing follows, too
}

// looksLikeValue tells a number, an address or a flag from a mistyped word.
func looksLikeValue(arg string) bool { return strings.ContainsAny(arg, "0123456789@-+") }

// call is a command with its arguments read.
type call struct {
	program
	args []string
	data string // folder of the store
	json bool
	aws  bool // a deployment, named by the environment, in place of data
}

// errFound ends a command that did its work and found something wrong; it has said what.
var errFound = errors.New("something is wrong")

// usageError is a command used wrongly; it is told with a pointer to the help.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usage(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// main turns what became of a command into its exit code and, where it failed, into the one line that says why.
func (p program) main(ctx context.Context, args []string) int {
	path, err := p.dispatch(ctx, &command{name: "regulars", subs: commands()}, args, "regulars")
	wrong := usageError{}
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFound):
		return exitFound
	case errors.As(err, &wrong):
		fmt.Fprintf(p.stderr, "regulars: %v\nTry `%s --help`.\n", err, path)
		return exitUsage
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(p.stderr, "regulars: stopped")
		return exitFailed
	}
	fmt.Fprintf(p.stderr, "regulars: %v\n", err)
	return exitFailed
}

// dispatch follows args to a command and runs it. It returns the words that led there, for the pointer to the help.
func (p program) dispatch(ctx context.Context, c *command, args []string, path string) (string, error) {
	if c.subs == nil {
		return path, p.run(ctx, c, args, path)
	}
	if len(args) == 0 && c.alone {
		args = []string{c.fallback}
	}
	if len(args) == 0 || asksHelp(args[0]) {
		if len(args) > 1 && args[0] == "help" { // regulars help card enrol
			return p.dispatch(ctx, c, append(args[1:len(args):len(args)], "--help"), path)
		}
		fmt.Fprint(p.stdout, c.list(path))
		if len(args) == 0 {
			return path, usage("say what to do")
		}
		return path, nil
	}
	for _, sub := range c.subs {
		if sub.name == args[0] {
			return p.dispatch(ctx, sub, args[1:], path+" "+sub.name)
		}
	}
	if c.fallback != "" && looksLikeValue(args[0]) { // regulars card 0400123456782
		return p.dispatch(ctx, c, append([]string{c.fallback}, args...), path)
	}
	if near := nearest(args[0], c.subs); near != "" {
		return path, usage("there is no `%s %s`; did you mean `%s %s`?", path, args[0], path, near)
	}
	return path, usage("there is no `%s %s`", path, args[0])
}

func asksHelp(arg string) bool {
	return arg == "help" || arg == "--help" || arg == "-help" || arg == "-h"
}

// run reads the flags of a command and runs it, or shows its help.
func (p program) run(ctx context.Context, c *command, args []string, path string) error {
	made := &call{program: p}
	set := made.flagSet(c)
	rest, err := parse(set, args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(p.stdout, c.help(path, set))
		return nil
	}
	if err != nil {
		return err
	}
	made.args = rest
	return c.run(ctx, made)
}

// defaultData is where a store lies if neither --data nor dataVariable says otherwise.
const (
	defaultData  = ".regulars"
	dataVariable = "REGULARS_DATA"
)

// flagSet is the flags of a command with those that every command has.
func (c *call) flagSet(of *command) *flag.FlagSet {
	set := flag.NewFlagSet(of.name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	data := defaultData
	if named, _ := c.lookup(dataVariable); named != "" {
		data = named
	}
	set.StringVar(&c.data, "data", data, "`DIR` that holds the shop's data")
	set.BoolVar(&c.json, "json", false, "answer in JSON, for programs")
	if !of.local {
		set.BoolVar(&c.aws, "aws", false, "work on a deployment: CARDS_TABLE, RECORDS_TABLE, PROGRAMME_TABLE and AWS's own variables name it")
	}
	if of.flags != nil {
		of.flags(set)
	}
	return set
}

package cli

import (
	"errors"
	"flag"
	"fmt"
	"regexp"
	"strings"
)

// parse reads flags wherever they stand among the arguments, up to a "--".
func parse(set *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := set.Parse(args); err != nil {
			return nil, flagError(set, err)
		}
		left := set.NArg()
		if left == 0 {
			return rest, nil
		}
		if read := len(args) - left; read > 0 && args[read-1] == "--" {
			return append(rest, set.Args()...), nil
		}
		rest = append(rest, set.Arg(0))
		args = set.Args()[1:]
	}
}

var undefined = regexp.MustCompile(`^flag provided but not defined: -+(.*)$`)

// flagError says in our words what package flag found, with two dashes and the flag that was meant.
func flagError(set *flag.FlagSet, err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	found := undefined.FindStringSubmatch(err.Error())
	if found == nil {
		return usage("%s", regexp.MustCompile(`(^| )-(\w)`).ReplaceAllString(err.Error(), "$1--$2"))
	}
	var known []*command
	set.VisitAll(func(f *flag.Flag) { known = append(known, &command{name: f.Name}) })
	if near := nearest(found[1], known); near != "" {
		return usage("there is no flag --%s; did you mean --%s?", found[1], near)
	}
	return usage("there is no flag --%s", found[1])
}

// nearest finds the name that was most likely meant, "" if none is near.
func nearest(typed string, among []*command) string {
	best, found := 3, "" // letters wrong at most 2: more would be guessing
	for _, c := range among {
		if d := distance(typed, c.name); d < best && d < len(c.name) {
			best, found = d, c.name
		}
	}
	if found == "" {
		for _, c := range among {
			if len(typed) > 1 && strings.HasPrefix(c.name, typed) {
				return c.name
			}
		}
	}
	return found
}

// distance counts letters to add, drop or change between two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// list is the help of a command that leads to others.
func (c *command) list(path string) string {
	var b strings.Builder
	if path == "regulars" {
		b.WriteString("regulars turns shoppers into regulars: reward cards, points, coupons and the e-mail that goes with them.\n\n")
	} else {
		fmt.Fprintf(&b, "%s: %s\n\n", path, c.summary)
	}
	fmt.Fprintf(&b, "usage: %s COMMAND [ARGUMENT...] [--flag...]\n\n", path)
	width := 0
	for _, sub := range c.subs {
		width = max(width, len(sub.name))
	}
	for _, sub := range c.subs {
		fmt.Fprintf(&b, "  %-*s  %s\n", width, sub.name, sub.summary)
	}
	if c.detail != "" {
		fmt.Fprintf(&b, "\n%s\n", c.detail)
	}
	fmt.Fprintf(&b, "\n`%s COMMAND --help` says more of each.\n", path)
	return b.String()
}

// help is the help of one command.
func (c *command) help(path string, set *flag.FlagSet) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\nusage: %s\n", path, c.summary, strings.TrimSpace(path+" "+c.args))
	if c.detail != "" {
		fmt.Fprintf(&b, "\n%s\n", c.detail)
	}
	if len(c.examples) > 0 {
		b.WriteString("\nfor example\n")
		for _, e := range c.examples {
			fmt.Fprintf(&b, "  %s\n", e)
		}
	}
	b.WriteString("\nflags\n")
	set.VisitAll(func(f *flag.Flag) {
		placeholder, text := flag.UnquoteUsage(f)
		name := "--" + f.Name
		if placeholder != "" {
			name += " " + placeholder
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			text += " (" + f.DefValue + " if not given)"
		}
		fmt.Fprintf(&b, "  %-18s %s\n", name, text)
	})
	return b.String()
}

// words demands so many arguments, which the usage line names.
func (c *call) words(least, most int, what string) error {
	switch {
	case len(c.args) < least:
		return usage("%s is missing", what)
	case most >= 0 && len(c.args) > most:
		return usage("%q is one argument too many", c.args[most])
	}
	return nil
}

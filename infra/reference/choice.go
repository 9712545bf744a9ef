package reference

import (
	"regexp"
	"strings"
)

// chosen is a field that holds one of some words, by the names of their constants.
type chosen struct {
	key   string
	names []string
}

// oneOf is how a comment lists the constants that a field may hold.
var oneOf = regexp.MustCompile(`([Oo]ne of) ((?:[A-Z]\w+, )+[A-Z]\w+)`)

// choice takes the list of constants out of a comment; the words get a table of their own, with what each means.
func (b *book) choice(comment string) (rest string, names []string) {
	found := oneOf.FindStringSubmatch(comment)
	if found == nil {
		return comment, nil
	}
	names = strings.Split(found[2], ", ")
	for _, name := range names {
		if b.values[name] == "" {
			return comment, nil // types, and no words
		}
	}
	return strings.Replace(comment, found[0], found[1]+" the words below", 1), names
}

// choices writes what each word of some fields means, below the table that has them. A word of which nothing is said is a fault of the page.
func (p *page) choices(list []chosen) {
	for _, c := range list {
		p.print("\n| `%s` | |\n|---|---|\n", c.key)
		for _, name := range c.names {
			if p.means[name] == "" {
				p.silent = append(p.silent, name)
			}
			p.print("| %s | %s |\n", strings.ReplaceAll(p.values[name], `"`, "`"), p.means[name])
		}
	}
}

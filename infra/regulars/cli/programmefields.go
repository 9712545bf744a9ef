package cli

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
)

// fieldsPage is the reference that infra/reference writes.
//
//go:embed programme.md
var fieldsPage string

// programmeFields shows what a programme may say. It needs no shop.
func programmeFields() *command {
	return &command{
		local: true,
		name:  "fields", args: "[NAME]", summary: "show every field that a programme may have, or those of one part",
		detail:   "NAME is a part, such as points, offers or campaigns; \"conditions\" lists the facts that rules may ask for.",
		examples: []string{"regulars programme fields", "regulars programme fields offers"},
		run: func(_ context.Context, c *call) error {
			if err := c.words(0, 1, "the part"); err != nil {
				return err
			}
			part := ""
			if len(c.args) == 1 {
				part = strings.ToLower(c.args[0])
			}
			text, ok := fieldsOf(part)
			if !ok {
				return usage("a programme has no part %q; `regulars programme fields` lists them all", part)
			}
			if c.json {
				return c.writeJSON(map[string]string{"part": part, "markdown": text})
			}
			_, err := fmt.Fprint(c.stdout, text)
			return err
		},
	}
}

// fieldsOf is the sections of the page that tell of a part and of what is in it; "" is the whole page.
func fieldsOf(part string) (string, bool) {
	if part == "" {
		return fieldsPage, true
	}
	var found []string
	for _, section := range strings.Split(fieldsPage, "\n## ")[1:] {
		title, _, _ := strings.Cut(strings.ToLower(section), "\n")
		name := strings.ReplaceAll(title, "[]", "")
		if name == part || title == part || strings.HasPrefix(name, part+".") {
			found = append(found, "## "+section)
		}
	}
	return strings.Join(found, "\n"), len(found) > 0
}

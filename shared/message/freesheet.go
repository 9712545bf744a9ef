package message

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// maxRules is how many rules of a page's style sheets may say what can be seen.
const maxRules = 500

// sheetRule is a rule of a style sheet that says what can be seen, for the elements that its last part names. The parts before it are passed
// over: a rule may hold for more elements here than in a mailbox, never for fewer.
type sheetRule struct {
	tag     string
	classes []string
	ids     []string
	weight  int // of two rules for one element the heavier holds, of like ones the later
	look    look
}

func (s sheetRule) matches(e *element) bool {
	subset := func(want, have []string) bool {
		return e.unclear || !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(have, w) })
	}
	return (s.tag == "" || s.tag == e.tag) && subset(s.classes, e.classes) && subset(s.ids, e.ids)
}

// sheet reads the content of a <style>.
func (r *freeReader) sheet(content string) {
	plain, err := plainStyle(content)
	if err == nil {
		var rest string
		rest, err = r.rulesOf(plain, 0, false)
		if err == nil && rest != "" {
			err = errors.New("closes with a } what was not opened")
		}
	}
	if err == nil && len(r.page.rules) > maxRules {
		err = fmt.Errorf("has more than %d rules of what can be seen", maxRules)
	}
	slices.SortStableFunc(r.page.rules, func(a, b sheetRule) int { return a.weight - b.weight })
	if err != nil {
		r.failAt(r.tag.pos, "the style sheet %v", err)
	}
}

// rulesOf reads rules up to the brace that ends them, and gives back what follows. some says that they hold on some screens alone.
func (r *freeReader) rulesOf(plain string, depth int, some bool) (rest string, err error) {
	for {
		i := strings.IndexAny(plain, "{};")
		switch {
		case i < 0 && strings.TrimSpace(plain) != "":
			return "", fmt.Errorf("ends in the middle: %q", shorten(strings.TrimSpace(plain)))
		case i < 0 && depth > 0:
			return "", errors.New("has a { that is not closed")
		case i < 0:
			return "", nil
		}
		selector := strings.TrimSpace(plain[:i])
		switch plain[i] {
		case '}':
			if selector != "" {
				return "", fmt.Errorf("has no rule in %q", shorten(selector))
			}
			return plain[i:], nil
		case ';':
			return "", fmt.Errorf("holds %q outside of a rule: take it out", shorten(selector+";"))
		}
		if plain, err = r.ruleOf(selector, plain[i+1:], depth, some); err != nil {
			return "", err
		}
	}
}

// ruleOf reads one rule after its opening brace.
func (r *freeReader) ruleOf(selector, body string, depth int, some bool) (rest string, err error) {
	if strings.HasPrefix(selector, "@media") || strings.HasPrefix(selector, "@supports") {
		if depth > 1 {
			return "", errors.New("nests @media more than twice")
		}
		if rest, err = r.rulesOf(body, depth+1, some || someScreens(selector)); err != nil {
			return "", err
		}
		if rest == "" {
			return "", errors.New("has a { that is not closed")
		}
		return rest[1:], nil
	}
	end := strings.IndexAny(body, "{}")
	if end < 0 || body[end] == '{' {
		return "", fmt.Errorf("has a rule %q that is not closed before the next begins", shorten(selector))
	}
	if strings.HasPrefix(selector, "@") {
		if selector != "@-ms-viewport" && selector != "@viewport" {
			return "", fmt.Errorf("holds %s, which mailboxes do not agree on: take it out", shorten(selector))
		}
		return body[end+1:], nil
	}
	look, err := declared(body[:end])
	if err != nil {
		return "", err
	}
	return body[end+1:], r.keepRule(selector, look, some)
}

var (
	wideEnough = regexp.MustCompile(`\( *(?:min-width *: *[0-9.]{1,3}(?:px)?|max-width *: *[0-9.]{4,}px) *\)`)
	screens    = regexp.MustCompile(`@media|\band\b|\bonly\b|\bscreen\b|\ball\b`)
)

// someScreens reports whether a query leaves out screens on which e-mails are read.
func someScreens(query string) bool {
	if strings.HasPrefix(query, "@supports") {
		return false
	}
	for _, one := range strings.Split(query, ",") {
		if strings.TrimSpace(screens.ReplaceAllString(wideEnough.ReplaceAllString(one, ""), "")) == "" {
			return false
		}
	}
	return true
}

var (
	combined  = regexp.MustCompile(`[\s>+~]+`)
	compound  = regexp.MustCompile(`^([a-z][a-z0-9]*)?((?:[.#][a-z_][-_a-z0-9]*)*)(.*)$`)
	namePart  = regexp.MustCompile(`[.#][a-z_][-_a-z0-9]*`)
	tagPart   = regexp.MustCompile(`(?:^|[\s>+~])[a-z]`)
	inPassing = regexp.MustCompile(`:(hover|active|focus|target|disabled|checked|:)|:(before|after)`) // what is so for a moment, or no element
)

// keepRule keeps a rule if it hides, colours or sizes. Colours and sizes that hold on some screens alone are left out: so do those behind them.
func (r *freeReader) keepRule(selector string, l look, some bool) error {
	if l.sized && (!l.relative && l.size < leastLetters || l.relative && l.size < 500) {
		l.hides, l.by, l.sized = true, "font-size", false
	}
	if some {
		l.colour, l.ground, l.sized = "", "", false
	}
	if !l.hides && !l.flat && !l.clipped && l.faint == 0 && l.colour == "" && l.ground == "" && !l.sized {
		return nil
	}
	for _, part := range strings.Split(selector, ",") {
		part = strings.TrimSpace(part)
		parts := combined.Split(part, -1)
		last := parts[len(parts)-1]
		m := compound.FindStringSubmatch(last)
		if (m[3] != "" || last == "") && l.hides {
			return fmt.Errorf("hides by %s in %q: hide by a class, an id or a tag, so that it can be told what is hidden", l.by, shorten(last))
		}
		if last == "" || inPassing.MatchString(part) {
			continue
		}
		rule := sheetRule{tag: m[1], look: l, weight: 10_000*strings.Count(part, "#") + 100*(strings.Count(part, ".")+strings.Count(part, "[")+strings.Count(part, ":"))}
		rule.weight += len(tagPart.FindAllString(part, -1))
		for _, name := range namePart.FindAllString(m[2], -1) {
			if name[0] == '.' {
				rule.classes = append(rule.classes, name[1:])
			} else {
				rule.ids = append(rule.ids, name[1:])
			}
		}
		r.page.rules = append(r.page.rules, rule)
	}
	return nil
}

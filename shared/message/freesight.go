package message

import "fmt"

// outWord are words in a link of the way out.
type outWord struct {
	in, link     *element
	plain, whole int // letters, and signs that are syllables or words
}

// lawful holds marketing to what its readers must see, and says of what is there and does not count where it stands and why.
func (p *freePage) lawful() error {
	p.sights = map[*element]sight{nil: {size: letters, colour: "#000000", ground: "#ffffff", shown: 1_000}}
	at, hidden, ok := p.leave()
	if !ok {
		return p.wants(at, hidden, `the way out is missing: marketing needs <a href="{{.UnsubscribeURL}}"> with words in it`)
	}
	if at, hidden, ok = p.inSight(p.postal); !ok {
		return p.wants(at, hidden, "the postal address is missing: marketing needs {{.Shop.Address}} in its text")
	}
	return nil
}

func (p *freePage) wants(at int, hidden, what string) error {
	if hidden == "" {
		return fmt.Errorf("%s, %s", what, plainSight)
	}
	line, column := lineOf(p.source, at)
	return &pointed{line: line, column: column, fault: fmt.Sprintf("%s, %s; here %s", what, plainSight, hidden)}
}

// leave tells whether one of the links of the way out has words enough in plain sight.
func (p *freePage) leave() (at int, hidden string, ok bool) {
	for i, link := range p.exits {
		var plain, whole int
		why, pos := "it has no words, or fewer than three letters, that no choice hides", link.pos
		for _, w := range p.ways {
			if w.link != link {
				continue
			}
			place, by, seen := p.inSight([]*element{w.in})
			if !seen {
				why, pos = by, place
				continue
			}
			plain, whole = plain+w.plain, whole+w.whole
		}
		if plain >= leastWord || whole >= leastSyllables {
			return 0, "", true
		}
		if i == 0 {
			at, hidden = pos, why
		}
	}
	return at, hidden, false
}

// sight is how the words in an element can be seen.
type sight struct {
	hidden         bool
	by             string   // what hides
	on             *element // and on which element
	shown          int64    // thousandths of what there is to see
	size           int64
	colour, ground string
}

// inSight tells whether the words in one of the elements are in plain sight; where they are not, what hides those in the first of them.
func (p *freePage) inSight(list []*element) (at int, hidden string, ok bool) {
	for i, e := range list {
		s := p.sight(e)
		why := s.hiddenBy()
		if why == "" {
			return 0, "", true
		}
		if i > 0 {
			continue
		}
		if hidden = why; e != nil {
			at = e.pos
		}
		if s.on != nil {
			at = s.on.pos
		}
	}
	return at, hidden, false
}

// hiddenBy says why words are not seen; "" where they are.
func (s sight) hiddenBy() string {
	switch {
	case s.hidden:
		return fmt.Sprintf("%s of <%s> hides it", s.by, s.on.tag)
	case s.shown < leastOpacity:
		return "it is seen through"
	case s.size < leastLetters:
		return fmt.Sprintf("its letters have %d.%d pixels", s.size/1_000, s.size/100%10)
	case !apart(s.colour, s.ground):
		return fmt.Sprintf("its letters are of %s on %s", colourSaid(s.colour), colourSaid(s.ground))
	}
	return ""
}

func colourSaid(colour string) string {
	if colour == unclear {
		return "a colour that cannot be told"
	}
	return colour
}

func (p *freePage) sight(e *element) sight {
	if s, ok := p.sights[e]; ok {
		return s
	}
	s := p.sight(e.parent)
	l, sheet := e.look, look{}
	for _, rule := range p.rules {
		if rule.matches(e) {
			forced := sheet.forced || rule.look.forced
			sheet = sheet.over(rule.look)
			sheet.forced = forced
		}
	}
	if l = sheet.over(l); sheet.forced {
		l = l.over(sheet)
	}
	if l.hides && !s.hidden {
		s.hidden, s.by, s.on = true, l.by, e
	}
	s.shown -= s.shown * l.faint / 1_000
	switch {
	case l.sized && l.relative:
		s.size = s.size * l.size / 1_000
	case l.sized:
		s.size = l.size
	}
	if l.colour != "" {
		s.colour = l.colour
	}
	if l.ground != "" {
		s.ground = l.ground
	}
	p.sights[e] = s
	return s
}

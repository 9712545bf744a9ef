package store

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
)

// What counts towards a tier lies in one attribute, a word for each part of it:
//
//	pm24310,120,,45   by points, in months, the first of them 24310; the counts, none where it is 0
//	<24312,24310,60   in unit 24312 a return took 60 off unit 24310
//	^24300,1200       unit 24300 was decided by 1200
//
// A programme of calendar years alone does not have it: its three numbers lie in headQualifying.
func writeStanding(s card.Standing) string {
	if s.Empty() {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%c%c%d", s.By, s.Unit, s.First)
	for _, n := range s.Counts {
		b.WriteByte(',')
		if n != 0 {
			b.WriteString(strconv.FormatInt(n, 10))
		}
	}
	for _, t := range s.Back {
		fmt.Fprintf(&b, " <%d,%d,%d", t.In, t.Of, t.Count)
	}
	for _, c := range s.Best {
		fmt.Fprintf(&b, " ^%d,%d", c.Unit, c.Count)
	}
	return b.String()
}

func readStanding(text string) (card.Standing, error) {
	if text == "" {
		return card.Standing{}, nil
	}
	wrong := func() (card.Standing, error) { return card.Standing{}, fmt.Errorf("standing %q cannot be read", text) }
	word := strings.Split(text, " ")
	if len(word[0]) < 3 {
		return wrong()
	}
	s := card.Standing{By: card.CountedBy(text[0]), Unit: card.Unit(text[1])}
	counts, err := commaWholes(word[0][2:], 0)
	if err != nil || s.Unit != card.Monthly && s.Unit != card.Yearly || !strings.ContainsRune("psv", rune(s.By)) {
		return wrong()
	}
	s.First = int(counts[0])
	if len(counts) > 1 {
		s.Counts = counts[1:]
	}
	for _, w := range word[1:] {
		switch {
		case strings.HasPrefix(w, "<"):
			n, err := commaWholes(w[1:], 3)
			if err != nil {
				return wrong()
			}
			s.Back = append(s.Back, card.Taken{In: int(n[0]), Of: int(n[1]), Count: n[2]})
		case strings.HasPrefix(w, "^"):
			n, err := commaWholes(w[1:], 2)
			if err != nil {
				return wrong()
			}
			s.Best = append(s.Best, card.Counted{Unit: int(n[0]), Count: n[1]})
		default:
			return wrong()
		}
	}
	return s, nil
}

// commaWholes reads numbers with commas between them, nothing for 0; want of them, or any where want is 0.
func commaWholes(text string, want int) ([]int64, error) {
	field := strings.Split(text, ",")
	if want > 0 && len(field) != want {
		return nil, fmt.Errorf("%d numbers, want %d", len(field), want)
	}
	list := make([]int64, len(field))
	for i, f := range field {
		if f == "" {
			continue
		}
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return nil, err
		}
		list[i] = n
	}
	return list, nil
}

func writeGiven(g card.GivenTier) string {
	if g.Tier == "" {
		return ""
	}
	text := g.Tier
	if g.Until != 0 {
		text += ":" + writeDay(g.Until)
	}
	return text
}

func readGiven(text string) (card.GivenTier, error) {
	tier, until, dated := strings.Cut(text, ":")
	g := card.GivenTier{Tier: tier}
	if !dated {
		return g, nil
	}
	var err error
	g.Until, err = readDay(until)
	return g, err
}

package store

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// Counters lie in HEAD as short text with a space between them:
//
//	coffee::11:1                    id, first day of the window, sum, rewards given
//	may:feo:10500::a=1.4000,b=2.6500  days or stores behind it: name, visits, what they count for
//	visit::7::::tlsyyo,tlt000       moments of the newest visits, in seconds
//	~week:feo:73+1/2                the sum of a cap, with what is below a point
//
// Days and moments are in base 36. What is nothing at the end is left out.

func writeCounters(list []card.Counter) string {
	text := make([]string, len(list))
	for i, c := range list {
		since := ""
		if c.Since != 0 {
			since = strconv.FormatInt(int64(c.Since), 36)
		}
		given := ""
		if c.Given != 0 {
			given = number(c.Given)
		}
		var places, recent []string
		for _, p := range c.Places {
			places = append(places, p.Name+"="+strings.TrimSuffix(number(p.Visits)+"."+number(p.Sum), ".0"))
		}
		for _, at := range c.Recent {
			recent = append(recent, strconv.FormatInt(at, 36))
		}
		sum := ledger.Worth{Points: c.Sum, Grains: c.Grains}.String()
		whole := strings.Join([]string{c.ID, since, sum, given, strings.Join(places, ","), strings.Join(recent, ",")}, ":")
		text[i] = strings.TrimRight(whole, ":")
	}
	return strings.Join(text, " ")
}

const counterFields = 6

func readCounters(text string) ([]card.Counter, error) {
	var list []card.Counter
	for _, part := range strings.Fields(text) {
		field := strings.Split(part, ":")
		if len(field) < 3 || len(field) > counterFields {
			return nil, fmt.Errorf("counter %q has %d fields", part, len(field))
		}
		c, err := readCounter(append(field, make([]string, counterFields-len(field))...))
		if err != nil {
			return nil, fmt.Errorf("counter %q: %w", part, err)
		}
		list = append(list, c)
	}
	return list, nil
}

func readCounter(field []string) (card.Counter, error) {
	sum, err := ledger.ParseWorth(field[2])
	c := card.Counter{ID: field[0], Sum: sum.Points, Grains: sum.Grains}
	whole := func(text string, base int) (n int64) {
		if err == nil && text != "" {
			n, err = strconv.ParseInt(text, base, 64)
		}
		return n
	}
	c.Since, c.Given = day.Day(whole(field[1], 36)), whole(field[3], 10)
	each := func(text string) []string { return strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) }
	for _, place := range each(field[4]) {
		name, counts, _ := strings.Cut(place, "=")
		visits, sum, _ := strings.Cut(counts, ".")
		c.Places = append(c.Places, card.Place{Name: name, Visits: whole(visits, 10), Sum: whole(sum, 10)})
	}
	for _, at := range each(field[5]) {
		c.Recent = append(c.Recent, whole(at, 36))
	}
	return c, err
}

package books

import (
	"fmt"
	"slices"

	"github.com/regulars-dev/regulars/shared/day"
)

// Ask says at the ends of which days the books are drawn up: at one day, or at the ends of the spans from one day to another.
type Ask struct {
	At   string `json:"at,omitempty"`   // today if nothing is said
	From string `json:"from,omitempty"` // with To (today if missing) and By
	To   string `json:"to,omitempty"`
	By   string `json:"by,omitempty"` // ByDay, ByMonth (if missing), ByQuarter, ByYear
}

// What Ask.By may say.
const (
	ByDay     = "day"
	ByMonth   = "month"
	ByQuarter = "quarter"
	ByYear    = "year"
)

var spans = map[string]int{ByMonth: 1, ByQuarter: 3, ByYear: 12} // months

// days lists the ends that are meant; the last one is To, although its span may go on. It fails on days that cannot be read, that have not
// come, or that are too many.
func (a Ask) days(today day.Day) ([]day.Day, error) {
	if a.From == "" && (a.To != "" || a.By != "") {
		return nil, fmt.Errorf("--from is missing: --to and --by go with it")
	}
	if a.At != "" && a.From != "" {
		return nil, fmt.Errorf("give either --at for one day, or --from for several")
	}
	last, err := read("--at", a.At, today)
	if err != nil || a.From == "" {
		return []day.Day{last}, err
	}
	from, err := read("--from", a.From, today)
	if err != nil {
		return nil, err
	}
	if last, err = read("--to", a.To, today); err != nil {
		return nil, err
	}
	if last < from {
		return nil, fmt.Errorf("--to %s lies before --from %s", last, from)
	}
	by := a.By
	if by == "" {
		by = ByMonth
	}
	if by != ByDay && spans[by] == 0 {
		return nil, fmt.Errorf("--by %q is not one of %s, %s, %s, %s", a.By, ByDay, ByMonth, ByQuarter, ByYear)
	}
	var days []day.Day
	for on := from; on <= last && len(days) <= MaxDays; on++ {
		if by != ByDay {
			on = min(on.EndOf(spans[by]), last)
		}
		days = append(days, on)
	}
	if len(days) > MaxDays {
		return nil, fmt.Errorf("that is more than %d rows; take a shorter time or longer spans", MaxDays)
	}
	return slices.Clip(days), nil
}

// read is a day as it was written, today where nothing was.
func read(flag, text string, today day.Day) (day.Day, error) {
	if text == "" {
		return today, nil
	}
	on, err := day.Parse(text)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%s %q is no day such as 2026-12-31", flag, text)
	case on > today:
		return 0, fmt.Errorf("%s %s has not come; the books are drawn up to %s at the latest", flag, on, today)
	}
	return on, nil
}

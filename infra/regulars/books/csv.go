package books

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/regulars-dev/regulars/shared/liability"
	"github.com/regulars-dev/regulars/shared/money"
)

// WriteCSV writes a row for each account of each day: what it has, and how that has changed since the row of the day before, in points and in
// the currency's own units ("12.34"). A gift card's rows have no points.
func (r Report) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"day", "account", "points", "points_change", "amount", "amount_change", "currency", "ties"}}
	for i, d := range r.Days {
		before := Day{}
		if i > 0 {
			before = r.Days[i-1]
		}
		row := func(account string, points, pointsWere, minor, minorWas int64) {
			rows = append(rows, []string{
				d.On, account, whole(points), whole(points - pointsWere), d.plain(minor, d.Currency), d.plain(minor-minorWas, d.Currency), string(d.Currency),
				strconv.FormatBool(d.Ties),
			})
		}
		for _, a := range accounts() {
			row(a, d.Points[a], before.Points[a], d.Minor[a], before.Minor[a])
		}
		row("liability", d.Liability.Points, before.Liability.Points, d.Liability.Minor, before.Liability.Minor)
		row("breakage", d.Breakage.Points, before.Breakage.Points, d.Breakage.Minor, before.Breakage.Minor)
		for n, g := range d.GiftCards {
			was := Gifts{}
			if i > 0 {
				was = before.GiftCards[n] // every day lists the same currencies
			}
			for _, line := range g.lines(was) {
				rows = append(rows, []string{
					d.On, "gift_cards_" + line.name, "", "", d.plain(line.minor, g.Currency), d.plain(line.minor-line.was, g.Currency), string(g.Currency), strconv.FormatBool(d.Ties),
				})
			}
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write the rows: %w", err)
	}
	return nil
}

// accounts lists the names of all accounts with the two sums, in the order in which they are shown.
func accounts() []string {
	list := []string{Issued}
	for _, a := range liability.Accounts() {
		if a == liability.Available {
			list = append(list, Outstanding)
		}
		list = append(list, a.String())
	}
	return list
}

type giftLine struct {
	name       string
	minor, was int64
}

// lines is the sums of gift cards by name, each with what it was.
func (g Gifts) lines(was Gifts) []giftLine {
	return []giftLine{
		{"issued", g.Issued, was.Issued}, {"redeemed", g.Redeemed, was.Redeemed}, {"refunded", g.Refunded, was.Refunded},
		{"expired", g.Expired, was.Expired}, {"cancelled", g.Cancelled, was.Cancelled}, {"balance", g.Balance, was.Balance},
	}
}

func whole(n int64) string { return strconv.FormatInt(n, 10) }

// plain is an amount without its currency.
func (d Day) plain(minor int64, currency money.Currency) string {
	text := money.Amount{Minor: minor, Currency: currency}.String()
	return text[:max(0, len(text)-len(" ")-len(currency))]
}

package store

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/limit"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// writeUses writes what became of codes and limited offers, a line each: offer, code, coupon, amount, reason, uses of its code's batch,
// with a tab between them and none at the end: "tea20\tAB7K9QXM2PW\t\t350".
func writeUses(list []receipt.Use) string {
	rows := make([]string, len(list))
	for i, u := range list {
		field := []string{u.Offer, u.Code, u.Coupon, "", u.Reason, ""}
		if u.Amount != 0 {
			field[3] = number(u.Amount)
		}
		if u.Uses != 0 {
			field[5] = number(u.Uses)
		}
		rows[i] = strings.TrimRight(strings.Join(field, "\t"), "\t")
	}
	return strings.Join(rows, "\n")
}

const useFields = 6

func readUses(text string) ([]receipt.Use, error) {
	if text == "" {
		return nil, nil
	}
	var list []receipt.Use
	for row := range strings.SplitSeq(text, "\n") {
		field := append(strings.Split(row, "\t"), make([]string, useFields)...)
		u := receipt.Use{Offer: field[0], Code: field[1], Coupon: field[2], Reason: field[4]}
		for i, n := range map[int]*int64{3: &u.Amount, 5: &u.Uses} {
			if field[i] == "" {
				continue
			}
			var err error
			if *n, err = strconv.ParseInt(field[i], 10, 64); err != nil {
				return nil, fmt.Errorf("use %q: %w", row, err)
			}
		}
		list = append(list, u)
	}
	return list, nil
}

// writeCounts writes how often a card used what it may use so often only: "welcome:ever:1 daily:20261121:2".
func writeCounts(counts limit.Counts) string {
	text := make([]string, len(counts))
	for i, c := range counts {
		text[i] = c.Offer + ":" + c.Period + ":" + number(c.Uses)
	}
	return strings.Join(text, " ")
}

func readCounts(text string) (limit.Counts, error) {
	var counts limit.Counts
	for _, part := range strings.Fields(text) {
		field := strings.Split(part, ":")
		if len(field) != 3 {
			return nil, fmt.Errorf("count %q has %d fields", part, len(field))
		}
		n, err := strconv.ParseInt(field[2], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("count %q: %w", part, err)
		}
		counts = append(counts, limit.Count{Offer: field[0], Period: field[1], Uses: n})
	}
	return counts, nil
}

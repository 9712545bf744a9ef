package store

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/receipt"
)

// writeUsed writes the offers that a till applied: "weekend20\t680" and "tenoff\t500\tQ7M4K2". A receipt of twelve lines with one of
// them still lies within one write unit; one whose till told nothing lies as ever.
func writeUsed(list []receipt.Used) string {
	rows := make([]string, len(list))
	for i, u := range list {
		rows[i] = strings.TrimRight(u.Offer+"\t"+number(u.Amount)+"\t"+u.Coupon+"\t"+u.Code, "\t")
	}
	return strings.Join(rows, "\n")
}

const usedFields = 4

func readUsed(text string) ([]receipt.Used, error) {
	if text == "" {
		return nil, nil
	}
	var list []receipt.Used
	for row := range strings.SplitSeq(text, "\n") {
		field := strings.Split(row, "\t")
		if len(field) < 2 || len(field) > usedFields {
			return nil, fmt.Errorf("used offer %q has %d fields", row, len(field))
		}
		amount, err := strconv.ParseInt(field[1], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("used offer %q: %w", row, err)
		}
		field = append(field, "", "")
		list = append(list, receipt.Used{Offer: field[0], Amount: amount, Coupon: field[2], Code: field[3]})
	}
	return list, nil
}

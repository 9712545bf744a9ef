package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// What was counted lies in the programme table, one item for each shard of a stream: the sequence number that it has come to, and the
// counts as JSON, a list of numbers for each group.
const (
	sheetPartition = "sheet"
	sheetLast      = "q"
	sheetCounts    = "d"
)

// countLine is what has been counted of one group. Numbers are as Brought.Whole lists them; the ones that are missing are 0.
type countLine struct {
	Campaign string  `json:"c"`
	Arm      string  `json:"a,omitempty"`
	Numbers  []int64 `json:"n"`
	Squares  string  `json:"q,omitempty"`
}

// Sheet reads the sheet of a shard.
func (s *Store) Sheet(ctx context.Context, shard string) (loyalty.Sheet, loyalty.Version, error) {
	item, err := s.items.Get(ctx, Key{Table: Programme, Partition: sheetPartition, Sort: shard}, Strong)
	if errors.Is(err, ErrNotFound) {
		return loyalty.Sheet{Counts: loyalty.Counts{}}, 0, nil
	}
	if err != nil {
		return loyalty.Sheet{}, 0, err
	}
	counts, err := readCounted(item)
	return loyalty.Sheet{Last: item.Attrs.text(sheetLast), Counts: counts}, loyalty.Version(item.Version), err
}

// PutSheet stores a sheet over the version that was read.
func (s *Store) PutSheet(ctx context.Context, shard string, sheet loyalty.Sheet, version loyalty.Version) error {
	lines := make([]countLine, 0, len(sheet.Counts))
	for g, n := range sheet.Counts {
		line := countLine{Campaign: g.Campaign, Arm: g.Arm}
		for _, each := range n.Whole() {
			line.Numbers = append(line.Numbers, *each)
		}
		for len(line.Numbers) > 0 && line.Numbers[len(line.Numbers)-1] == 0 {
			line.Numbers = line.Numbers[:len(line.Numbers)-1]
		}
		if n.Squares.Sign() != 0 {
			line.Squares = n.Squares.String()
		}
		lines = append(lines, line)
	}
	slices.SortFunc(lines, func(a, b countLine) int { return strings.Compare(a.Campaign+"/"+a.Arm, b.Campaign+"/"+b.Arm) }) // the same counts are the same item
	text, err := json.Marshal(lines)
	if err != nil {
		return fmt.Errorf("write the sheet of %s: %w", shard, err)
	}
	_, err = s.items.Put(ctx, Item{
		Key: Key{Table: Programme, Partition: sheetPartition, Sort: shard}, Attrs: Attrs{sheetLast: sheet.Last, sheetCounts: string(text)},
	}, over(version))
	return known(err)
}

// Counted adds up all sheets.
func (s *Store) Counted(ctx context.Context) (loyalty.Counts, error) {
	sum := loyalty.Counts{}
	err := every(ctx, s.items, QueryInput{Table: Programme, Partition: sheetPartition, Read: Strong}, func(item Item) error {
		counts, err := readCounted(item)
		sum.Add(counts)
		return err
	})
	return sum, err
}

func readCounted(item Item) (loyalty.Counts, error) {
	var lines []countLine
	if err := json.Unmarshal([]byte(item.Attrs.text(sheetCounts)), &lines); err != nil {
		return nil, fmt.Errorf("%s: %w", item.Key, err)
	}
	counts := loyalty.Counts{}
	for _, line := range lines {
		n := &loyalty.Brought{}
		whole := n.Whole()
		if len(line.Numbers) > len(whole) {
			return nil, fmt.Errorf("%s: %d numbers of campaign %s, want at most %d; a newer version of this program has written it", item.Key, len(line.Numbers), line.Campaign, len(whole))
		}
		for i, each := range line.Numbers {
			*whole[i] = each
		}
		if _, ok := n.Squares.SetString(line.Squares, 10); !ok && line.Squares != "" {
			return nil, fmt.Errorf("%s: %q is no number", item.Key, line.Squares)
		}
		counts[loyalty.Group{Campaign: line.Campaign, Arm: line.Arm}] = n
	}
	return counts, nil
}

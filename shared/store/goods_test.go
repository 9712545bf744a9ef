package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// What is kept of goods comes back as it was, and what is no goods is told.
func TestGoodsComeBack(t *testing.T) {
	t.Parallel()
	lines := []receipt.Line{{ID: "1"}, {ID: "b"}, {ID: "3"}}
	for _, goods := range []map[string]receipt.Article{
		nil,
		{"b": {Brand: "Kyusu"}},
		{"1": {Tags: []string{"new", "b=c"}, Minimum: 99}, "3": {Attributes: map[string]string{"": "x", "size": "", "a=b": "c"}, TaxRate: 700}},
	} {
		got, err := readGoods(lines, writeGoods(lines, goods))
		if diff := cmp.Diff(goods, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	for _, text := range []string{"0\tbKyusu", "4\tbKyusu", "x", "1\t", "1\tqx", "1\tmx", "1\tx"} {
		if got, err := readGoods(lines, text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// A receipt that is told again is the same one whatever the catalogue says by then, and keeps what it said first.
func TestARepeatedReceiptKeepsWhatWasSaidOfItsGoodsFirst(t *testing.T) {
	t.Parallel()
	s := New(nil, func() time.Time { return time.Time{} })
	r := receipt.Receipt{Key: receipt.Key{Store: "1", Till: "1", Number: "1"}, Lines: []receipt.Line{{ID: "1", Quantity: 1, Amount: 100}}}
	r.Goods = map[string]receipt.Article{"1": {Brand: "Kyusu"}}
	item, err := s.receiptItem(r)
	if err != nil {
		t.Fatal(err)
	}
	again := r
	again.Goods = map[string]receipt.Article{"1": {Brand: "Tokoname"}}
	filed, err := s.filedBefore(again, item, nil)
	if err != nil || !filed.Repeated || filed.Receipt.Goods["1"].Brand != "Kyusu" {
		t.Errorf("%+v %v", filed.Receipt.Goods, err)
	}
	again.Lines = nil
	if _, err := s.filedBefore(again, item, nil); !errors.Is(err, loyalty.ErrConflict) {
		t.Errorf("without its lines: %v", err)
	}
}

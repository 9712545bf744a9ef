package ids_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/ids"
	"pgregory.net/rapid"
)

// shop is a numbering whose secret makes 0400123456782 one of its cards, and that brings two older schemes along.
var shop = ids.Numbering{
	Prefix: ids.DefaultPrefix,
	Secret: []byte("a secret for tests 94"),
	Ranges: []ids.Range{{Prefix: "88", Length: 10}, {Prefix: "411111", Length: 14}},
}

func TestIssuedNumbersAreOurs(t *testing.T) {
	t.Parallel()
	if err := shop.Validate(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]uint64{}
	for serial := range uint64(2000) {
		number := shop.Issue(serial)
		if err := shop.Check(number); err != nil || len(number) != 13 || !strings.HasPrefix(number, "04") {
			t.Fatalf("serial %d is issued as %s: %v", serial, number, err)
		}
		if before, twice := seen[number]; twice {
			t.Fatalf("serials %d and %d share number %s", before, serial, number)
		}
		seen[number] = serial
	}
	if got := shop.Capacity(); got != 100_000_000 || shop.Issue(got+7) != shop.Issue(7) {
		t.Errorf("capacity is %d, and a serial beyond it does not begin again", got)
	}
}

// With the longest prefix the whole space is small enough to look at: every serial has a number of its own.
func TestEveryNumberOfASmallPrefixIsIssuedOnce(t *testing.T) {
	t.Parallel()
	small := ids.Numbering{Prefix: "049999", Secret: shop.Secret}
	bodies := map[string]bool{}
	for serial := range small.Capacity() {
		bodies[small.Issue(serial)[:10]] = true
	}
	if uint64(len(bodies)) != small.Capacity() || small.Capacity() != 10_000 {
		t.Errorf("%d serials have %d bodies", small.Capacity(), len(bodies))
	}
}

func TestANumberShowsNothingOfItsSerial(t *testing.T) {
	t.Parallel()
	near := 0
	for serial := range uint64(500) {
		var a, b int64
		fmt.Sscan(shop.Issue(serial)[2:10], &a)
		fmt.Sscan(shop.Issue(serial + 1)[2:10], &b)
		if d := a - b; d > -100_000 && d < 100_000 {
			near++ // expected once by chance: 500 pairs, 1 in 500
		}
	}
	if near > 8 {
		t.Errorf("%d of 500 neighbours have neighbouring numbers", near)
	}
}

func TestTypedAndGuessedNumbers(t *testing.T) {
	t.Parallel()
	number := shop.Issue(4711)
	for i := 2; i < len(number); i++ { // any one wrong digit behind the prefix is a misreading
		wrong := []byte(number)
		wrong[i] = '0' + (wrong[i]-'0'+1)%10
		if err := shop.Check(string(wrong)); !errors.Is(err, ids.ErrMisread) {
			t.Errorf("%s for %s: %v, want ErrMisread", wrong, number, err)
		}
	}
	passed := 0
	for guess := range 10_000 {
		if shop.Check(fmt.Sprintf("04%011d", guess*7919)) == nil {
			passed++
		}
	}
	if passed > 30 { // one in 1,000 is 10
		t.Errorf("%d of 10,000 guessed numbers pass", passed)
	}
	for _, strange := range []string{"", "04", "4006381333931", "040012345678x", "0400123456782 ", "04001234567820"} {
		if err := shop.Check(strange); !errors.Is(err, ids.ErrUnknown) {
			t.Errorf("Check(%q) = %v, want ErrUnknown", strange, err)
		}
	}
	if err := (ids.Numbering{Prefix: "04"}).Check(number); !errors.Is(err, ids.ErrUnknown) {
		t.Errorf("without a secret: %v, want ErrUnknown", err)
	}
	other := ids.Numbering{Prefix: "04", Secret: []byte("another shop's secret")}
	if other.Issue(1) == shop.Issue(1) {
		t.Error("two shops issue the same numbers")
	}
}

func TestNumberingsThatLetStrangersIn(t *testing.T) {
	t.Parallel()
	secret := shop.Secret
	for name, n := range map[string]ids.Numbering{
		"no prefix":               {Secret: secret},
		"prefix of goods":         {Prefix: "40", Secret: secret},
		"prefix too long":         {Prefix: "0412345", Secret: secret},
		"prefix not digits":       {Prefix: "04x", Secret: secret},
		"short secret":            {Prefix: "04", Secret: []byte("short")},
		"range of 15":             {Prefix: "04", Secret: secret, Ranges: []ids.Range{{"99", 15}}},
		"range of 16":             {Prefix: "04", Secret: secret, Ranges: []ids.Range{{"99", 16}}},
		"range of 19":             {Prefix: "04", Secret: secret, Ranges: []ids.Range{{"99", 19}}},
		"range of all old Visas":  {Prefix: "04", Secret: secret, Ranges: []ids.Range{{"4", 13}}},
		"range without prefix":    {Prefix: "04", Secret: secret, Ranges: []ids.Range{{"", 10}}},
		"range is one number":     {Prefix: "04", Secret: secret, Ranges: []ids.Range{{"1234", 4}}},
		"range over our own":      {Prefix: "0412", Secret: secret, Ranges: []ids.Range{{"04", 13}}},
		"range over our own, UPC": {Prefix: "04", Secret: secret, Ranges: []ids.Range{{"41", 12}}},
		"too many ranges":         {Prefix: "04", Secret: secret, Ranges: make([]ids.Range, ids.MaxRanges+1)},
	} {
		if err := n.Validate(); !errors.Is(err, ids.ErrNumbering) {
			t.Errorf("%s: %v, want ErrNumbering", name, err)
		}
	}
}

func TestIssueOverAllPrefixes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := ids.Numbering{
			Prefix: "04" + rapid.StringMatching(`[0-9]{0,4}`).Draw(t, "prefix"),
			Secret: []byte(rapid.StringN(16, 40, 80).Draw(t, "secret")),
		}
		number := n.Issue(rapid.Uint64().Draw(t, "serial"))
		if err := errors.Join(n.Validate(), n.Check(number)); err != nil {
			t.Fatalf("%s under %s: %v", number, n.Prefix, err)
		}
		if ids.HasPaymentCard(number) || ids.HasPaymentCard(number[1:]) {
			t.Fatalf("%s looks like a payment card", number)
		}
	})
}

package cli

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/giftcard"
)

// Without the shop's secret no number can be made, and the person is told where it comes from; a printed card needs none.
func TestIssueWithoutSecret(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.expect(exitOK, "Published", "programme", "publish", "testdata/in/giftcards.yaml")
	b.expect(exitFailed, "start `regulars run` there once, which makes it", "giftcard", "issue", "--amount", "25.00 EUR", "--id", "a-1")
	b.expect(exitOK, "0 cards", "verify")
	b.expect(exitOK, "25.00 EUR, until 2029-11-30", "giftcard", "issue", "--amount", "25.00 EUR", "--id", "a-1", "--number", giftcard.NewNumber("a printer", "1"))
}

// A number is told when it is issued, and by nothing that follows: neither shown nor in a fault.
func TestNumberIsToldOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.keepSecret()
	b.expect(exitOK, "Published", "programme", "publish", "testdata/in/giftcards.yaml")
	printed, _, _ := strings.Cut(b.expect(exitOK, "It is kept nowhere", "giftcard", "issue", "--amount", "25.00 EUR", "--id", "a-1"), "\n")
	number, ok := giftcard.ParseNumber(printed)
	if !ok {
		t.Fatalf("%q is no number", printed)
	}
	other := giftcard.NewNumber("another shop", "1")
	for _, args := range [][]string{
		{"show", printed}, {"show", strings.ToLower(number), "--json"}, {"block", number, "--reason", "Lost", "--by", "Mira"}, {"show", giftcard.IDOf(number)},
		{"show", other}, {"show", other[:16] + "ZZ"}, {"show", number, other}, {"block", number},
	} {
		_, out, faults := b.run(append([]string{"giftcard"}, args...)...)
		for _, secret := range []string{printed, number, other, giftcard.Printed(other)} {
			if strings.Contains(strings.ToUpper(out+faults), secret) {
				t.Errorf("giftcard %v tells a number:\n%s%s", args[0], out, faults)
			}
		}
	}
}

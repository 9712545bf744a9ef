package giftcard_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/ids"
)

const symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func TestANumberIsTheSameForItsCauseAndNoOther(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for n := range 1000 {
		number := giftcard.NewNumber("secret", strconv.Itoa(n))
		if number != giftcard.NewNumber("secret", strconv.Itoa(n)) || seen[number] || seen[giftcard.IDOf(number)] {
			t.Fatalf("%s is not the number of one cause", number)
		}
		seen[number], seen[giftcard.IDOf(number)] = true, true
		if number == giftcard.NewNumber("other secret", strconv.Itoa(n)) || ids.HasPaymentCard(number) {
			t.Fatalf("%s may be guessed, or taken for a payment card", number)
		}
		for _, typed := range []string{number, giftcard.Printed(number), strings.ToLower(number), " " + strings.ReplaceAll(giftcard.Printed(number), "0", "o")} {
			if read, ok := giftcard.ParseNumber(typed); !ok || read != number {
				t.Fatalf("%q is read as %s", typed, read)
			}
		}
		if !giftcard.ParseID(giftcard.IDOf(number)) || giftcard.ParseID(number) {
			t.Fatal("an id and a number are not told apart")
		}
	}
}

// Every mistyped symbol and every exchange of two is refused.
func TestTheCheckSymbolFindsWhatPeopleMistype(t *testing.T) {
	t.Parallel()
	number := giftcard.NewNumber("secret", "a card")
	for i := 1; i < len(number); i++ {
		for _, c := range symbols {
			if wrong := number[:i] + string(c) + number[i+1:]; wrong != number {
				if _, ok := giftcard.ParseNumber(wrong); ok {
					t.Errorf("%s passes for %s", wrong, number)
				}
			}
		}
		for j := i + 1; j < len(number); j++ {
			wrong := []byte(number)
			wrong[i], wrong[j] = wrong[j], wrong[i]
			if _, ok := giftcard.ParseNumber(string(wrong)); ok && string(wrong) != number {
				t.Errorf("%s passes for %s", wrong, number)
			}
		}
	}
	for _, wrong := range []string{"", "G", number + "0", "A" + number[1:], strings.Repeat("0", 18), number[:17] + "!"} {
		if _, ok := giftcard.ParseNumber(wrong); ok {
			t.Errorf("%q passes", wrong)
		}
	}
}

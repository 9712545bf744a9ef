package ids_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/ids"
)

func TestLooksLikePaymentCard(t *testing.T) {
	t.Parallel()
	for _, digits := range []string{
		"4111111111111111",
		"378282246310005",     // 15 digits
		"30569309025904",      // 14 digits
		"4222222222222",       // 13 digits
		"6011000990139424",    // begins with 6
		"5555555555554444",    // begins with 5
		"2223003122003222",    // the 2-series
		"2221000000000009",    // its first
		"2720990000000007",    // its last six digits of issuer
		"2200000000000004",    // 2200-2204
		"4006381333023",       // a product by chance: harmless
		"6304000000000000000", // 19 digits
	} {
		if !ids.LooksLikePaymentCard(digits) {
			t.Errorf("%s is not taken for a payment card", digits)
		}
	}
	for _, digits := range []string{
		"7783320007480908",    // Luhn valid, begins with 7
		"4000000000000002000", // 19 digits, Luhn fails
		"4111111111111112",    // Luhn fails
		"2721000000000004",    // just above the 2-series
		"2205000000000009",    // just above 2200-2204
		"22210000000000008",   // 17 digits: the ranges beginning with 2 have 16
		"0400123456782", "400123456782", "4", "", "4111 1111 1111 1111", "41111111111111111111", "４１１１１１１１１１１１１１１１",
	} {
		if ids.LooksLikePaymentCard(digits) {
			t.Errorf("%q is taken for a payment card", digits)
		}
	}
}

func TestPaymentCardsInText(t *testing.T) {
	t.Parallel()
	cases := []struct{ text, logged string }{
		{"4111111111111111", "[payment card]"},
		{"4111 1111 1111 1111", "[payment card]"},
		{"my card 4111-1111-1111-1111, thanks", "my card [payment card], thanks"},
		{"4111\u00a01111\u20111111 \t 1111.", "[payment card]."},
		{"order 17 4111 1111 1111 1111 12/30", "order 17 [payment card] 12/30"},
		{"4111111111111111 3012", "[payment card] 3012"},
		{"３７８２８２２４６３１０００５", "[payment card]"},
		{"٤١١١١١١١١١١١١١١١", "[payment card]"},
		{"41111111\u200b11111111", "[payment card]"},
		{"%B4111111111111111^DOE/JANE^30121010000000000000?", "%B[payment card]"},
		{";4111111111111111=30121010000000000000?", ";[payment card]"},
		{`{"note":"4111111111111111=3012","store":"0042"}`, `{"note":"[payment card]","store":"0042"}`},
		{"pan4111111111111111x", "pan[payment card]x"},
		{"4111111111111111 and 378282246310005", "[payment card] and [payment card]"},
		{"4111 1111 1111 1111 3782 822463 10005", "[payment card] [payment card]"},
		{"+49 4111111111111111", "+49 [payment card]"},
	}
	for _, c := range cases {
		if !ids.HasPaymentCard(c.text) {
			t.Errorf("no payment card seen in %q", c.text)
		}
		if got := ids.BlankPaymentCards(c.text); got != c.logged {
			t.Errorf("%q is logged as %q, want %q", c.text, got, c.logged)
		}
	}
}

func TestTextWithoutPaymentCards(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "0400123456782", "2026-11-21T10:00:00Z 0042/03/000173", "1732183200000000000", "ring 0170 1234567",
		"12345678901234567890123456789012345678901234567890", // one long number is judged as a whole
		"7783320007480908", "card 4111111111111112", "4111.1111,1111;1111", "\xff4111\xff11111111\xff1111",
	} {
		if ids.HasPaymentCard(text) {
			t.Errorf("a payment card is seen in %q", text)
		}
		if got := ids.BlankPaymentCards(text); got != text {
			t.Errorf("%q is logged as %q", text, got)
		}
	}
}

// A mobile number of 13 digits passes for an old card one time in ten; a plus sign tells them apart, but a log keeps neither.
func TestPhoneNumberIsNotAPaymentCard(t *testing.T) {
	t.Parallel()
	const phone = "4915112345678"
	if !ids.LooksLikePaymentCard(phone) {
		t.Fatalf("%s should pass for a card", phone)
	}
	for text, card := range map[string]bool{"+" + phone: false, "+49 151 12345678": false, phone: true, "+ " + phone: true, "+4111111111111111": true} {
		if got := ids.HasPaymentCard(text); got != card {
			t.Errorf("HasPaymentCard(%q) = %v, want %v", text, got, card)
		}
		if strings.Contains(ids.BlankPaymentCards(text), "345678") {
			t.Errorf("the log shows %q", text)
		}
	}
}

func FuzzBlankPaymentCards(f *testing.F) {
	for _, seed := range []string{"4111 1111 1111 1111", "%B4111111111111111^A/B^3012?", "x 378282246310005=9", "４１１１", "\xff4111\xfe"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := ids.BlankPaymentCards(text)
		if (once != text) != ids.HasPaymentCard(text) && !strings.Contains(text, "+") {
			t.Fatalf("blanked %q to %q, but HasPaymentCard says %v", text, once, ids.HasPaymentCard(text))
		}
		if ids.HasPaymentCard(once) {
			t.Fatalf("%q still holds a card after blanking: %q", text, once)
		}
	})
}

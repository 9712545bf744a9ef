package ids_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/ids"
)

const ourCard, memberNumber = "0400123456782", "950123456789012341"

func TestScanUnderstands(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, input string
		kind        ids.Kind
		value       string
	}{
		{"EAN-13", "0400123456782", ids.KindCard, ourCard},
		{"the same card read as UPC-A", "400123456782", ids.KindCard, ourCard},
		{"AIM prefix for EAN-13", "]E00400123456782", ids.KindCard, ourCard},
		{"our number as Code 128", "]C00400123456782", ids.KindCard, ourCard},
		{"reader that ends with CR LF", "0400123456782\r\n", ids.KindCard, ourCard},
		{"typed in groups", " 0400 1234-5678 2\t", ids.KindCard, ourCard},
		{"full-width digits", "０４００１２３４５６７８２", ids.KindCard, ourCard},
		{"GS1-128, AI 8018", "]C18018950123456789012341", ids.KindMember, memberNumber},
		{"AI 8018 in brackets", "(8018)950123456789012341", ids.KindMember, memberNumber},
		{"GS1 QR with FNC1 and another field", "]Q3\x1d8018950123456789012341\x1d21ABC", ids.KindMember, memberNumber},
		{"GS1 field behind it without separator", "]C180189501234567890123418011100", ids.KindMember, memberNumber},
		{"AI 8018 without AIM prefix", "8018950123456789012341", ids.KindMember, memberNumber},
		{"own magnetic card, track 2", ";400123456782=4912?", ids.KindCard, ourCard},
		{"own magnetic card, track 1", "%B400123456782^HOFF/L^4912?", ids.KindCard, ourCard},
		{"both tracks", "%B400123456782^HOFF/L^4912?;400123456782=4912?", ids.KindCard, ourCard},
		{"track 2 without expiry", ";0400123456782?", ids.KindCard, ourCard},
		{"phone with country", "+49 170 1234567", ids.KindPhone, "+491701234567"},
		{"phone without country", "0170 1234567", ids.KindPhone, "01701234567"},
		{"phone with 00", "0049 170 1234567", ids.KindPhone, "+491701234567"},
		{"phone with decoration", "+49 (0)170 / 123-45.67", ids.KindPhone, "+491701234567"},
		{"phone of eight digits", "12345670", ids.KindPhone, "12345670"},
		{"mobile that could be a card by its digits", "+4915112345678", ids.KindPhone, "+4915112345678"},
		{"e-mail", "lena@example.com", ids.KindEmail, "lena@example.com"},
		{"e-mail as typed, domain in one case", " Lena.H+shop@Example.COM\n", ids.KindEmail, "Lena.H+shop@example.com"},
		{"old range", "8812345678", ids.KindCard, "8812345678"},
		{"old range on a magnetic card", ";8812345678=2512?", ids.KindCard, "8812345678"},
		{"old range that could be a payment card", "41111111111113", ids.KindCard, "41111111111113"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := ids.Scan(c.input, shop)
			if want := (ids.Scanned{Kind: c.kind, Value: c.value}); err != nil || got != want {
				t.Errorf("Scan(%q) = %v, %v; want %v", c.input, got, err, want)
			}
		})
	}
}

func TestScanRefuses(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, input string
		want        *ids.Refusal
	}{
		{"wrong check digit", "0400123456783", ids.ErrMisread},
		{"wrong check digit read as UPC-A", "400123456783", ids.ErrMisread},
		{"wrong check digit of a member", "(8018)950123456789012342", ids.ErrMisread},
		{"right check digit, keyed digits guessed", "0400123456799", ids.ErrUnknown},
		{"goods", "4006381333931", ids.ErrProduct},
		{"goods by UPC-A", "036000291452", ids.ErrProduct},
		{"goods by EAN-8", "]E496385074", ids.ErrProduct},
		{"a case of goods by GTIN-14", "10614141000415", ids.ErrProduct},
		{"payment card", "4111111111111111", ids.ErrPaymentCard},
		{"payment card in groups", "4111 1111 1111 1111", ids.ErrPaymentCard},
		{"payment card, track 1", "%B4111111111111111^A/B^30121010000000?", ids.ErrPaymentCard},
		{"payment card, track 2", ";4111111111111111=30121010000000?", ids.ErrPaymentCard},
		{"payment card of 15", "378282246310005", ids.ErrPaymentCard},
		{"payment card of 14", "30569309025904", ids.ErrPaymentCard},
		{"payment card of 13", "4222222222222", ids.ErrPaymentCard},
		{"payment card beginning with 6", "6011000990139424", ids.ErrPaymentCard},
		{"payment card of the 2-series", "2223003122003222", ids.ErrPaymentCard},
		{"payment card 2200", "2200000000000004", ids.ErrPaymentCard},
		{"payment card behind an AIM prefix", "]C14111111111111111", ids.ErrPaymentCard},
		{"payment card in full-width digits", "４１１１１１１１１１１１１１１１", ids.ErrPaymentCard},
		{"payment card in an e-mail address", "lena4111111111111111@example.com", ids.ErrPaymentCard},
		{"payment card behind a plus", "+4111111111111111", ids.ErrPaymentCard},
		{"payment card with dots, as a phone number", "+3782.822463.10005", ids.ErrPaymentCard},
		{"payment card in a long text", strings.Repeat("x", 500) + " 4111111111111111", ids.ErrPaymentCard},
		{"goods that look like a payment card", "4006381333023", ids.ErrPaymentCard},
		{"gift card that begins with 7", "7783320007480908", ids.ErrUnknown},
		{"19 digits that fail Luhn", "4000000000000002000", ids.ErrUnknown},
		{"member number without its AI", memberNumber, ids.ErrUnknown},
		{"somebody else's magnetic card", ";8000001234=2512?", ids.ErrUnknown},
		{"manufacturer's coupon", "]C18110100061414112345", ids.ErrUnknown},
		{"bar code of eleven digits", "]C001701234567", ids.ErrUnknown},
		{"nothing", " \r\n", ids.ErrUnknown},
		{"a name", "Lena Hoff", ids.ErrUnknown},
		{"not quite e-mail", "lena@example", ids.ErrUnknown},
		{"two at signs", "a@b@example.com", ids.ErrUnknown},
		{"e-mail that no server takes", "le na@example.com", ids.ErrUnknown},
		{"too long", strings.Repeat("a", ids.MaxScan) + "@example.com", ids.ErrUnknown},
		{"phone too short", "12345", ids.ErrUnknown},
		{"phone too long", "+1234567890123456", ids.ErrUnknown},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := ids.Scan(c.input, shop)
			if !errors.Is(err, c.want) || got != (ids.Scanned{}) {
				t.Errorf("Scan(%q) = %v, %v; want %s", c.input, got, err, c.want.Code)
			}
		})
	}
}

func TestRefusalsHoldNoDigit(t *testing.T) {
	t.Parallel()
	for code, refusal := range map[string]*ids.Refusal{
		"misread": ids.ErrMisread, "product": ids.ErrProduct, "payment_card": ids.ErrPaymentCard, "unknown": ids.ErrUnknown,
	} {
		if refusal.Code != code || strings.ContainsAny(refusal.Error(), "0123456789") {
			t.Errorf("refusal %s says %q", refusal.Code, refusal)
		}
	}
}

func TestE164(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ phone, country, want string }{
		{"+491701234567", "43", "+491701234567"}, {"01701234567", "49", "+491701234567"}, {"0612345678", "39", "+390612345678"},
		{"12345678", "45", "+4512345678"}, {"12125550123", "1", "+12125550123"}, {"2125550123", "1", "+12125550123"},
		{"01701234567", "", ""}, {"01701234567", "0049", ""}, {"01701234567", "+49", ""}, {"lena", "49", ""},
	} {
		got, ok := ids.E164(c.phone, c.country)
		if ok != (c.want != "") || ok && got != c.want {
			t.Errorf("E164(%q, %q) = %q, %v; want %q", c.phone, c.country, got, ok, c.want)
		}
	}
}

// FuzzScan holds that nothing understood is a payment card, that what is understood reads again as the same, and that a refusal holds
// nothing of the input.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		"0400123456782", "]C18018950123456789012341", "(8018)950123456789012341", ";400123456782=4912?", "%B400123456782^HOFF/L^4912?",
		"+49 (0)170 1234567", "lena@example.com", "4111 1111 1111 1111", "]", "]]]", "%", ";", "%B^", "(8018)", "\x1d8018", "００", "+", "00", "@",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		got, err := ids.Scan(input, shop)
		if err != nil {
			var refusal *ids.Refusal
			if !errors.As(err, &refusal) || strings.ContainsAny(err.Error(), "0123456789") || got != (ids.Scanned{}) {
				t.Fatalf("Scan(%q) = %v, %v", input, got, err)
			}
			return
		}
		if got.Kind != ids.KindMember && ids.HasPaymentCard(got.Value) && shop.Check(got.Value) != nil {
			t.Fatalf("Scan(%q) lets a payment card through: %v", input, got)
		}
		again := got.Value
		if got.Kind == ids.KindMember {
			again = "(8018)" + again
		}
		if twice, err := ids.Scan(again, shop); err != nil || twice != got {
			t.Fatalf("Scan(%q) = %v, but its own value is %v, %v", input, got, twice, err)
		}
	})
}

package ids

import (
	"strings"
)

// Kind says what was typed or scanned at a till.
type Kind string

// What Scan tells apart.
const (
	KindCard   Kind = "card"   // a reward card number: 13 digits of ours, or a number of an old range
	KindMember Kind = "member" // a GS1 service relation number (GSRN), 18 digits
	KindPhone  Kind = "phone"  // look the shopper up by E164 of it
	KindEmail  Kind = "email"  // look the shopper up; more than one hit asks the clerk
)

// Scanned is an input understood. Value is written one way only: digits for a card or member, "+" and digits or national digits for a
// phone, an e-mail address with its domain in lower case.
type Scanned struct {
	Kind  Kind
	Value string
}

// Refusal is why an input is not taken. Code is stable and goes to the till; the text is for the clerk. Neither holds a digit of the
// input, so both may be shown and logged whatever was scanned.
type Refusal struct {
	Code string
	text string
}

func (r *Refusal) Error() string { return r.text }

// The refusals of Scan and Check. They are told apart with errors.Is.
var (
	ErrMisread     = &Refusal{Code: "misread", text: "the number was misread: scan the card again or type it digit by digit"}
	ErrProduct     = &Refusal{Code: "product", text: "that is a product, not a reward card: scan the reward card"}
	ErrPaymentCard = &Refusal{Code: "payment_card", text: "that looks like a payment card, which is never taken here: scan the reward card"}
	ErrUnknown     = &Refusal{Code: "unknown", text: "that is not a reward card of this shop: scan the card, or type a phone number or e-mail address"}
)

// Limits of an input. E.164 gives a phone number at most 15 digits.
const (
	MaxScan        = 256 // bytes; longer inputs are unknown
	MaxEmail       = 254 // bytes, RFC 5321
	maxLocalPart   = 64  // bytes
	minPhoneDigits = 7
	maxPhoneDigits = 15
	maxNational    = 12 // digits with the leading zero: mobiles of Germany
	gsrnDigits     = 18
)

// Scan understands what a reader typed as a keyboard, or a clerk by hand: our EAN-13, also without its leading zero (UPC-A), behind an
// AIM prefix, in track data of a magnetic card; a member number under GS1 AI 8018; a phone number; an e-mail address.
//
// Payment cards are refused before anything else looks at the input. Only a number under AI 8018 and one in our own ranges are not
// taken for one. Every refusal is a *Refusal and holds nothing of the input.
func Scan(input string, n Numbering) (Scanned, error) {
	symbology, body := cutAIM(normalise(input))
	member, memberErr := gsrn(symbology, body)
	number, isTrack := numberIn(body)
	card, ours := n.canonical(number)
	if !ours && member == "" && (HasPaymentCard(input) || HasPaymentCard(body)) {
		return Scanned{}, ErrPaymentCard
	}
	switch {
	case len(input) > MaxScan:
		return Scanned{}, ErrUnknown
	case memberErr != nil:
		return Scanned{}, memberErr
	case member != "":
		return Scanned{Kind: KindMember, Value: member}, nil
	case ours:
		if err := n.Check(card); err != nil {
			return Scanned{}, err
		}
		return Scanned{Kind: KindCard, Value: card}, nil
	case isTrack:
		return Scanned{}, ErrUnknown
	case isProduct(symbology, number):
		return Scanned{}, ErrProduct
	}
	if email, ok := Email(body); ok {
		return Scanned{Kind: KindEmail, Value: email}, nil
	}
	if phone, ok := phoneIn(body); ok && symbology == "" { // a bar code is not a phone number, whatever its length
		if HasPaymentCard(phone) { // its digits stood apart, with strokes or dots between them
			return Scanned{}, ErrPaymentCard
		}
		return Scanned{Kind: KindPhone, Value: phone}, nil
	}
	return Scanned{}, ErrUnknown
}

// normalise writes the digits of any script in ASCII, full-width signs plainly, and drops control characters but GS, which ends a
// field in GS1 bar codes.
func normalise(input string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if d, ok := digitOf(r); ok {
			return rune(d)
		}
		switch {
		case r >= '！' && r <= '～': // full-width twins of ASCII
			return r - '！' + '!'
		case r < ' ' && r != gs:
			return -1
		}
		return r
	}, input))
}

const gs = 0x1d // ASCII group separator

// cutAIM cuts off the AIM symbology identifier that a reader may send before the data: "]", a letter, a modifier.
func cutAIM(text string) (symbology, body string) {
	if len(text) >= 3 && text[0] == ']' && text[1] < 0x80 && text[2] < 0x80 {
		return text[:3], strings.TrimSpace(text[3:])
	}
	return "", text
}

// gsrn is the member number under AI 8018, or "" where there is none. It must have an AIM prefix of GS1, the AI in brackets, or
// exactly its length, because 8018 may also begin a plain number. A wrong check digit is ErrMisread.
func gsrn(symbology, body string) (string, error) {
	digits, bracketed := strings.CutPrefix(body, "(8018)")
	digits = strings.TrimSpace(digits)
	if !bracketed {
		var found bool
		digits, found = strings.CutPrefix(strings.TrimLeft(body, string(rune(gs))), "8018")
		isGS1 := strings.Contains("]C1 ]e0 ]d2 ]Q3", symbology) && symbology != ""
		if !found || !isGS1 && len(digits) != gsrnDigits {
			return "", nil
		}
	}
	if len(digits) < gsrnDigits || !onlyDigits(digits[:gsrnDigits]) {
		return "", nil
	}
	rest := digits[gsrnDigits:] // AI 8018 has a fixed length, so another field may follow at once
	if rest != "" && rest[0] != gs && rest[0] != '(' && (bracketed || !onlyDigits(rest)) {
		return "", nil
	}
	if digits = digits[:gsrnDigits]; !rightCheckDigit(digits) {
		return "", ErrMisread
	}
	return digits, nil
}

// numberIn is the digits of a body that is one number, with spaces and hyphens dropped, or those of its track data; else "". Track 1
// is "%B number ^ name ^ ...?", track 2 is "; number = ...?"; name and all the rest are dropped here and stored nowhere.
func numberIn(body string) (number string, isTrack bool) {
	if rest, ok := strings.CutPrefix(body, "%"); ok {
		number, _, isTrack = strings.Cut(strings.TrimLeft(rest, "Bb"), "^")
	} else if rest, ok := strings.CutPrefix(body, ";"); ok {
		isTrack = true
		number = strings.TrimSuffix(rest, "?")
		if before, _, found := strings.Cut(rest, "="); found {
			number = before
		}
	} else {
		number = body
	}
	number = strings.Map(func(r rune) rune {
		if joinsDigits(r) {
			return -1
		}
		return r
	}, number)
	if !onlyDigits(number) {
		return "", isTrack
	}
	return number, isTrack
}

// canonical is a number as we store it, and whether it has the form of one of ours. Readers drop or add the leading zero that makes
// UPC-A and EAN-13 one and the same.
func (n Numbering) canonical(number string) (string, bool) {
	forms := []string{number}
	switch {
	case len(number) == numberDigits-1:
		forms = append(forms, "0"+number)
	case len(number) == numberDigits && number[0] == '0':
		forms = append(forms, number[1:])
	}
	for _, form := range forms {
		if n.ownForm(form) || n.inRange(form) {
			return form, true
		}
	}
	return "", false
}

// isProduct reports whether a number that is not ours is a trade item: EAN-13, UPC-A or GTIN-14 with a right check digit. Eight digits
// are a product only if the reader says so (]E4), for shoppers have phone numbers of eight.
func isProduct(symbology, number string) bool {
	switch len(number) {
	case 12, 13, 14:
		return rightCheckDigit(number)
	case 8:
		return symbology == "]E4" && rightCheckDigit(number)
	}
	return false
}

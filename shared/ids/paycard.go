package ids

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths of a payment card number, in digits (ISO/IEC 7812 allows 8 to 19; no scheme issues fewer than 13).
const (
	minPaymentDigits = 13
	maxPaymentDigits = 19
)

// blanked stands where a payment card was. maxTrack bounds what is blanked behind a number that begins track data, in bytes: track 1
// holds at most 79 characters.
const (
	blanked  = "[payment card]"
	maxTrack = 100
)

// LooksLikePaymentCard reports whether a string of digits, without spaces or hyphens, must be taken for a payment card number: 13 to
// 19 digits that pass the Luhn check and begin with 3, 4, 5 or 6, or 16 digits that pass it in 2221 00-2720 99 or 2200-2204.
//
// It is wrong about one product code in ten of those that begin with 3 to 6; refusing one is harmless, storing a card is not.
func LooksLikePaymentCard(digits string) bool {
	if len(digits) < minPaymentDigits || len(digits) > maxPaymentDigits || !onlyDigits(digits) {
		return false
	}
	issued := digits[0] >= '3' && digits[0] <= '6'
	if len(digits) == 16 {
		six, four := digits[:6], digits[:4]
		issued = issued || six >= "222100" && six <= "272099" || four >= "2200" && four <= "2204"
	}
	return issued && luhn(digits)
}

// luhn doubles every second digit from the right; the sum of all digits is then a multiple of ten.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// HasPaymentCard reports whether text holds a payment card number anywhere: whole, with spaces or hyphens between its digits, beside
// other numbers, within track data, in the digits of any script.
//
// Groups of digits are joined over spaces and hyphens only and never cut, so one long number without a break is judged as a whole. A
// plus sign and 13 digits is a telephone number: mobiles of Germany and Brazil are that long, and payment cards no longer are.
func HasPaymentCard(text string) bool {
	found := false
	eachPaymentCard(text, func(start, end int) bool {
		found = !isPhone(text, start, end)
		return !found
	})
	return found
}

// BlankPaymentCards replaces each payment card number in text, and the track data behind it, so that the text may be logged. Here a
// telephone number that could be a card is blanked too: a log needs neither.
func BlankPaymentCards(text string) string {
	var out strings.Builder
	done := 0
	eachPaymentCard(text, func(start, end int) bool {
		if start < done { // inside track data that is blanked already
			return true
		}
		out.WriteString(text[done:start])
		out.WriteString(blanked)
		done = trackEnd(text, end)
		return true
	})
	if done == 0 {
		return text
	}
	out.WriteString(text[done:])
	return out.String()
}

// isPhone reports whether the 13 digits between start and end stand behind a plus sign.
func isPhone(text string, start, end int) bool {
	digits := 0
	for _, r := range text[start:end] {
		if _, ok := digitOf(r); ok {
			digits++
		}
	}
	return digits == minPaymentDigits && start > 0 && text[start-1] == '+'
}

// trackEnd is where the track data that a card number begins ends: behind its "?", or before a quote or line end.
func trackEnd(text string, end int) int {
	if end >= len(text) || text[end] != '^' && text[end] != '=' {
		return end
	}
	for i := end; i < len(text) && i < end+maxTrack; i++ {
		switch text[i] {
		case '?':
			return i + 1
		case '"', '\'', '\n', '\r':
			return i
		}
	}
	return min(len(text), end+maxTrack)
}

// eachPaymentCard calls found with the bytes [start, end) of each payment card number in text, left to right and without overlap,
// until found returns false. Its work is linear in the length of text.
func eachPaymentCard(text string, found func(start, end int) bool) {
	if !mayHoldCard(text) {
		return
	}
	var run digitRun
	for i, r := range text {
		d, isDigit := digitOf(r)
		switch {
		case isDigit:
			run.add(d, i, i+utf8.RuneLen(r))
		case joinsDigits(r):
			run.gap = true
		default:
			if !run.cards(found) {
				return
			}
			run = digitRun{digits: run.digits[:0], at: run.at[:0]}
		}
	}
	run.cards(found)
}

// mayHoldCard is the cheap answer for nearly every text: fewer than 13 digits, so no card.
func mayHoldCard(text string) bool {
	digits := 0
	for i := range len(text) {
		if c := text[i]; c >= '0' && c <= '9' {
			digits++
		} else if c >= utf8.RuneSelf { // may be part of a digit of another script
			digits++
		}
	}
	return digits >= minPaymentDigits
}

// digitRun is digits of text with nothing but spaces and hyphens between them.
type digitRun struct {
	digits []byte // ASCII
	at     []digitPlace
	gap    bool // a space or hyphen came since the last digit
}

// digitPlace is where a digit stands in the text, and whether a group of digits begins with it.
type digitPlace struct {
	start, end int
	opens      bool
}

func (r *digitRun) add(d byte, start, end int) {
	r.at = append(r.at, digitPlace{start: start, end: end, opens: r.gap || len(r.at) == 0})
	r.digits = append(r.digits, d)
	r.gap = false
}

// cards calls found for each card number made of whole groups of the run, the longest first where several begin at one place. It
// returns false once found has.
func (r *digitRun) cards(found func(start, end int) bool) bool {
	for i := 0; i+minPaymentDigits <= len(r.digits); i++ {
		if !r.at[i].opens {
			continue
		}
		for n := min(maxPaymentDigits, len(r.digits)-i); n >= minPaymentDigits; n-- {
			whole := i+n == len(r.digits) || r.at[i+n].opens
			if !whole || !LooksLikePaymentCard(string(r.digits[i:i+n])) {
				continue
			}
			if !found(r.at[i].start, r.at[i+n-1].end) {
				return false
			}
			i += n - 1
			break
		}
	}
	return true
}

// digitOf is the decimal digit that r is in any script, as ASCII. Unicode keeps the ten digits of a script together, zero first.
func digitOf(r rune) (byte, bool) {
	if r < utf8.RuneSelf {
		return byte(r), r >= '0' && r <= '9'
	}
	if !unicode.IsDigit(r) {
		return 0, false
	}
	before := rune(0)
	for unicode.IsDigit(r - before - 1) {
		before++
	}
	return byte('0' + before%10), true
}

// joinsDigits reports whether r may stand between the digits of one number: white space, a hyphen or dash, or a character that is not
// seen at all.
func joinsDigits(r rune) bool {
	return r == '-' || r == '\u2212' || unicode.IsSpace(r) || r >= utf8.RuneSelf && unicode.In(r, unicode.Pd, unicode.Cf)
}

// onlyDigits reports whether s is not empty and holds nothing but ASCII digits.
func onlyDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

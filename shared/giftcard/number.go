package giftcard

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/regulars-dev/regulars/shared/ids"
)

// alphabet is Crockford's base32: nothing in it is misread or spells a word.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const (
	first      = "G" // begins every number, so that none is all digits
	bodyLength = 16  // symbols of 5 bits: 80 bits
	idLength   = 20  // symbols of an id: 100 bits

	// NumberLength is the symbols of a number, the first and the check symbol among them.
	NumberLength = len(first) + bodyLength + 1
)

// NewNumber makes the number of the card that a cause issues, from a secret that only the shop's functions have: the same cause has the same
// number, so that a till whose answer was lost can ask again, and the number itself need not be kept. Whoever lacks the secret would have
// to guess 80 bits. No number looks like a payment card.
func NewNumber(secret, cause string) string {
	for n := 0; ; n++ {
		mac := hmac.New(sha256.New, []byte(secret))
		fmt.Fprintf(mac, "gift card %d %s", n, cause)
		body := first
		for _, b := range mac.Sum(nil)[:bodyLength] {
			body += string(alphabet[b%32])
		}
		number := body + string(alphabet[check(body)])
		if !ids.HasPaymentCard(number) && !ids.HasPaymentCard(Printed(number)) {
			return number
		}
	}
}

// ParseNumber reads a number as it is scanned or typed: in any case, with spaces and hyphens, and O, I and L for the digits they look like.
// It refuses what has a wrong check symbol, which every single mistyped symbol and every two that changed places have; a guess passes once
// in 32 times.
func ParseNumber(text string) (string, bool) {
	number := strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(text))
	if len(number) != NumberLength || !strings.HasPrefix(number, first) || strings.Trim(number, alphabet) != "" {
		return "", false
	}
	return number, number[NumberLength-1] == alphabet[check(number[:NumberLength-1])]
}

// Printed is a number in groups, for people.
func Printed(number string) string {
	var groups []string
	for len(number) > 6 {
		groups, number = append(groups, number[:6]), number[6:]
	}
	return strings.Join(append(groups, number), "-")
}

// IDOf is the id of the card with a number. It names the card in books, events and logs and tells nothing of the number.
func IDOf(number string) string { return ids.Derive(idLength, "gift card", number) }

// ParseID reports whether text is shaped like an id.
func ParseID(text string) bool { return len(text) == idLength && strings.Trim(text, alphabet) == "" }

// check is the check symbol over the field of 32 elements: the value of the symbols as a polynomial at its generator. Two numbers that
// differ in one symbol, or by an exchange of two, have different ones.
func check(symbols string) int {
	const modulus = 0b100101 // x^5 + x^2 + 1
	sum := 0
	for _, s := range symbols {
		if sum <<= 1; sum >= 32 {
			sum ^= modulus
		}
		sum ^= strings.IndexRune(alphabet, s)
	}
	if sum <<= 1; sum >= 32 { // the last symbol counts, too
		sum ^= modulus
	}
	return sum
}

package ids

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// DefaultPrefix begins our card numbers: EAN-13 04 is UPC-A number system 4, the range for use inside one company. It cannot collide
// with goods.
const DefaultPrefix = "04"

// Limits of a numbering.
const (
	MinSecret      = 16 // bytes
	MaxRanges      = 20 // old ranges of a shop
	MaxRangeDigits = 18 // digits of a number in an old range
	MinRangeDigits = 4

	numberDigits = 13 // an EAN-13
	keyedDigits  = 2
	maxPrefix    = 6 // leaves 10,000 cards
	mixingRounds = 6 // four suffice in theory; two more cost a microsecond
)

// Range is card numbers of an older scheme that a shop brings along: Length digits that begin with Prefix.
type Range struct {
	Prefix string
	Length int
}

// Numbering says which card numbers are ours. A number is an EAN-13: Prefix, an opaque body, two digits keyed with Secret over both,
// and the check digit of the barcode. A typed or guessed number has a right check digit once in ten and right keyed digits once in a
// hundred, so a stranger's passes once in a thousand.
//
// Change Secret and no card in a shopper's purse is known any more; it lives as long as the cards do.
type Numbering struct {
	Prefix string
	Secret []byte
	Ranges []Range
}

// ErrNumbering is wrapped by every refusal of Validate.
var ErrNumbering = errors.New("invalid numbering")

// Validate returns ErrNumbering with every fault that would let a stranger's number, or a payment card, pass for one of ours.
func (n Numbering) Validate() error {
	var faults []error
	refuse := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("%w: "+format, append([]any{ErrNumbering}, args...)...))
	}
	if !onlyDigits(n.Prefix) || !strings.HasPrefix(n.Prefix, DefaultPrefix) || len(n.Prefix) > maxPrefix {
		refuse("prefix %q must be %d to %d digits that begin with %s", n.Prefix, len(DefaultPrefix), maxPrefix, DefaultPrefix)
	}
	if len(n.Secret) < MinSecret {
		refuse("the secret has %d bytes, at least %d are needed", len(n.Secret), MinSecret)
	}
	if len(n.Ranges) > MaxRanges {
		refuse("%d old ranges are more than %d", len(n.Ranges), MaxRanges)
	}
	for _, r := range n.Ranges {
		if fault := r.fault(n.Prefix); fault != "" {
			refuse("old range %s with %d digits %s", r.Prefix, r.Length, fault)
		}
	}
	return errors.Join(faults...)
}

// fault says what is wrong with a range beside a numbering of prefix own, or "".
func (r Range) fault(own string) string {
	switch {
	case !onlyDigits(r.Prefix) || len(r.Prefix) >= r.Length:
		return "needs a prefix of digits, shorter than its numbers"
	case r.Length < MinRangeDigits || r.Length > MaxRangeDigits:
		return fmt.Sprintf("is not between %d and %d digits long", MinRangeDigits, MaxRangeDigits)
	case r.Length == 15 || r.Length == 16:
		return "has the length of a payment card"
	case r.Length >= minPaymentDigits && r.Prefix[0] >= '3' && r.Prefix[0] <= '6' && len(r.Prefix) < 4:
		return "could take in payment cards; give at least 4 digits of its prefix"
	case r.Length == numberDigits && overlap(r.Prefix, own), r.Length == numberDigits-1 && own != "" && overlap(r.Prefix, own[1:]):
		return "covers our own numbers"
	}
	return ""
}

func overlap(a, b string) bool {
	return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
}

// Capacity is how many numbers there are: 100 million with the default prefix.
func (n Numbering) Capacity() uint64 {
	return tenTo(numberDigits - 1 - keyedDigits - len(n.Prefix))
}

// Issue is the number with a body made from serial, which the caller counts up or draws at random; it is reduced to Capacity.
//
// Different serials below Capacity have different numbers, without looking anything up, and the number shows nothing of the serial:
// a keyed permutation stands between them, so a counter may be used and nobody can read off a card how many there are or guess the
// next one. Two numberings with different secrets may issue the same number; storing a new card "if absent" catches that.
func (n Numbering) Issue(serial uint64) string {
	digits := numberDigits - 1 - keyedDigits - len(n.Prefix)
	payload := fmt.Sprintf("%s%0*d", n.Prefix, digits, n.mix(serial%n.Capacity(), digits))
	payload += n.keyed(payload)
	return payload + string(checkDigit(payload))
}

// mix permutes the numbers of so many digits: an alternating Feistel network over their two decimal halves.
func (n Numbering) mix(serial uint64, digits int) uint64 {
	low := tenTo(digits / 2)
	high := tenTo(digits - digits/2)
	left, right := serial/low, serial%low
	for round := range mixingRounds {
		if round%2 == 0 {
			left = (left + n.hash("mix", uint64(round), right)) % high
		} else {
			right = (right + n.hash("mix", uint64(round), left)) % low
		}
	}
	return left*low + right
}

// keyed is the two digits that only the holder of the secret can add to a prefix and body.
func (n Numbering) keyed(payload string) string {
	return fmt.Sprintf("%0*d", keyedDigits, n.hash("keyed "+payload)%tenTo(keyedDigits))
}

func (n Numbering) hash(use string, values ...uint64) uint64 {
	h := hmac.New(sha256.New, n.Secret)
	h.Write([]byte(use))
	for _, v := range values {
		h.Write(binary.BigEndian.AppendUint64(nil, v))
	}
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// Check tells whether number, as Issue or Scan writes it, can be a card of ours. It returns ErrMisread for one of our prefix with a
// wrong check digit and ErrUnknown for any other that is not ours. Numbers of an old range have no check that we know and all pass.
func (n Numbering) Check(number string) error {
	if n.inRange(number) {
		return nil
	}
	if !n.ownForm(number) || len(n.Secret) == 0 {
		return ErrUnknown
	}
	if !rightCheckDigit(number) {
		return ErrMisread
	}
	payload := number[:numberDigits-1-keyedDigits]
	if !hmac.Equal([]byte(n.keyed(payload)), []byte(number[len(payload):numberDigits-1])) {
		return ErrUnknown
	}
	return nil
}

// ownForm reports whether number has our length and prefix, whatever its check digits say.
func (n Numbering) ownForm(number string) bool {
	return len(number) == numberDigits && onlyDigits(number) && n.Prefix != "" && len(n.Prefix) <= maxPrefix &&
		strings.HasPrefix(number, n.Prefix)
}

// inRange reports whether number lies in an old range of the shop.
func (n Numbering) inRange(number string) bool {
	if !onlyDigits(number) {
		return false
	}
	for _, r := range n.Ranges {
		if len(number) == r.Length && strings.HasPrefix(number, r.Prefix) {
			return true
		}
	}
	return false
}

// checkDigit is the last digit of a GS1 number (EAN, UPC, GSRN): weights 3 and 1 from the right, filled up to a multiple of ten.
func checkDigit(payload string) byte {
	sum := 0
	for i := range len(payload) {
		d := int(payload[len(payload)-1-i] - '0')
		if i%2 == 0 {
			d *= 3
		}
		sum += d
	}
	return byte('0' + (10-sum%10)%10)
}

func rightCheckDigit(number string) bool {
	last := len(number) - 1
	return last > 0 && checkDigit(number[:last]) == number[last]
}

func tenTo(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

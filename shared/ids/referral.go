package ids

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// referralLength is the symbols of a referral code: 65 bits, one more than a number takes.
const referralLength = 13

// Referral is the code by which a shopper recommends the shop: the card's id behind a keyed permutation of 64 bits. It shows nothing of the
// number, needs no table, and never changes; a guess is one of n cards' with n in 2^64. "" for an id that is no number of 4 to 18 digits.
func (n Numbering) Referral(id string) string {
	if len(id) < MinRangeDigits || len(id) > MaxRangeDigits || !onlyDigits(id) {
		return ""
	}
	value, err := strconv.ParseUint("1"+id, 10, 64) // the 1 keeps zeros at the front
	if err != nil {
		return ""
	}
	left, right := uint32(value>>32), uint32(value)
	for round := range codeRounds {
		left, right = right, left^n.refer(round, right)
	}
	value = uint64(left)<<32 | uint64(right)
	text := make([]byte, referralLength)
	for i := range text {
		text[referralLength-1-i] = alphabet[value&31]
		value >>= 5
	}
	return string(text)
}

// ReadReferral is the id behind a code, as NormaliseCode writes it. It returns ErrNoCode for what is none; that there is such a card is
// for the caller to know.
func (n Numbering) ReadReferral(code string) (id string, err error) {
	var value uint64
	if len(code) != referralLength {
		return "", ErrNoCode
	}
	for i := range code {
		symbol := strings.IndexByte(alphabet, code[i])
		if symbol < 0 || i == 0 && symbol > 15 {
			return "", ErrNoCode
		}
		value = value<<5 | uint64(symbol)
	}
	left, right := uint32(value>>32), uint32(value)
	for round := codeRounds - 1; round >= 0; round-- {
		left, right = right^n.refer(round, left), left
	}
	id, is := strings.CutPrefix(fmt.Sprint(uint64(left)<<32|uint64(right)), "1")
	if !is || n.Referral(id) != code {
		return "", ErrNoCode
	}
	return id, nil
}

func (n Numbering) refer(round int, half uint32) uint32 {
	mac := hmac.New(sha256.New, n.Secret)
	mac.Write([]byte("referral"))
	mac.Write(binary.BigEndian.AppendUint32([]byte{byte(round)}, half))
	return binary.BigEndian.Uint32(mac.Sum(nil))
}

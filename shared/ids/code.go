package ids

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Limits of codes. Batch and number together are the 50 bits of a code's ten symbols.
const (
	CodeLength    = codeSymbols + 1   // symbols, the check symbol among them
	MaxCodeBatch  = 1<<batchBits - 1  // batches of one secret
	MaxCodeNumber = 1<<numberBits - 1 // codes of one batch
	MaxCodeText   = 40                // characters of a code as it is typed, with all that stands between
	codeSymbols   = 10                // that say which code it is
	batchBits     = 14                //
	numberBits    = 50 - batchBits    //
	halfBits      = 25                // of the permutation
	codeRounds    = 8                 // four suffice in theory
	halfMask      = 1<<halfBits - 1   //
	alphabet      = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// Codes makes and knows the unique codes of coupons by one secret: "AB7K-9QXM-2PW", ten symbols and a check symbol.
//
// A code is batch and number behind a keyed permutation of all 2^50 values, so a batch is made again at any time, no two codes are
// equal, none is looked up to be made, and none shows its number or the next. A guess hits one of n codes with n in 2^50, as if they
// had been drawn at random, and has its check symbol right once in 32.
type Codes struct {
	block   cipher.Block
	weights [codeSymbols]byte
	offset  byte
}

// Why a text is no code of ours.
var (
	ErrNoCode   = errors.New("it is not a code of this kind")
	ErrCodeRead = errors.New("a symbol of the code was misread")
)

// NewCodes returns the codes of a secret of at least MinSecret bytes. Change the secret and every printed code is waste paper.
func NewCodes(secret []byte) (*Codes, error) {
	if len(secret) < MinSecret {
		return nil, fmt.Errorf("the secret of codes has %d bytes, at least %d are needed", len(secret), MinSecret)
	}
	sum := sha256.Sum256(append([]byte("codes:"), secret...))
	block, err := aes.NewCipher(sum[:aes.BlockSize])
	if err != nil {
		return nil, fmt.Errorf("take the secret of codes: %w", err)
	}
	c := &Codes{block: block, offset: sum[31] & 31}
	// Distinct weights, none of them 0: a wrong symbol and two that changed places both change the check symbol.
	var order [31]byte
	for i := range order {
		order[i] = byte(i + 1)
	}
	for i := len(order) - 1; i > 0; i-- {
		j := int(c.round(0xff, uint32(i))) % (i + 1)
		order[i], order[j] = order[j], order[i]
	}
	copy(c.weights[:], order[:])
	return c, nil
}

// Make is the n-th code of a batch, without dashes. Batch and number beyond their limits are cut to them by the caller.
func (c *Codes) Make(batch uint32, number uint64) string {
	value := uint64(batch&MaxCodeBatch)<<numberBits | number&MaxCodeNumber
	left, right := uint32(value>>halfBits), uint32(value&halfMask)
	for round := range codeRounds {
		left, right = right, left^c.round(byte(round), right)
	}
	value = uint64(left)<<halfBits | uint64(right)
	var text [CodeLength]byte
	for i := range codeSymbols {
		text[i] = alphabet[value>>(5*(codeSymbols-1-i))&31]
	}
	text[codeSymbols] = alphabet[c.check(value)]
	return string(text[:])
}

// Read says which code a normalised text is: see NormaliseCode. It returns ErrNoCode for a text of another form, and ErrCodeRead where
// the check symbol is wrong. Whether the batch has so many codes is for the caller to know.
func (c *Codes) Read(text string) (batch uint32, number uint64, err error) {
	if len(text) != CodeLength {
		return 0, 0, ErrNoCode
	}
	var value uint64
	for i := range CodeLength {
		symbol := strings.IndexByte(alphabet, text[i])
		switch {
		case symbol < 0:
			return 0, 0, ErrNoCode
		case i == codeSymbols && byte(symbol) != c.check(value):
			return 0, 0, ErrCodeRead
		case i < codeSymbols:
			value = value<<5 | uint64(symbol)
		}
	}
	left, right := uint32(value>>halfBits), uint32(value&halfMask)
	for round := codeRounds - 1; round >= 0; round-- {
		left, right = right^c.round(byte(round), left), left
	}
	value = uint64(left)<<halfBits | uint64(right)
	return uint32(value >> numberBits), value & MaxCodeNumber, nil
}

// round is half a block of bits that only the holder of the secret knows.
func (c *Codes) round(round byte, half uint32) uint32 {
	var in, out [aes.BlockSize]byte
	in[0] = round
	binary.BigEndian.PutUint32(in[1:], half)
	c.block.Encrypt(out[:], in[:])
	return binary.BigEndian.Uint32(out[:]) & halfMask
}

// check is the check symbol: a keyed sum over the field of 32 elements, in which every single wrong symbol shows.
func (c *Codes) check(value uint64) byte {
	sum := c.offset
	for i := range codeSymbols {
		sum ^= times32(c.weights[i], byte(value>>(5*(codeSymbols-1-i))&31))
	}
	return sum
}

// times32 multiplies in the field of 32 elements, by x^5 + x^2 + 1.
func times32(a, b byte) byte {
	var product byte
	for range 5 {
		if b&1 == 1 {
			product ^= a
		}
		b >>= 1
		if a <<= 1; a&32 != 0 {
			a ^= 0b100101
		}
	}
	return product
}

// misreadings are letters that stand for a digit in a code. No symbol of codes is one of them.
var misreadings = strings.NewReplacer("O", "0", "I", "1", "L", "1")

// NormaliseCode is a code as it is compared: without dashes, blanks and what else a scanner adds, in capitals, and with O, I and L read
// as the digits that they look like. A text without anything to compare becomes "".
func NormaliseCode(text string) string {
	kept := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' || r <= ' ' || r == 0x7f || r == 0xa0 {
			return -1
		}
		return r
	}, text)
	return misreadings.Replace(strings.ToUpper(kept))
}

// GroupCode writes a unique code as it is printed: "AB7K-9QXM-2PW".
func GroupCode(code string) string {
	if len(code) != CodeLength {
		return code
	}
	return code[:4] + "-" + code[4:8] + "-" + code[8:]
}

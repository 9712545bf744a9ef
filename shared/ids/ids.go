// Package ids makes ids from their cause, so that a repeat has the same id, and tells the digits that must never become one.
package ids

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
)

// MaxPart is the longest part of an id that we accept at the door, in bytes.
const MaxPart = 64

// crockford is base32 without I, L, O and U: nothing in it is misread or spells a word.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Derive names a happening by its cause: n characters (at most 52) of Crockford base32 over SHA-256 of the parts, each with its
// length, so that ("ab","c") and ("a","bc") differ. 16 characters hold 80 bits: the first clash is expected after 10^12 ids.
func Derive(n int, parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s;", len(p), p)
	}
	return crockford.EncodeToString(h.Sum(nil))[:n]
}

// ValidPart reports whether s may stand in a receipt key, a cause or a store or till id: 1 to MaxPart of A-Z a-z 0-9 . _ - #.
// "/", space, ":" and "~" are ours, as separators.
func ValidPart(s string) bool {
	if s == "" || len(s) > MaxPart {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("._-#", c) >= 0) {
			return false
		}
	}
	return true
}

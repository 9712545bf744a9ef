package message

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"

	"github.com/regulars-dev/regulars/shared/ids"
)

// An unsubscribe link carries a token that names card and topic, can be made only with the shop's secret, and shows neither.
//
// Its form is "1" and the base64url of a tag of 16 bytes and the encrypted text "topic NUL card". The tag is the HMAC-SHA256 of
// the text, cut, and serves as the start of the AES-256-CTR key stream too (a synthetic nonce): the same card and topic have the
// same token for ever, no randomness is needed, and a repeated nonce could only come from a repeated text. Whoever changes one
// bit changes the text that the tag must fit. The leading digit is the version.
const (
	tokenVersion = "1"
	tagLength    = aes.BlockSize
	maxToken     = 256 // characters

	// MinSecret is the shortest secret that tokens are made with, in bytes.
	MinSecret = 16
)

// purpose keeps links of one kind from being taken for another: each has keys of its own.
type purpose string

const purposeUnsubscribe purpose = "unsubscribe"

// Token names the card and the topic for an unsubscribe link. It returns ErrInvalid if the secret is too short to be one, or
// card or topic are not ids.
func Token(secret, card, topic string) (string, error) {
	if !ids.ValidPart(card) || !ids.ValidPart(topic) {
		return "", fmt.Errorf("%w: card %q and topic %q must be ids", ErrInvalid, shorten(card), shorten(topic))
	}
	return seal(secret, purposeUnsubscribe, topic+"\x00"+card)
}

// ParseToken reads a token made with any of the secrets; several are valid while one is being replaced. It returns ErrInvalid for
// every other text, and never says which part was wrong.
func ParseToken(secrets []string, token string) (card, topic string, err error) {
	text, err := unseal(secrets, purposeUnsubscribe, token, maxToken)
	topic, card, _ = strings.Cut(text, "\x00")
	return card, topic, err
}

// seal makes a token of a text.
func seal(secret string, p purpose, text string) (string, error) {
	keys, err := tokenKeys(secret, p)
	if err != nil {
		return "", err
	}
	body := []byte(text)
	tag := keys.tag(body)
	if err := keys.crypt(tag, body); err != nil {
		return "", err
	}
	return tokenVersion + base64.RawURLEncoding.EncodeToString(append(tag, body...)), nil
}

// unseal reads the text of a token of at most so many characters.
func unseal(secrets []string, p purpose, token string, most int) (string, error) {
	bad := fmt.Errorf("%w: this link is incomplete or was not made by us", ErrInvalid)
	encoded, ok := strings.CutPrefix(token, tokenVersion)
	if !ok || len(token) > most {
		return "", bad
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || len(raw) <= tagLength {
		return "", bad
	}
	for _, secret := range secrets {
		keys, err := tokenKeys(secret, p)
		if err != nil {
			return "", err
		}
		tag, text := raw[:tagLength], append([]byte(nil), raw[tagLength:]...)
		if err := keys.crypt(tag, text); err != nil {
			return "", err
		}
		if hmac.Equal(tag, keys.tag(text)) {
			return string(text), nil
		}
	}
	return "", bad
}

// keySet is what one secret gives: a key to encrypt and another to authenticate.
type keySet struct{ cipher, mac []byte }

// derived remembers the keys of the few secrets that a process has: deriving them takes longer than all else that a token needs.
var derived struct {
	sync.Mutex
	keys map[derivation]keySet
}

type derivation struct {
	secret string
	of     purpose
}

const maxDerived = 64 // key sets; then all are derived anew

func tokenKeys(secret string, p purpose) (keySet, error) {
	if len(secret) < MinSecret {
		return keySet{}, fmt.Errorf("%w: the link secret has %d bytes; at least %d are needed", ErrInvalid, len(secret), MinSecret)
	}
	derived.Lock()
	defer derived.Unlock()
	if keys, ok := derived.keys[derivation{secret, p}]; ok {
		return keys, nil
	}
	keys, err := derive(secret, p)
	if err != nil {
		return keySet{}, err
	}
	if derived.keys == nil || len(derived.keys) == maxDerived {
		derived.keys = map[derivation]keySet{}
	}
	derived.keys[derivation{secret, p}] = keys
	return keys, nil
}

func derive(secret string, p purpose) (keySet, error) {
	both, err := hkdf.Key(sha256.New, []byte(secret), nil, "regulars "+string(p)+" token "+tokenVersion, 64)
	if err != nil {
		return keySet{}, fmt.Errorf("derive the keys of links: %w", err)
	}
	return keySet{cipher: both[:32], mac: both[32:]}, nil
}

func (k keySet) tag(text []byte) []byte {
	mac := hmac.New(sha256.New, k.mac)
	mac.Write(text)
	return mac.Sum(nil)[:tagLength]
}

// crypt encrypts or decrypts the text in place.
func (k keySet) crypt(tag, text []byte) error {
	block, err := aes.NewCipher(k.cipher)
	if err != nil {
		return fmt.Errorf("token of a link: %w", err)
	}
	cipher.NewCTR(block, tag).XORKeyStream(text, text)
	return nil
}

package message

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

const secret = "a secret of the shop, only for tests"

func TestTokenNamesCardAndTopicAndShowsNeither(t *testing.T) {
	t.Parallel()
	token, err := Token(secret, "2600000070018", "offers")
	if err != nil {
		t.Fatal(err)
	}
	again, err := Token(secret, "2600000070018", "offers")
	if err != nil || again != token {
		t.Errorf("the same card and topic have two links: %s and %s, %v", token, again, err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(token[1:])
	if err != nil || strings.Contains(string(raw)+token, "26000000") || strings.Contains(string(raw)+token, "offers") {
		t.Errorf("the link %s shows whom it is for, %v", token, err)
	}
	card, topic, err := ParseToken([]string{secret}, token)
	if err != nil || card != "2600000070018" || topic != "offers" {
		t.Errorf("ParseToken = %q, %q, %v", card, topic, err)
	}
}

func TestTokenOutlivesItsSecretWhileBothAreValid(t *testing.T) {
	t.Parallel()
	token, err := Token(secret, "7001", "offers")
	if err != nil {
		t.Fatal(err)
	}
	if card, _, err := ParseToken([]string{"the new secret of the shop", secret}, token); err != nil || card != "7001" {
		t.Errorf("with both secrets: %q, %v", card, err)
	}
	if _, _, err := ParseToken([]string{"the new secret of the shop"}, token); !errors.Is(err, ErrInvalid) {
		t.Errorf("with the new one alone: %v", err)
	}
}

func TestTokenThatWasTouchedIsRefused(t *testing.T) {
	t.Parallel()
	token, err := Token(secret, "7001", "offers")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(token[1:])
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		for bit := range 8 {
			bent := append([]byte(nil), raw...)
			bent[i] ^= 1 << bit
			if _, _, err := ParseToken([]string{secret}, "1"+base64.RawURLEncoding.EncodeToString(bent)); !errors.Is(err, ErrInvalid) {
				t.Errorf("byte %d bit %d changed, and still accepted", i, bit)
			}
		}
	}
	for _, bad := range []string{"", "1", token[:len(token)-1], token + "A", "2" + token[1:], strings.Repeat("A", 1000), "1é"} {
		if _, _, err := ParseToken([]string{secret}, bad); !errors.Is(err, ErrInvalid) {
			t.Errorf("ParseToken(%q): %v", bad, err)
		}
	}
}

func TestTokenNeedsASecretAndIDs(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"", "7001", "offers"}, {"short", "7001", "offers"}, {secret, "a\x00b", "offers"}, {secret, "7001", ""}} {
		if _, err := Token(c[0], c[1], c[2]); !errors.Is(err, ErrInvalid) {
			t.Errorf("Token(%q): %v", c, err)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	token, err := Token(secret, "7001", "offers")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add("1AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		card, topic, err := ParseToken([]string{secret}, text)
		if err != nil {
			return
		}
		if made, err := Token(secret, card, topic); err != nil || made != text {
			t.Errorf("accepted %q, which is not the token of %q and %q", text, card, topic)
		}
	})
}

package message

import (
	"strings"
	"testing"
	"time"
)

// A text is the token of one purpose at most, and a target that is read may be made into a link again.
func FuzzTokens(f *testing.F) {
	add := func(token string, err error) {
		if err != nil {
			f.Fatal(err)
		}
		f.Add(token)
	}
	add(ClickToken(secret, "m1", "https://shop.example/sale?a=b"))
	add(OpenToken(secret, "m1"))
	add(PlaceToken(secret, "7001\x007002"))
	add(ConfirmToken(secret, Confirming("7001", time.Unix(1_795_251_600, 0), "ana@shop.example")))
	add(Token(secret, "7001", "offers"))
	f.Fuzz(func(t *testing.T, text string) {
		secrets, took := []string{secret}, []string(nil)
		if m, target, err := ParseClickToken(secrets, text); err == nil {
			took = append(took, "click")
			if again, err := ClickToken(secret, m, target); err != nil || again != text {
				t.Errorf("%q leads to %q, to which no letter may lead: %v", text, target, err)
			}
		}
		if _, err := ParseOpenToken(secrets, text); err == nil {
			took = append(took, "open")
		}
		if _, err := ParsePlace(secrets, text); err == nil {
			took = append(took, "place")
		}
		if _, err := ParseConfirmToken(secrets, text); err == nil {
			took = append(took, "confirm")
		}
		if _, _, err := ParseToken(secrets, text); err == nil {
			took = append(took, "leave")
		}
		if len(took) > 1 {
			t.Errorf("%q is a token to %s", text, strings.Join(took, " and to "))
		}
	})
}

package ids_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/ids"
)

// A code leads to its card and shows nothing of it; another secret's code, and one that was misread, lead nowhere.
func TestReferralCodes(t *testing.T) {
	t.Parallel()
	n, other := ids.Numbering{Secret: []byte("a secret of the test shop")}, ids.Numbering{Secret: []byte("another secret of a shop")}
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[0-9]{4,18}`).Draw(t, "id")
		code := n.Referral(id)
		if got, err := n.ReadReferral(code); got != id || err != nil || len(code) != 13 {
			t.Fatalf("%s is %s, which is %s %v", id, code, got, err)
		}
		if got, err := other.ReadReferral(code); err == nil && got == id {
			t.Fatalf("%s can be read with another secret", code)
		}
	})
	for _, text := range []string{"", "ABC", "ZZZZZZZZZZZZZ", "UUUUUUUUUUUUU", "0000000000000"} {
		if id, err := n.ReadReferral(text); err == nil {
			t.Errorf("%q is the code of %s", text, id)
		}
	}
	if n.Referral("not a number") != "" {
		t.Error("a text has a code")
	}
}

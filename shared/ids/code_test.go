package ids

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func codes(t interface{ Fatal(...any) }, secret string) *Codes {
	c, err := NewCodes([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const codeSecret = "a secret of sixteen bytes or more"

// Whatever is made is read again, and belongs to nobody else's secret.
func TestCodesAreReadAsTheyWereMade(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, other := codes(t, codeSecret), codes(t, "another secret of sixteen bytes")
		batch := rapid.Uint32Range(0, MaxCodeBatch).Draw(t, "batch")
		number := rapid.Uint64Range(0, MaxCodeNumber).Draw(t, "number")
		text := c.Make(batch, number)
		gotBatch, gotNumber, err := c.Read(NormaliseCode(GroupCode(text)))
		if err != nil || gotBatch != batch || gotNumber != number {
			t.Fatalf("%s is code %d of batch %d (%v), want %d of %d", text, gotNumber, gotBatch, err, number, batch)
		}
		if b, n, err := other.Read(text); err == nil && b == batch && n == number {
			t.Fatalf("another secret reads %s as well", text)
		}
	})
}

// C-8: however it is typed it is the same code, and every single wrong symbol and every pair that changed places is caught.
func TestCodesC8(t *testing.T) {
	t.Parallel()
	c := codes(t, codeSecret)
	text := c.Make(7, 99_999)
	typed := strings.ToLower(text[:4] + "-" + text[4:8] + " " + text[8:])
	for _, form := range []string{text, typed, " " + text + "\r\n", GroupCode(text), strings.NewReplacer("0", "o", "1", "l").Replace(typed)} {
		if NormaliseCode(form) != text {
			t.Errorf("%q is read as %s, want %s", form, NormaliseCode(form), text)
		}
	}
	for i := range text {
		for _, symbol := range alphabet {
			if wrong := text[:i] + string(symbol) + text[i+1:]; wrong != text {
				if _, _, err := c.Read(wrong); !errors.Is(err, ErrCodeRead) {
					t.Errorf("%s passes for %s: %v", wrong, text, err)
				}
			}
		}
	}
	for i := range codeSymbols - 1 {
		swapped := text[:i] + text[i+1:i+2] + text[i:i+1] + text[i+2:]
		if _, _, err := c.Read(swapped); swapped != text && !errors.Is(err, ErrCodeRead) {
			t.Errorf("%s passes for %s: %v", swapped, text, err)
		}
	}
	for _, no := range []string{"", "WELC0ME10", text + "0", text[:10] + "U", text[:10] + "é"} {
		if _, _, err := c.Read(no); !errors.Is(err, ErrNoCode) {
			t.Errorf("%q: %v", no, err)
		}
	}
}

// A hundred thousand codes have no twin and show nothing of their order.
func TestCodesDoNotClash(t *testing.T) {
	t.Parallel()
	c := codes(t, codeSecret)
	seen, first := make(map[string]bool, 100_000), [32]int{}
	for n := range uint64(100_000) {
		text := c.Make(1, n)
		if seen[text] {
			t.Fatalf("%s was made twice", text)
		}
		seen[text] = true
		first[strings.IndexByte(alphabet, text[0])]++
	}
	for symbol, n := range first {
		if n < 2_800 || n > 3_450 { // 3,125 expected, 55 the deviation
			t.Errorf("%d of 100,000 codes begin with %c", n, alphabet[symbol])
		}
	}
}

// C-5: of random texts of the right form, one in 32 has its check symbol right, and none of ten thousand is a code of a million.
func TestGuessedCodesC5(t *testing.T) {
	t.Parallel()
	c, guesser := codes(t, codeSecret), codes(t, "the guesser has another secret")
	passed, hit := 0, 0
	for n := range uint64(10_000) {
		batch, number, err := c.Read(guesser.Make(3, n))
		if err == nil {
			passed++
			if batch == 1 && number < 1_000_000 {
				hit++
			}
		}
	}
	if passed < 240 || passed > 390 || hit > 0 {
		t.Errorf("%d of 10,000 guesses have a right check symbol and %d are codes; want about 312 and 0", passed, hit)
	}
}

func TestCodesWantASecret(t *testing.T) {
	t.Parallel()
	if _, err := NewCodes([]byte("short")); err == nil {
		t.Error("a short secret is taken")
	}
}

func FuzzNormaliseCode(f *testing.F) {
	f.Add("ab7k-9qxm 2pw\r")
	c := codes(f, codeSecret)
	f.Fuzz(func(t *testing.T, text string) {
		once := NormaliseCode(text)
		if NormaliseCode(once) != once {
			t.Errorf("%q becomes %q and then %q", text, once, NormaliseCode(once))
		}
		if batch, number, err := c.Read(once); err == nil && c.Make(batch, number) != once {
			t.Errorf("%q is read and not made again", once)
		}
	})
}

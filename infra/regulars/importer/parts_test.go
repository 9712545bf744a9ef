package importer

import (
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noonOf2026 = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestParseMicro(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, mark string
		want       int64
		ok         bool
	}{
		{"2.55", ".", 2_550_000, true}, {"-0.055", ".", -55_000, true}, {"1,234.5", ".", 1_234_500_000, true}, {"1.234,50", ",", 1_234_500_000, true},
		{"0", ".", 0, true}, {".5", ".", 500_000, true}, {"5.", ".", 5_000_000, true}, {"1.0000000", ".", 1_000_000, true}, {" 3 ", ".", 3_000_000, true},
		{"1.0000001", ".", 0, false}, {"", ".", 0, false}, {"-", ".", 0, false}, {".", ".", 0, false}, {"1e3", ".", 0, false}, {"--1", ".", 0, false},
		{"9999999999999", ".", 0, false}, {"0x1F", ".", 0, false}, {"1.2.3", ".", 0, false}, {"1,25", ".", 0, false},
		{"12,34,567", ".", 0, false}, {",123", ".", 0, false}, {"1.25", ",", 0, false}, {"1,234,567", ".", 1_234_567_000_000, true}, {"1.5,5", ",", 0, false}, {"٣", ".", 0, false},
	} {
		got, ok := parseMicro(c.text, c.mark)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("parseMicro(%q, %q) = %d, %v; want %d, %v", c.text, c.mark, got, ok, c.want, c.ok)
		}
	}
	for micro, want := range map[int64]string{0: "0.00", 1: "0.000001", -5_000: "-0.005", 2_550_000: "2.55", -1_234_500_000: "-1234.50"} {
		if got := showMicro(micro, "GBP"); got != want {
			t.Errorf("%d is shown as %s, want %s", micro, got, want)
		}
	}
	if got := showMicro(1_500_000_000, "JPY"); got != "1500" {
		t.Errorf("yen are shown as %s", got)
	}
}

// Parts of a line add up to it, whatever comes back in whichever portions.
func TestShareAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int64Range(-1e12, 1e12).Draw(t, "amount")
		pieces := rapid.Int64Range(1, 1_000_000).Draw(t, "pieces")
		sum := int64(0)
		for from := int64(0); from < pieces; {
			to := min(pieces, from+rapid.Int64Range(pieces/7+1, pieces).Draw(t, "portion"))
			sum += share(amount, pieces, from, to)
			from = to
		}
		if sum != amount {
			t.Fatalf("the parts of %d come to %d", amount, sum)
		}
	})
}

func TestTimesIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "price"), rapid.Int64().Draw(t, "quantity")
		product := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		fits := product.CmpAbs(big.NewInt(maxMicro)) <= 0
		got, ok := times(a, b)
		if ok != fits || ok && got != product.Int64() {
			t.Fatalf("times(%d, %d) = %d, %v; want %v, %v", a, b, got, ok, product, fits)
		}
	})
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"rfc3339": "2006-01-02T15:04:05Z07:00", "DD/MM/YYYY HH:mm": "02/01/2006 15:04", "D.M.YY": "2.1.06", "YYYY-MM-DD HH:mm:ss Z": "2006-01-02 15:04:05 Z07:00",
		"M/D/YYYY h:mm A": "1/2/2006 3:04 PM", "sometime": "", "HH:mm": "", "": "",
	} {
		if got := layoutOf(text); got != want {
			t.Errorf("%q is the layout %q, want %q", text, got, want)
		}
	}
}

func TestMapFaults(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                                     "read the map: EOF",
		"columns: 3":                           "cannot unmarshal",
		"colums: {number: A}":                  "field colums not found, which a map does not have",
		"delimiter: ';;'":                      `delimiter is ";;"`,
		"zone: Mars/Olympus":                   "no IANA time zone",
		"time: DD.MM.YYYY\ncolumns: {at: Day}": "zone is missing",
		"kinds: {wine: [A]}":                   "a key of kinds is",
		"leave_out: {A: For Fun}":              "is no code such as adjustment",
		"columns: {number: ''}":                "number has no column",
		"columns: {consent.offers: News}":      "there is no field",
	} {
		if _, err := ReadMap(strings.NewReader(text), "receipts"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
	if _, err := ReadMap(strings.NewReader("columns: {email: Mail}"), "shoppers"); err == nil || !strings.Contains(err.Error(), "shopper is needed") {
		t.Errorf("shoppers without a shopper: %v", err)
	}
	if _, err := ReadMap(strings.NewReader(strings.Repeat("#", maxMap+1)), "receipts"); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("a map without end: %v", err)
	}
}

// Whatever stands in a file, each row is either planned or rejected, and nothing panics.
func FuzzReadReceipts(f *testing.F) {
	const head = "N,S,Q,T,P,C\n"
	f.Add([]byte(head+"1,A,2,2010-12-01T08:00:00Z,1.25,12346\nC2,A,-1,2010-12-02T08:00:00Z,1.25,12346\n"), true)
	f.Add([]byte(head+"1,\"A\n,\"\"B\",1\n2,A,-1,x,1\n"), true)
	f.Add([]byte("{\"N\":1}\n{\"N\":[]}\n[]\n"), false)
	f.Add([]byte("\x1f\x8b\x00"), true)
	f.Fuzz(func(t *testing.T, body []byte, isCSV bool) {
		text := "columns: {number: N, sku: S, quantity: Q, at: T, price: P, shopper: C, store: =s, till: =t}\ncurrency: GBP\ncancelled: C\n"
		if !isCSV {
			text += "format: jsonl\n"
		}
		m, err := ReadMap(strings.NewReader(text), "receipts")
		if err != nil {
			t.Fatal(err)
		}
		in, err := m.read(strings.NewReader(string(body)), noonOf2026)
		if err != nil {
			return // the file as a whole
		}
		p := planned(in)
		if _, err := p.report(p.wouldBook(), nil, 0, true); err != nil {
			t.Error(err)
		}
	})
}

// The same for files of our own.
func FuzzPlanEvents(f *testing.F) {
	f.Add([]byte(`{"type":"checkout.completed.v1","metadata":{"id":"A","occurred_at":"2026-11-20T10:00:00Z","source":"till"},"data":{"receipt":{"store":"s","till":"t","number":"1"},"total":{"amount":1,"currency":"EUR"}}}`))
	f.Add([]byte(`{"type":"checkout.refunded.v1"}` + "\n{"))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := planEvents(io.NopCloser(strings.NewReader(string(body))))
		if err != nil {
			return
		}
		if len(p.jobs)+len(p.rejects) != p.rows {
			t.Errorf("%d jobs and %d rejected of %d rows", len(p.jobs), len(p.rejects), p.rows)
		}
	})
}

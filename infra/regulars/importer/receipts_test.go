package importer_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/infra/regulars/importer"
	"github.com/regulars-dev/regulars/shared/audit"
	"github.com/regulars-dev/regulars/shared/ids"
)

const head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"

// Each case is a file and what it comes to, with every rejected row. The sums can be checked with a pencil.
func TestReceipts(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ rows, want string }{
		"a sale and what came back of it, at another price": {
			"1,A,x,10,2010-12-01T08:00:00Z,1.00,12346,UK\n1,Z,x,2,2010-12-01T08:00:00Z,0.25,12346,UK\nC2,A,x,-4,2010-12-02T08:00:00Z,0.90,12346,UK\n",
			"receipts=1 guests=0 returns=1 points=10-4 rows=3=3+0 money=6.90=6.50+0.00+0.00+0.40\n",
		},
		"the sale at the same price is cancelled before a newer one at another": {
			"1,A,x,2,2010-12-01T08:00:00Z,5.00,12346,UK\n2,A,x,2,2010-12-03T08:00:00Z,4.00,12346,UK\nC3,A,x,-1,2010-12-04T08:00:00Z,5.00,12346,UK\n",
			"receipts=2 guests=0 returns=1 points=18-5 rows=3=3+0 money=13.00=13.00+0.00+0.00+0.00\n",
		},
		"one cancellation over two sales": {
			"1,A,x,2,2010-12-01T08:00:00Z,5.00,12346,UK\n2,A,x,2,2010-12-03T08:00:00Z,5.00,12346,UK\nC3,A,x,-3,2010-12-04T08:00:00Z,5.00,12346,UK\n",
			"receipts=2 guests=0 returns=2 points=20-15 rows=3=3+0 money=5.00=5.00+0.00+0.00+0.00\n",
		},
		"a third decimal is rounded line by line": {
			"1,A,x,1,2010-12-01T08:00:00Z,0.125,12346,UK\n1,B,x,1,2010-12-01T08:00:00Z,0.124,12346,UK\n1,C,x,1000,2010-12-01T08:00:00Z,0.001,12346,UK\n",
			"receipts=1 guests=0 returns=0 points=1+0 rows=3=3+0 money=1.249=1.25+0.00-0.001+0.00\n",
		},
		"a guest": {
			"1,A,x,1,2010-12-01T08:00:00Z,2.00,,UK\nC2,A,x,-1,2010-12-02T08:00:00Z,2.00,,UK\n",
			"receipts=1 guests=1 returns=0 points=0+0 rows=2=1+1 money=0.00=2.00+-2.00+0.00+0.00\n3 guest_return\n",
		},
		"cancelled before it was sold, twice, and more than was sold": {
			"C1,A,x,-1,2010-11-30T08:00:00Z,2.00,12346,UK\n2,A,x,1,2010-12-01T08:00:00Z,2.00,12346,UK\nC3,A,x,-1,2010-12-02T08:00:00Z,2.00,12346,UK\nC4,A,x,-1,2010-12-03T08:00:00Z,2.00,12346,UK\n",
			"receipts=1 guests=0 returns=1 points=2-2 rows=4=2+2 money=-4.00=0.00+-4.00+0.00+0.00\n2 no_original\n5 more_than_sold\n",
		},
		"another shopper's purchase is not cancelled": {
			"1,A,x,1,2010-12-01T08:00:00Z,2.00,12346,UK\nC2,A,x,-1,2010-12-02T08:00:00Z,2.00,12347,UK\n",
			"receipts=1 guests=0 returns=0 points=2+0 rows=2=1+1 money=0.00=2.00+-2.00+0.00+0.00\n3 no_original\n",
		},
		"what is no sale": {
			"1,A,x,-5,2010-12-01T08:00:00Z,0,,UK\nA2,B,x,1,2010-12-01T08:00:00Z,11062.06,,UK\n3,A,x,1,2010-12-01T08:00:00Z,0.00,12346,UK\n4,A,x,0,2010-12-01T08:00:00Z,1.00,12346,UK\n5,A,x,1,2010-12-01T08:00:00Z,-1.00,12346,UK\n",
			"receipts=0 guests=0 returns=0 points=0+0 rows=5=0+5 money=11061.06=0.00+11061.06+0.00+0.00\n2 negative_sale\n3 adjustment\n4 nothing_paid\n5 zero_quantity\n6 negative_price\n",
		},
		"what cannot be read": {
			"1,A,x,one,2010-12-01T08:00:00Z,1.00,12346,UK\n2,A,x,1,2010-12-01T08:00:00Z,1.0000001,12346,UK\n3,A,x,1,yesterday,1.00,12346,UK\n4,A,x,1,2030-12-01T08:00:00Z,1.00,12346,UK\n" +
				"5 6,A,x,1,2010-12-01T08:00:00Z,1.00,12346,UK\n7,A\n8,A,x,9000000000,2010-12-01T08:00:00Z,1.00,12346,UK\n9,A,x,1,2010-12-01T08:00:00Z,99999999999,12346,UK\n" +
				"10,\xff,x,1,2010-12-01T08:00:00Z,1.00,12346,UK\n11," + strings.Repeat("A", 101) + ",x,1,2010-12-01T08:00:00Z,1.00,12346,UK\n",
			"receipts=0 guests=0 returns=0 points=0+0 rows=10=0+10 money=5.00=0.00+5.00+0.00+0.00\n2 number_unreadable\n3 number_unreadable\n4 time_unreadable\n5 time_unreadable\n" +
				"6 number_unreadable\n7 row_unreadable\n8 amount_too_large\n9 amount_too_large\n10 text_unreadable\n11 text_unreadable\n",
		},
		"whose it is": {
			"1,A,x,1,2010-12-01T08:00:00Z,1.00,12346,UK\n1,B,x,1,2010-12-01T08:00:00Z,1.00,12347,UK\n2,A,x,1,2010-12-01T08:00:00Z,1.00,4111111111111111,UK\n3,A,x,1,2010-12-01T08:00:00Z,1.00,99,UK\n",
			"receipts=1 guests=0 returns=0 points=1+0 rows=4=1+3 money=4.00=1.00+3.00+0.00+0.00\n3 other_shopper\n4 payment_card\n5 card_unknown\n",
		},
		"postage and fees earn nothing": {
			"1,A,x,1,2010-12-01T08:00:00Z,10.00,12346,UK\n1,POST,x,1,2010-12-01T08:00:00Z,18.00,12346,UK\n1,M,x,1,2010-12-01T08:00:00Z,-3.00,12346,UK\n1,gift_0001_20,x,1,2010-12-01T08:00:00Z,20.00,12346,UK\n",
			"receipts=1 guests=0 returns=0 points=10+0 rows=4=4+0 money=45.00=45.00+0.00+0.00+0.00\n",
		},
		"rows of an invoice that lie apart": {
			"1,A,x,1,2010-12-01T08:01:00Z,1.00,12346,UK\n2,A,x,1,2010-12-01T08:00:00Z,1.00,12347,UK\n1,Z,x,1,2010-12-01T08:00:00Z,1.00,12346,UK\n",
			"receipts=2 guests=0 returns=0 points=3+0 rows=3=3+0 money=3.00=3.00+0.00+0.00+0.00\n",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t)
			r, err := b.receipts(t.Context(), readMap(t, "receipts", ""), head+c.rows)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, told(r)); diff != "" {
				t.Errorf("- want, + got:\n%s", diff)
			}
		})
	}
}

// A receipt has at most 500 lines; an invoice of more is told as several, and a cancellation finds each of them.
func TestSplit(t *testing.T) {
	t.Parallel()
	b := open(t)
	var file strings.Builder
	file.WriteString(head)
	for n := range 1_100 {
		fmt.Fprintf(&file, "1,SKU%d,x,1,2010-12-01T08:00:00Z,1.00,12346,UK\n", n)
	}
	file.WriteString("C2,SKU0,x,-1,2010-12-02T08:00:00Z,1.00,12346,UK\nC2,SKU1099,x,-1,2010-12-02T08:00:00Z,1.00,12346,UK\n")
	r, err := b.receipts(t.Context(), readMap(t, "receipts", ""), file.String())
	if err != nil {
		t.Fatal(err)
	}
	if got := told(r); r.Split != 1 || got != "receipts=3 guests=0 returns=2 points=1100-2 rows=1102=1102+0 money=1098.00=1098.00+0.00+0.00+0.00\n" {
		t.Errorf("split %d: %s", r.Split, got)
	}
}

// An import that is stopped anywhere and started again ends as one that never was, sums included.
func TestStoppedAnywhere(t *testing.T) {
	t.Parallel()
	file, m := invoices(30, 12), readMap(t, "receipts", "")
	whole := open(t)
	want, err := whole.receipts(t.Context(), m, file)
	if err != nil {
		t.Fatal(err)
	}
	total := want.Rows
	for _, at := range []int64{1, total / 3, total / 2, total * 9 / 10} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			t.Parallel()
			b := open(t)
			ctx, stop := context.WithCancelCause(t.Context())
			_, err := b.receipts(ctx, m, file, func(im *importer.Import) {
				im.Progress = func(stage string, done, _ int64) {
					if stage == "booking" && done >= at {
						stop(errStopped)
					}
				}
			})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("it ended with %v", err)
			}
			got, err := b.receipts(t.Context(), m, file)
			if err != nil {
				t.Fatal(err)
			}
			got.Repeated, got.Resumed = 0, 0 // what differs by right
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(importer.Reason{}, importer.Reject{})); diff != "" {
				t.Errorf("the report (- whole, + in two):\n%s", diff)
			}
			if diff := cmp.Diff(whole.everything(), b.everything()); diff != "" {
				t.Errorf("the books (- whole, + in two):\n%s", diff)
			}
		})
	}
}

// A checkpoint that is lost, damaged or another file's costs time and nothing else.
func TestCheckpoints(t *testing.T) {
	t.Parallel()
	b, m, file := open(t), readMap(t, "receipts", ""), invoices(5, 5)
	want, err := b.receipts(t.Context(), m, file)
	if err != nil {
		t.Fatal(err)
	}
	checkpoints, err := filepath.Glob(filepath.Join(b.dir, "import-*.json"))
	if err != nil || len(checkpoints) != 1 {
		t.Fatalf("checkpoints: %v, %v", checkpoints, err)
	}
	again, err := b.receipts(t.Context(), m, file)
	if err != nil || again.Resumed == 0 || again.Repeated != 0 || told(again) != told(want) {
		t.Errorf("the same again: %v, resumed at %d\n%s", err, again.Resumed, told(again))
	}
	for name, body := range map[string]string{"lost": "", "damaged": `{"of":`, "another's": `{"of":"x","done":3}`} {
		if err := os.WriteFile(checkpoints[0], []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		again, err := b.receipts(t.Context(), m, file)
		if err != nil || again.Resumed != 0 || again.Repeated != want.Receipts+want.Returns || told(again) != told(want) {
			t.Errorf("%s: %v, resumed at %d, repeated %d\n%s", name, err, again.Resumed, again.Repeated, told(again))
		}
	}
}

// The same sales in other clothes: packed, in Latin-1 with semicolons and decimal commas, as JSON.
func TestForms(t *testing.T) {
	t.Parallel()
	const columns = "columns: {number: Beleg, at: Zeit, shopper: Kunde, sku: Artikel, category: Gruppe, quantity: Menge, price: Preis, store: =web, till: =alt}\ncurrency: GBP\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, "\ufeffBeleg,Zeit,Kunde,Artikel,Gruppe,Menge,Preis\n1,2010-12-01T08:00:00Z,12346,TEE-1,Getr\u00e4nke,2,\"1,234.50\"\n")
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ m, file string }{
		"packed, with a byte order mark": {columns, packed.String()},
		"Latin-1": {columns + "delimiter: tab\nencoding: latin-1\ndecimal: ','\ntime: DD.MM.YY HH:mm\nzone: Europe/London\n",
			"Beleg\tZeit\tKunde\tArtikel\tGruppe\tMenge\tPreis\n1\t01.12.10 08:00\t12346\tTEE-1\tGetr\xe4nke\t2,000\t1.234,50\n"},
		"JSON lines": {columns + "format: jsonl\n",
			`{"Beleg": 1, "Zeit": "2010-12-01T08:00:00Z", "Kunde": 12346, "Artikel": "TEE-1", "Gruppe": "Getränke", "Menge": 2, "Preis": 1234.50, "other": [1]}` + "\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t)
			r, err := b.receipts(t.Context(), readMap(t, "receipts", c.m), c.file)
			if err != nil {
				t.Fatal(err)
			}
			all := b.everything()
			if r.MoneyTaken != "2469.00" || !strings.Contains(all, `"lines":[{"id":"1","sku":"TEE-1","category":"Getränke","quantity":2,"amount":246900}]`) ||
				!strings.Contains(all, `"occurred_at":"2010-12-01T08:00:00Z"`) {
				t.Errorf("%s%s", told(r), all)
			}
		})
	}
}

// Numbers are issued to the shoppers of another system: the same ones again and again, of ours, one a shopper.
func TestIssuedNumbers(t *testing.T) {
	t.Parallel()
	b := open(t)
	m := readMap(t, "receipts", "columns: {number: InvoiceNo, at: InvoiceDate, shopper: CustomerID, sku: StockCode, quantity: Quantity, price: UnitPrice, store: =web, till: =old}\ncurrency: GBP\ncancelled: C\ncard: issue\n")
	first, err := b.receipts(t.Context(), m, invoices(20, 3))
	if err != nil || first.RowsRejected != 0 {
		t.Fatalf("%v %s", err, told(first))
	}
	before := b.everything()
	again, err := b.receipts(t.Context(), m, invoices(20, 3), func(im *importer.Import) { im.Fresh = true })
	if err != nil || again.Repeated != first.Receipts+first.Returns || b.everything() != before {
		t.Errorf("again: %v, %d repeated", err, again.Repeated)
	}
	service := b.service()
	rules, err := service.Programmes.At(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 20 {
		id, err := service.Cards.Find(t.Context(), fmt.Sprintf("import:%d", 12346+n))
		if err != nil || rules.CheckNumber(id) != nil || !strings.HasPrefix(id, ids.DefaultPrefix) {
			t.Errorf("shopper %d has card %q, %v", n, id, err)
		}
	}
	if strings.Count(before, `"type":"card"`) != 20 || !strings.Contains(before, `"enrolled_on":"2010-12-01"`) {
		t.Error("not one card a shopper, enrolled on the day of the first receipt")
	}
}

// What an export wrote makes the same cards again.
func TestExportComesBack(t *testing.T) {
	t.Parallel()
	from, to := open(t), open(t)
	if _, err := from.receipts(t.Context(), readMap(t, "receipts", ""), invoices(10, 20)); err != nil {
		t.Fatal(err)
	}
	r, err := to.receipts(t.Context(), nil, from.everything())
	if err != nil || r.RowsRejected != 0 || r.Returns == 0 {
		t.Fatalf("%v %s", err, told(r))
	}
	if diff := cmp.Diff(from.everything(), to.everything()); diff != "" {
		t.Errorf("- exported, + imported again:\n%s", diff)
	}
	r, err = to.receipts(t.Context(), nil, "{no json\n{\"type\":\"checkout.completed.v1\"}\n{\"type\":\"card\"}\n")
	if err != nil || told(r) != "receipts=0 guests=0 returns=0 points=0+0 rows=2=0+2 money=0=0+0+0+0\n1 row_unreadable\n2 row_unreadable\n" {
		t.Errorf("%v %s", err, told(r))
	}
}

// firstInvoices is how many lines of the large file are looked at in each run of the tests; the command takes all of it in seconds.
const firstInvoices = 20_000

// A retailer's real file of a year, where it is at hand: its first lines, in full sums and with sound books.
func TestRealFile(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("REGULARS_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	packed, err := os.Open(filepath.Join(dir, "onlineretail", "online_retail.csv.gz"))
	if errors.Is(err, os.ErrNotExist) {
		t.Logf("the real file is not here, so nothing was read; REGULARS_DATA names the folder that has it")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	lines := bufio.NewScanner(z)
	for n := 0; n <= firstInvoices && lines.Scan(); n++ {
		file.WriteString(lines.Text() + "\n")
	}
	b := open(t)
	r, err := b.receipts(t.Context(), readMap(t, "receipts", ""), file.String())
	if err != nil {
		t.Fatal(err)
	}
	if r.RowsRead != firstInvoices || r.Receipts < 500 || r.Returns == 0 {
		t.Errorf("%d rows became %d receipts and %d returns", r.RowsRead, r.Receipts, r.Returns)
	}
	report, err := audit.Run(t.Context(), b.db, noon, func(string, int64) {})
	if err != nil || !report.Sound() {
		t.Errorf("%v %+v", err, report.Faults)
	}
	if report.Points != r.Earned+r.Reversed {
		t.Errorf("the cards hold %d points, the import booked %d", report.Points, r.Earned+r.Reversed)
	}
}

package importer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/importer"
	"github.com/regulars-dev/regulars/shared/exporter"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// books is a store with the sample programme of an import.
type books struct {
	t   *testing.T
	db  *bolt.DB
	dir string
}

func open(t *testing.T) books {
	t.Helper()
	b := books{t: t, dir: t.TempDir()}
	var err error
	if b.db, err = bolt.Open(filepath.Join(b.dir, "regulars.db"), atNoon, bolt.Feed()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.db.Close(); err != nil {
			t.Error(err)
		}
	})
	file, err := os.Open(sample("import.programme.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rules, document, faults, err := yamldoc.Read(file)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	if err := store.New(b.db, atNoon).Publish(t.Context(), rules.From, document); err != nil {
		t.Fatal(err)
	}
	return b
}

func sample(name string) string { return filepath.Join("..", "..", "..", "samples", name) }

func (b books) service() *loyalty.Service {
	s := store.New(b.db, atNoon)
	return &loyalty.Service{Cards: s, Joins: s, Pages: s, Receipts: s, Overdue: s, Limits: s, Reservations: s, Codes: s, Programmes: store.NewProgrammes(b.db, atNoon), Now: atNoon}
}

// readMap reads a map, the sample one of receipts if text is "".
func readMap(t *testing.T, kind, text string) *importer.Map {
	t.Helper()
	if text == "" {
		raw, err := os.ReadFile(sample("import." + kind + ".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		text = string(raw)
	}
	m, err := importer.ReadMap(strings.NewReader(text), kind)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (b books) receipts(ctx context.Context, m *importer.Map, file string, change ...func(*importer.Import)) (importer.Report, error) {
	im := importer.Import{Service: b.service(), Map: m, Now: atNoon, Progress: func(string, int64, int64) {}, Dir: b.dir}
	for _, c := range change {
		c(&im)
	}
	return im.Receipts(ctx, strings.NewReader(file), int64(len(file)))
}

// everything is the export of the store, without its programme.
func (b books) everything() string {
	b.t.Helper()
	var out bytes.Buffer
	if err := exporter.Write(context.Background(), b.db, atNoon, &out); err != nil {
		b.t.Fatal(err)
	}
	return out.String()
}

// told is the report in short, as a person adds it up: what was taken, and each rejected row with its reason.
func told(r importer.Report) string {
	var text strings.Builder
	fmt.Fprintf(&text, "receipts=%d guests=%d returns=%d points=%d%+d rows=%d=%d+%d money=%s=%s+%s%s%s\n", r.Receipts, r.Guests, r.Returns, r.Earned, r.Reversed,
		r.RowsRead, r.Rows, r.RowsRejected, r.MoneyRead, r.MoneyTaken, r.MoneyRejected, plus(r.MoneyRounded), plus(r.MoneyApart))
	for _, x := range r.Rejects {
		fmt.Fprintf(&text, "%d %s\n", x.Row, x.Reason)
	}
	return text.String()
}

func plus(amount string) string {
	if strings.HasPrefix(amount, "-") {
		return amount
	}
	return "+" + amount
}

// invoices writes a file of so many shoppers with so many invoices each, some cancelled, in the shape of the sample map.
func invoices(shoppers, each int) string {
	var b strings.Builder
	b.WriteString("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n")
	n := 500000
	at := time.Date(2010, 12, 1, 8, 0, 0, 0, time.UTC)
	for i := range each {
		for s := range shoppers {
			n++
			at = at.Add(7 * time.Minute)
			for line := range 1 + (i+s)%4 {
				fmt.Fprintf(&b, "%d,SKU%d,A LANTERN,%d,%s,%d.%02d,%d,\n", n, (i+line)%9, 1+line, at.Format(time.RFC3339), 1+s%7, (i*13)%100, 12346+s)
			}
			if (i+s)%5 == 4 {
				fmt.Fprintf(&b, "C%d,SKU%d,A LANTERN,-1,%s,%d.%02d,%d,\n", n, i%9, at.Add(time.Minute).Format(time.RFC3339), 1+s%7, (i*13)%100, 12346+s)
			}
		}
	}
	return b.String()
}

var errStopped = errors.New("stopped by the test")

package offer_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// vector is one case of testdata/vectors; README.md there describes the format.
type vector struct {
	ID, Title, Source, Why string
	Programme              json.RawMessage
	Basket                 vectorBasket
	Card                   vectorCard
	Returns                []vectorReturn
	Expect                 vectorAnswer
}

type vectorBasket struct {
	Store   string
	At      time.Time
	Lines   []vectorLine
	Coupons []string
}

type vectorLine struct {
	ID, SKU, Category, Kind    string
	Quantity, Amount, Discount int64
	Brand                      string
	Tags                       []string
	Attributes                 map[string]string
	Minimum                    int64
	TaxRate                    int64 `json:"tax_rate"`
}

type vectorCard struct {
	PointsThisYear int64 `json:"points_this_year"`
	Visits         int64
	Coupons        []struct {
		ID, Offer, Until string
	}
}

// vectorAnswer holds what is expected; what is missing is not looked at, but for lines and coupons that are not named: they get nothing.
type vectorAnswer struct {
	Subtotal, Discount, Total, Tax, Points *int64
	Combined                               offer.Proof
	Lines                                  map[string]int64
	Offers                                 map[string]vectorReason // by offer, or by coupon
	Applied                                []string
	Problems                               []string
	Refused                                string
	Returns                                []vectorRefund
}

type vectorReason struct {
	Reason        offer.Reason
	Amount        *int64
	Missing       int64
	MissingPieces int64 `json:"missing_pieces"`
	By, Detail    string
}

func readVectors(t *testing.T) map[string][]vector {
	t.Helper()
	names, err := filepath.Glob("testdata/vectors/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal("there are no vectors", err)
	}
	files := map[string][]vector{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			About   string
			Vectors []vector
		}
		dec := json.NewDecoder(strings.NewReader(string(text)))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&file); err != nil || file.About == "" {
			t.Fatalf("%s: %v", name, err)
		}
		files[filepath.Base(name)] = file.Vectors
	}
	return files
}

// minVectors is how many there are at least, so that none is lost unseen.
const minVectors = 200

func TestVectors(t *testing.T) {
	t.Parallel()
	seen, count := map[string]bool{}, 0
	for name, list := range readVectors(t) {
		for _, v := range list {
			if seen[v.ID] || v.ID == "" || v.Title == "" {
				t.Errorf("%s: vector %q needs a title and an id of its own", name, v.ID)
			}
			seen[v.ID] = true
			count++
			t.Run(v.ID, func(t *testing.T) {
				t.Parallel()
				v.run(t)
			})
		}
	}
	if count < minVectors {
		t.Errorf("%d vectors, want at least %d", count, minVectors)
	}
}

// programme reads the vector's programme over what every programme has.
func (v vector) programme(t *testing.T) (*programme.Programme, []string) {
	t.Helper()
	doc := map[string]any{
		"programme": "vectors", "from": "2020-01-01T00:00:00Z", "time_zone": "Europe/Berlin", "language": "en",
		"shop": map[string]any{"name": "Vectors", "address": "1 Vector Street"}, "stores": []any{map[string]any{"id": "0042", "name": "First"}},
		"cards": map[string]any{"secret": "a secret of the vectors"}, "topics": []any{}, "earn": []any{},
	}
	own := map[string]any{}
	if err := json.Unmarshal(v.Programme, &own); err != nil {
		t.Fatal(err)
	}
	for key, value := range own {
		doc[key] = value
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	p, problems, err := programme.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var pointers []string
	for _, problem := range problems {
		pointers = append(pointers, problem.Pointer)
	}
	if len(problems) > 0 && v.Expect.Problems == nil {
		t.Fatal(problems)
	}
	return p, pointers
}

func (v vector) run(t *testing.T) {
	p, problems := v.programme(t)
	if v.Expect.Problems != nil {
		for _, want := range v.Expect.Problems {
			if !slices.Contains(problems, want) {
				t.Errorf("problems at %q, want one at %q", problems, want)
			}
		}
		return
	}
	r, goods, head := v.question(t, p)
	priced, points, err := p.Quote(head, r, goods, r.At)
	if v.Expect.Refused != "" {
		if err == nil || !strings.Contains(err.Error(), v.Expect.Refused) {
			t.Errorf("refused with %v, want %q", err, v.Expect.Refused)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	v.Expect.hold(t, priced, points)
	if len(v.Returns) != len(v.Expect.Returns) {
		t.Fatalf("%d returns, and %d are expected", len(v.Returns), len(v.Expect.Returns))
	}
	if len(v.Returns) > 0 {
		v.comeBack(t, p, head, r, priced)
	}
}

// question is the receipt that the basket would become, what is known of its goods, and the card.
func (v vector) question(t *testing.T, p *programme.Programme) (receipt.Receipt, programme.Catalogue, card.Head) {
	t.Helper()
	store := v.Basket.Store
	if store == "" {
		store = "0042"
	}
	r := receipt.Receipt{Key: receipt.Key{Store: store, Till: "1", Number: "1"}, At: v.Basket.At, Coupons: v.Basket.Coupons}
	r.Total.Currency = p.Currency
	goods := programme.Catalogue{}
	for _, l := range v.Basket.Lines {
		r.Lines = append(r.Lines, receipt.Line{ID: l.ID, SKU: l.SKU, Category: l.Category, Kind: l.Kind, Quantity: l.Quantity, Amount: l.Amount, Discount: l.Discount})
		r.Total.Minor += l.Amount - l.Discount
		goods[l.ID] = offer.Goods{Brand: l.Brand, Tags: l.Tags, Attributes: l.Attributes, FloorMinor: l.Minimum, TaxBasisPoints: l.TaxRate}
	}
	head := card.Head{ID: "7001", EnrolledOn: 1}
	head.Habits.Visits = v.Card.Visits
	head.Qualifying = head.Qualifying.Add(v.Basket.At.Year(), v.Card.PointsThisYear)
	for _, c := range v.Card.Coupons {
		until, err := day.Parse(c.Until)
		if err != nil {
			t.Fatal(err)
		}
		head.Wallet = append(head.Wallet, card.Coupon{ID: c.ID, Offer: c.Offer, ExpiresOn: until})
	}
	return r, goods, head
}

func (e vectorAnswer) hold(t *testing.T, priced offer.Priced, points int64) {
	t.Helper()
	for _, sum := range []struct {
		name string
		got  int64
		want *int64
	}{
		{"subtotal", priced.Subtotal, e.Subtotal}, {"discount", priced.Discount, e.Discount}, {"total", priced.Total, e.Total},
		{"tax", priced.Tax, e.Tax}, {"points", points, e.Points},
	} {
		if sum.want != nil && sum.got != *sum.want {
			t.Errorf("%s %d, want %d", sum.name, sum.got, *sum.want)
		}
	}
	if e.Combined != "" && priced.Proof != e.Combined {
		t.Errorf("combined %s, want %s", priced.Proof, e.Combined)
	}
	discounts, applied := map[string]int64{}, map[string]bool{}
	for _, l := range priced.Lines {
		if l.Discount > 0 {
			discounts[l.ID] = l.Discount
		}
		for _, a := range l.Adjustments {
			applied[a.Offer] = true
		}
	}
	if e.Lines != nil {
		if diff := cmp.Diff(e.Lines, discounts); diff != "" {
			t.Errorf("discounts of lines, want (-), got (+):\n%s%+v", diff, priced.Considered)
		}
	}
	for _, id := range e.Applied {
		if !applied[id] {
			t.Errorf("offer %s does not apply", id)
		}
	}
	if e.Applied != nil && len(applied) != len(e.Applied) {
		t.Errorf("offers %v apply, want %v", applied, e.Applied)
	}
	for id, want := range e.Offers {
		want.hold(t, id, priced.Considered)
	}
}

func (want vectorReason) hold(t *testing.T, id string, considered []offer.Considered) {
	t.Helper()
	i := slices.IndexFunc(considered, func(c offer.Considered) bool { return c.Coupon == id })
	if i < 0 {
		i = slices.IndexFunc(considered, func(c offer.Considered) bool { return c.Offer == id })
	}
	if i < 0 {
		t.Errorf("offer or coupon %s has no answer", id)
		return
	}
	got := considered[i]
	if got.Reason != want.Reason || got.Missing != want.Missing || got.MissingPieces != want.MissingPieces || want.By != "" && got.By != want.By ||
		want.Amount != nil && got.Amount != *want.Amount || want.Detail != "" && got.Detail != want.Detail {
		t.Errorf("%s: %+v, want %+v", id, got, want)
	}
}

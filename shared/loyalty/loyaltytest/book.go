// Package loyaltytest holds the use cases of shared/loyalty to their promises over any store: account books that can be added up with a
// pencil, and random histories with crashes, stale reads and several workers at once. Only tests import it.
package loyaltytest

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

//go:embed testdata
var books embed.FS

// Run plays every account book over items. Card and receipt numbers are each book's own, so the items may be shared.
func Run(t *testing.T, open func(t *testing.T) store.Items) {
	files, err := fs.Glob(books, "testdata/*.book")
	if err != nil || len(files) == 0 {
		t.Fatalf("no account books: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(path.Base(file), ".book"), func(t *testing.T) {
			t.Parallel()
			text, err := books.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			newPlayer(t, open(t), file).play(string(text))
		})
	}
}

// player carries out the rows of one book and keeps its clock: each row happens at the moment that begins it.
type player struct {
	t       *testing.T
	now     time.Time
	zone    *time.Location
	store   *store.Store
	service *loyalty.Service
	serial  uint64 // of the book's first card
	card    string
}

func newPlayer(t *testing.T, items store.Items, book string) *player {
	p := &player{t: t, now: time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC), serial: Serial(book)}
	var err error
	if p.zone, err = time.LoadLocation("Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	p.store = store.New(items, p.clock)
	p.service = NewService(t, items, p.clock)
	return p
}

func (p *player) clock() time.Time { return p.now }

// Serial gives a test card numbers that no other test of the suite has.
func Serial(test string) uint64 {
	h := fnv.New32a()
	h.Write([]byte(test))
	return uint64(h.Sum32()) * 100
}

// number is the n-th card of the book.
func (p *player) number(text string) string {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || len(text) > 2 {
		return text // a number as it stands
	}
	rules, err := p.service.Programmes.At(p.t.Context(), p.now)
	if err != nil {
		p.t.Fatal(err)
	}
	return rules.IssueNumber(p.serial + n)
}

// NewService is the use cases over items, with the test programme published.
func NewService(t *testing.T, items store.Items, now func() time.Time) *loyalty.Service {
	t.Helper()
	return newService(t, items, now, "testdata/programme.yaml")
}

func newService(t *testing.T, items store.Items, now func() time.Time, rules string) *loyalty.Service {
	t.Helper()
	service, err := serve(t.Context(), items, now, rules)
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// serve publishes the rules of a file of testdata and makes the use cases over items.
func serve(ctx context.Context, items store.Items, now func() time.Time, rules string) (*loyalty.Service, error) {
	s := store.New(items, now)
	parsed, document, err := read(rules)
	if err != nil {
		return nil, err
	}
	if err := s.Publish(ctx, parsed.From, document); err != nil {
		return nil, fmt.Errorf("publish the test programme: %w", err)
	}
	service, _ := store.NewService(items, now)
	return service, nil
}

// read is the programme of a file of testdata, and the document as it is published.
func read(rules string) (*programme.Programme, []byte, error) {
	file, err := books.Open(rules)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	parsed, document, faults, err := yamldoc.Read(file)
	if err != nil || len(faults) > 0 {
		return nil, nil, fmt.Errorf("test programme: %w %v", err, faults)
	}
	return parsed, document, nil
}

func (p *player) play(text string) {
	scanner := bufio.NewScanner(strings.NewReader(text))
	for n := 1; scanner.Scan(); n++ {
		row := strings.TrimSpace(scanner.Text())
		if row == "" || strings.HasPrefix(row, "#") {
			continue
		}
		if number, ok := strings.CutPrefix(row, "card="); ok {
			p.card = p.number(number)
			continue
		}
		if name, ok := strings.CutPrefix(row, "programme="); ok {
			p.under(name)
			continue
		}
		action, want, ok := strings.Cut(row, "->")
		if !ok {
			p.t.Fatalf("row %d: no -> in %q", n, row)
		}
		got := p.act(strings.Fields(action))
		if want = strings.Join(strings.Fields(want), " "); got != want {
			p.t.Errorf("row %d: %s\n got: %s\nwant: %s", n, strings.TrimSpace(action), got, want)
		}
		p.sound(n)
	}
}

// sound checks the card's book after each row.
func (p *player) sound(row int) {
	opened, err := p.store.Open(p.t.Context(), p.card, true)
	if errors.Is(err, loyalty.ErrNotFound) {
		return
	}
	if err != nil {
		p.t.Fatal(err)
	}
	pages, err := p.store.Pages(p.t.Context(), opened.Head.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	if wrong := opened.Head.Book.Sound(pages); wrong != "" {
		p.t.Fatalf("row %d: the book is not sound: %s", row, wrong)
	}
}

// act carries out one row: moment, verb, name=value ...
func (p *player) act(words []string) string {
	at, err := time.ParseInLocation("2006-01-02T15:04", words[0], p.zone)
	if err != nil {
		p.t.Fatalf("%q is no moment: %v", words[0], err)
	}
	value := map[string]string{}
	for _, w := range words[2:] {
		name, v, _ := strings.Cut(w, "=")
		value[name] = v
	}
	if at.After(p.now) {
		p.now = at // a row that lies before the one above it arrives late
	}
	switch words[1] {
	case "checkout":
		return p.checkout(at, value)
	case "return":
		return p.giveBack(at, value)
	case "balance":
		return p.balance()
	case "hold":
		return p.hold(value)
	case "release":
		return p.release(value)
	case "gift":
		return p.gift(value)
	case "activate":
		return p.activate(value)
	}
	p.t.Fatalf("there is no verb %q", words[1])
	return ""
}

// key is the name of a receipt, at a till that no other book has.
func (p *player) key(text string) receipt.Key {
	key, err := receipt.ParseKey(text)
	if err != nil {
		p.t.Fatal(err)
	}
	key.Till += "." + strconv.FormatUint(p.serial, 36)
	return key
}

func (p *player) minor(text string) int64 {
	a, err := money.Parse(text, "EUR")
	if err != nil {
		p.t.Fatal(err)
	}
	return a.Minor
}

// checkout reads amount=12.34, total=12.34 (without lines), or lines=2xbeans@24.00-2.00,cup@5.00: pieces, category, price of the line, discount.
func (p *player) checkout(at time.Time, value map[string]string) string {
	key := p.key(value["receipt"])
	r := receipt.Receipt{Key: key, Card: p.card, At: at, Total: money.Amount{Currency: "EUR"}}
	if number, ok := value["card"]; ok {
		if r.Card = number; number != "" {
			r.Card = p.number(number)
		}
	}
	if on, ok := value["on"]; ok { // another date than the moment at which it comes
		var err error
		if r.At, err = time.ParseInLocation("2006-01-02T15:04", on, p.zone); err != nil {
			p.t.Fatal(err)
		}
	}
	if amount, ok := value["amount"]; ok {
		r.Lines = []receipt.Line{{ID: "1", Category: "food", Quantity: 1, Amount: p.minor(amount)}}
	}
	for i, text := range strings.FieldsFunc(value["lines"], func(c rune) bool { return c == ',' }) {
		what, price, _ := strings.Cut(text, "@")
		l := receipt.Line{ID: strconv.Itoa(i + 1), Category: what, Quantity: 1}
		if n, category, ok := strings.Cut(what, "x"); ok {
			if pieces, err := strconv.ParseInt(n, 10, 64); err == nil {
				l.Quantity, l.Category = pieces, category
			}
		}
		price, negative := strings.CutPrefix(price, "-")
		price, discount, _ := strings.Cut(price, "-")
		if l.Amount = p.minor(price); negative {
			l.Amount = -l.Amount
		}
		if discount != "" {
			l.Discount = p.minor(discount)
		}
		if strings.HasPrefix(l.Category, "!") {
			l.Category, l.Kind = "", l.Category[1:]
		}
		r.Lines = append(r.Lines, l)
	}
	for _, l := range r.Lines {
		r.Total.Minor += l.Net()
	}
	if total, ok := value["total"]; ok { // a receipt without lines
		r.Total.Minor = p.minor(total)
	}
	if coupons := value["coupons"]; coupons != "" {
		r.Coupons = p.coupons(coupons)
	}
	r.Tenders = p.tenders(value)
	a, err := p.service.Checkout(p.t.Context(), r)
	return p.told(a, err)
}

// coupons names coupons by their place in the wallet, "#1", or by their id.
func (p *player) coupons(text string) []string {
	opened, err := p.store.Open(p.t.Context(), p.card, true)
	if err != nil {
		p.t.Fatal(err)
	}
	var list []string
	for _, c := range strings.Split(text, ",") {
		if n, err := strconv.Atoi(strings.TrimPrefix(c, "#")); err == nil && n <= len(opened.Head.Wallet) {
			c = opened.Head.Wallet[n-1].ID
		}
		list = append(list, c)
	}
	return list
}

// giveBack reads lines=all, lines=1x2,3x1 (line and pieces) or money=5.00. id= names the return, the receipt and a letter if missing.
func (p *player) giveBack(at time.Time, value map[string]string) string {
	key := p.key(value["receipt"])
	ret := receipt.Return{ID: value["id"], At: at}
	if ret.ID == "" {
		ret.ID = "return-" + strings.ReplaceAll(words(value), " ", "-")
	}
	if text := value["lines"]; text != "all" && text != "" {
		for _, part := range strings.Split(text, ",") {
			line, pieces, _ := strings.Cut(part, "x")
			n, err := strconv.ParseInt(pieces, 10, 64)
			if err != nil {
				p.t.Fatal(err)
			}
			ret.Lines = append(ret.Lines, receipt.ReturnedLine{ID: line, Quantity: n})
		}
	}
	if text := value["money"]; text != "" {
		ret.Money = p.minor(text)
	}
	give := p.service.Return
	if value["door"] == "bus" {
		give = p.service.AwaitReturn
	}
	r, err := give(p.t.Context(), key, ret)
	told := p.told(r.Answer, err)
	if err == nil && r.Number > 0 {
		told += " refund=" + euros(r.Refund.Amount)
		if r.Other != r.Refund.Amount {
			told += " other=" + euros(r.Other)
		}
	}
	return told
}

func words(value map[string]string) string {
	var list []string
	for k, v := range value {
		list = append(list, k+"."+v)
	}
	slices.Sort(list)
	return strings.NewReplacer("/", "_", ",", "_").Replace(strings.Join(list, " "))
}

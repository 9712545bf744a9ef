package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Attributes of RECEIPT, RETURN and CLAIM.
const (
	recCard     = "c"
	recAt       = "a"  // RFC 3339
	recLines    = "l"  // see codec.go; for a return "id<tab>quantity"
	recCurrency = "cu" // ISO 4217
	recTotal    = "t"  // minor units
	recTax      = "x"
	recCoupons  = "k" // with spaces between
	recCodes    = "o" // JSON list
	recCart     = "ca"
	recSource   = "s"
	recOffers   = "f"  // offers that the till applied, see codec.go
	recGoods    = "g"  // what is known of the goods, see goods.go
	recReserved = "rv" // the till's id of what it held for the basket
	recUses     = "u"  // what became of codes and of offers with limits, see uses.go
	recWaiting  = "wt" // JSON list of returns that arrived before the receipt
	recID       = "id" // the till's own id of a return
	recNumber   = "n"  // the number that was shown with a claim; its card's id is under recCard
	recMoney    = "m"  // minor units paid back without naming goods
	recVoid     = "vo" // 1 of a return that undoes the sale
)

func receiptKey(key receipt.Key) Key {
	return Key{Table: Records, Partition: "receipt/" + key.String(), Sort: "RECEIPT"}
}

func (s *Store) receiptItem(r receipt.Receipt) (Item, error) {
	a := Attrs{}
	a.set(recCard, r.Card)
	a.set(recAt, r.At.UTC().Format(time.RFC3339Nano))
	a.set(recLines, writeLines(r.Lines))
	a.set(recCurrency, string(r.Total.Currency))
	a.set(recTotal, r.Total.Minor)
	a.set(recTax, r.Tax)
	a.set(recCoupons, strings.Join(r.Coupons, " "))
	a.set(recCart, r.Cart)
	a.set(recSource, r.Source)
	a.set(recOffers, writeUsed(r.Offers))
	a.set(recGoods, writeGoods(r.Lines, r.Goods))
	a.set(recTenders, writeTenders(r.Tenders))
	a.set(recReserved, r.Reservation)
	a.set(recUses, writeUses(r.Uses))
	if len(r.Codes) > 0 {
		codes, err := json.Marshal(r.Codes)
		if err != nil {
			return Item{}, err
		}
		a.set(recCodes, string(codes))
	}
	return Item{Key: receiptKey(r.Key), Attrs: a, Expires: s.expiry(receiptLife)}, nil
}

func readReceipt(key receipt.Key, a Attrs) (receipt.Receipt, error) {
	r := receipt.Receipt{
		Key: key, Card: a.text(recCard), Tax: a.whole(recTax), Cart: a.text(recCart), Source: a.text(recSource),
		Total:   money.Amount{Minor: a.whole(recTotal), Currency: money.Currency(a.text(recCurrency))},
		Coupons: strings.Fields(a.text(recCoupons)),
	}
	var err error
	if r.At, err = time.Parse(time.RFC3339Nano, a.text(recAt)); err != nil {
		return r, fmt.Errorf("receipt %s: %w", key, err)
	}
	if r.Lines, err = readLines(a.text(recLines)); err != nil {
		return r, fmt.Errorf("receipt %s: %w", key, err)
	}
	if r.Goods, err = readGoods(r.Lines, a.text(recGoods)); err != nil {
		return r, fmt.Errorf("receipt %s: %w", key, err)
	}
	if r.Tenders, err = readTenders(a.text(recTenders)); err != nil {
		return r, fmt.Errorf("receipt %s: %w", key, err)
	}
	if codes := a.text(recCodes); codes != "" {
		if err = json.Unmarshal([]byte(codes), &r.Codes); err != nil {
			return r, fmt.Errorf("receipt %s: %w", key, err)
		}
	}
	r.Reservation = a.text(recReserved)
	if r.Uses, err = readUses(a.text(recUses)); err != nil {
		return r, fmt.Errorf("receipt %s: %w", key, err)
	}
	if r.Offers, err = readUsed(a.text(recOffers)); err != nil {
		return r, fmt.Errorf("receipt %s: %w", key, err)
	}
	return r, nil
}

// File puts the receipt if its key is free: one write and no read.
func (s *Store) File(ctx context.Context, r receipt.Receipt) (loyalty.Filed, error) {
	item, err := s.receiptItem(r)
	if err != nil {
		return loyalty.Filed{}, err
	}
	_, err = s.items.Put(ctx, item, IfAbsent())
	refused := (*Refused)(nil)
	if !errors.As(err, &refused) || refused.Stored == nil {
		return loyalty.Filed{Receipt: r}, err
	}
	there := refused.Stored
	waiting, err := readWaiting(there.Attrs)
	if err != nil {
		return loyalty.Filed{}, err
	}
	if there.Attrs.text(recAt) == "" { // only returns wait here
		item.Attrs[recWaiting] = there.Attrs[recWaiting]
		_, err = s.items.Put(ctx, item, IfVersion(there.Version))
		return loyalty.Filed{Receipt: r, Waiting: waiting}, err
	}
	return s.filedBefore(r, *there, waiting)
}

// filedBefore is a receipt that is kept already, with what was found of its codes and limits then, and what its goods were then said to
// be: the catalogue may have changed since, and so what the rules ask for, and it is still the same sale. Another content is ErrConflict.
func (s *Store) filedBefore(r receipt.Receipt, there Item, waiting []receipt.Return) (loyalty.Filed, error) {
	var err error
	if r.Uses, err = readUses(there.Attrs.text(recUses)); err != nil {
		return loyalty.Filed{}, fmt.Errorf("receipt %s: %w", r.Key, err)
	}
	if r.Goods, err = readGoods(r.Lines, there.Attrs.text(recGoods)); err != nil {
		return loyalty.Filed{}, fmt.Errorf("receipt %s: %w", r.Key, loyalty.ErrConflict) // of lines that this one has not
	}
	item, err := s.receiptItem(r)
	if err != nil {
		return loyalty.Filed{}, err
	}
	same := maps.Clone(there.Attrs)
	delete(same, recWaiting)
	if !maps.Equal(same, item.Attrs) {
		return loyalty.Filed{}, fmt.Errorf("receipt %s: %w", r.Key, loyalty.ErrConflict)
	}
	return loyalty.Filed{Receipt: r, Waiting: waiting, Repeated: true}, nil
}

// returnDoc is how a waiting return lies in its placeholder.
type returnDoc struct {
	ID    string    `json:"id"`
	At    time.Time `json:"at"`
	Lines string    `json:"lines,omitempty"`
	Money int64     `json:"money,omitempty"`
	Void  bool      `json:"void,omitempty"`
}

func writeReturn(r receipt.Return) returnDoc {
	return returnDoc{ID: r.ID, At: r.At, Lines: writeReturned(r.Lines), Money: r.Money, Void: r.Void}
}

func readWaiting(a Attrs) ([]receipt.Return, error) {
	text := a.text(recWaiting)
	if text == "" {
		return nil, nil
	}
	var docs []returnDoc
	if err := json.Unmarshal([]byte(text), &docs); err != nil {
		return nil, fmt.Errorf("waiting returns: %w", err)
	}
	var list []receipt.Return
	for _, d := range docs {
		lines, err := readReturned(d.Lines)
		if err != nil {
			return nil, err
		}
		list = append(list, receipt.Return{ID: d.ID, At: d.At, Lines: lines, Money: d.Money, Void: d.Void})
	}
	return list, nil
}

func writeReturned(lines []receipt.ReturnedLine) string {
	text := make([]string, len(lines))
	for i, l := range lines {
		text[i] = l.ID + "\t" + number(l.Quantity)
	}
	return strings.Join(text, "\n")
}

func readReturned(text string) ([]receipt.ReturnedLine, error) {
	if text == "" {
		return nil, nil
	}
	var lines []receipt.ReturnedLine
	for _, row := range strings.Split(text, "\n") {
		id, quantity, _ := strings.Cut(row, "\t")
		n, err := strconv.ParseInt(quantity, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("returned line %q: %w", row, err)
		}
		lines = append(lines, receipt.ReturnedLine{ID: id, Quantity: n})
	}
	return lines, nil
}

// Receipt reads a receipt with its returns.
func (s *Store) Receipt(ctx context.Context, key receipt.Key) (loyalty.Filed, error) {
	filed, found := loyalty.Filed{}, false
	in := QueryInput{Table: Records, Partition: receiptKey(key).Partition, Read: Strong}
	err := every(ctx, s.items, in, func(item Item) (err error) {
		switch item.Key.Sort {
		case "RECEIPT":
		case sortClaim:
			filed.Claim = loyalty.ReceiptClaim{Card: item.Attrs.text(recCard), Number: item.Attrs.text(recNumber)}
			return nil
		default:
			ret, err := readReturn(item.Attrs)
			if err != nil {
				return fmt.Errorf("%s: %w", item.Key, err)
			}
			filed.Returns = append(filed.Returns, ret)
			return nil
		}
		if item.Attrs.text(recAt) == "" {
			return nil // only returns wait here
		}
		found = true
		filed.Receipt, err = readReceipt(key, item.Attrs)
		return err
	})
	if err != nil {
		return filed, fmt.Errorf("read receipt %s: %w", key, err)
	}
	if !found {
		return filed, fmt.Errorf("receipt %s: %w", key, loyalty.ErrNotFound)
	}
	return filed, nil
}

const sortClaim = "CLAIM"

// Claim puts whose a guest's receipt is beside it, if nobody has: the receipt itself never changes.
func (s *Store) Claim(ctx context.Context, key receipt.Key, claim loyalty.ReceiptClaim) error {
	_, err := s.items.Put(ctx, Item{
		Key:     Key{Table: Records, Partition: receiptKey(key).Partition, Sort: sortClaim},
		Attrs:   Attrs{recCard: claim.Card, recNumber: claim.Number},
		Expires: s.expiry(receiptLife),
	}, IfAbsent())
	return known(err)
}

func readReturn(a Attrs) (receipt.Return, error) {
	at, err := time.Parse(time.RFC3339Nano, a.text(recAt))
	if err != nil {
		return receipt.Return{}, err
	}
	lines, err := readReturned(a.text(recLines))
	return receipt.Return{ID: a.text(recID), At: at, Lines: lines, Money: a.whole(recMoney), Void: a.whole(recVoid) == 1}, err
}

// FileReturn puts the n-th return if there is none of that number.
func (s *Store) FileReturn(ctx context.Context, key receipt.Key, n int, ret receipt.Return) error {
	_, err := s.items.Put(ctx, s.returnItem(key, n, ret), IfAbsent())
	return known(err)
}

func (s *Store) returnItem(key receipt.Key, n int, ret receipt.Return) Item {
	a := Attrs{recID: ret.ID, recAt: ret.At.UTC().Format(time.RFC3339Nano)}
	a.set(recLines, writeReturned(ret.Lines))
	a.set(recMoney, ret.Money)
	if ret.Void {
		a.set(recVoid, int64(1))
	}
	return Item{
		Key:     Key{Table: Records, Partition: receiptKey(key).Partition, Sort: fmt.Sprintf("RETURN/%04d", n)},
		Attrs:   a,
		Expires: s.expiry(receiptLife),
	}
}

// Await keeps a return under the key of the receipt that it waits for: the receipt's own put will be refused and brought it.
func (s *Store) Await(ctx context.Context, key receipt.Key, ret receipt.Return) error {
	item := Item{Key: receiptKey(key), Attrs: Attrs{}, Expires: s.expiry(receiptLife)}
	cond := IfAbsent()
	there, err := s.items.Get(ctx, item.Key, Strong)
	if err == nil {
		cond = IfVersion(there.Version)
		if there.Attrs.text(recAt) != "" {
			return fmt.Errorf("receipt %s has arrived: %w", key, loyalty.ErrConflict)
		}
	} else if !errors.Is(err, ErrNotFound) {
		return err
	}
	waiting, err := readWaiting(there.Attrs)
	if err != nil {
		return err
	}
	docs := []returnDoc{}
	for _, w := range waiting {
		if w.ID == ret.ID && !w.Equal(ret) {
			return &loyalty.Error{Kind: loyalty.ErrConflict, Code: "return_conflict", Detail: fmt.Sprintf(
				"return %s waits for receipt %s already with other lines; give a new return a new id", ret.ID, key)}
		}
		if w.ID == ret.ID {
			return nil // it waits already
		}
		docs = append(docs, writeReturn(w))
	}
	docs = append(docs, writeReturn(ret))
	body, err := json.Marshal(docs)
	if err != nil {
		return err
	}
	item.Attrs[recWaiting] = string(body)
	_, err = s.items.Put(ctx, item, cond)
	return known(err)
}

func pageItem(id string, p ledger.Page) Item {
	return Item{
		Key:   Key{Table: Records, Partition: cardPartition(id), Sort: fmt.Sprintf("PAGE/%06d", p.Number)},
		Attrs: Attrs{headTail: writeEntries(p.Entries), headBalance: p.Balance},
	}
}

// PutPage puts a page of a ledger. A page that lies there with the same entries is the same page.
func (s *Store) PutPage(ctx context.Context, id string, p ledger.Page) error {
	item := pageItem(id, p)
	_, err := s.items.Put(ctx, item, IfAbsent())
	if refused := (*Refused)(nil); errors.As(err, &refused) && refused.Stored != nil {
		if maps.Equal(refused.Stored.Attrs, item.Attrs) {
			return nil
		}
		return fmt.Errorf("page %d of card %s lies there with other entries: %w", p.Number, id, err)
	}
	return err
}

// Pages reads all pages of a card.
func (s *Store) Pages(ctx context.Context, id string) ([]ledger.Page, error) {
	var pages []ledger.Page
	in := QueryInput{Table: Records, Partition: cardPartition(id), Prefix: "PAGE/", Read: Strong}
	err := every(ctx, s.items, in, func(item Item) error {
		n, err := strconv.ParseInt(strings.TrimPrefix(item.Key.Sort, "PAGE/"), 10, 64)
		if err != nil {
			return fmt.Errorf("%s: %w", item.Key, err)
		}
		entries, err := readEntries(item.Attrs.text(headTail))
		if err != nil {
			return fmt.Errorf("%s: %w", item.Key, err)
		}
		pages = append(pages, ledger.Page{Number: n, Balance: item.Attrs.whole(headBalance), Entries: entries})
		return nil
	})
	return pages, err
}

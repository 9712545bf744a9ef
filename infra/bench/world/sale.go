package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// sale is one receipt of the history, however often and by whichever door it comes.
type sale struct {
	data     events.CheckoutCompleted
	at       time.Time
	answered bool
	listed   bool

	back      []string // ids of returns that were asked for
	whole     bool     // one of them asks for all
	contested bool     // there are several, and not all may be taken
}

func (s *sale) key() receipt.Key { return receipt.Key(s.data.Receipt) }

func (s *sale) metadata(id string) events.Metadata {
	return events.Metadata{ID: id, OccurredAt: s.at, Source: "till"}
}

// plain reports that the till took nothing off and that all of it was paid in money: what that earns an oracle knows by itself.
func (s *sale) plain() bool { return len(s.data.Offers) == 0 && len(s.data.Tenders) == 0 }

type moneyBody struct {
	Amount   int64          `json:"amount"`
	Currency money.Currency `json:"currency"`
}

func euros(minor int64) moneyBody { return moneyBody{minor, "EUR"} }

// body is the sale as a till tells it.
func (s *sale) body() string {
	var lines, offers, tenders []map[string]any
	for _, l := range s.data.Lines {
		line := map[string]any{"id": l.ID, "category": l.Category, "quantity": l.Quantity, "amount": euros(l.Amount)}
		if l.Discount > 0 {
			line["discount"] = euros(l.Discount)
		}
		lines = append(lines, line)
	}
	for _, o := range s.data.Offers {
		offer := map[string]any{"offer": o.Offer, "amount": euros(o.Amount)}
		if o.Coupon != "" {
			offer["coupon"] = o.Coupon
		}
		if o.Code != "" {
			offer["code"] = o.Code
		}
		offers = append(offers, offer)
	}
	for _, t := range s.data.Tenders {
		tenders = append(tenders, map[string]any{"kind": t.Kind, "points": t.Points})
	}
	whole := map[string]any{
		"receipt": s.data.Receipt, "card": s.data.Card, "occurred_at": s.at.Format(time.RFC3339), "lines": lines, "total": euros(s.data.Total.Minor),
	}
	for name, list := range map[string][]map[string]any{"offers": offers, "tenders": tenders} {
		if len(list) > 0 {
			whole[name] = list
		}
	}
	for name, list := range map[string][]string{"coupons": s.data.Coupons, "codes": s.data.Codes} {
		if len(list) > 0 {
			whole[name] = list
		}
	}
	for name, text := range map[string]string{"cart": s.data.Cart, "reservation": s.data.Reservation} {
		if text != "" {
			whole[name] = text
		}
	}
	return written(whole)
}

// detail is the sale as the bus tells it.
func (s *sale) detail() string {
	return written(map[string]any{"metadata": s.metadata("e-" + s.key().Till + "-" + s.key().Number), "data": s.data})
}

// taken is a return of a sale: some of its first line, or all that is left.
type taken struct {
	ID     string
	At     time.Time
	Pieces int64 // of line 1; 0: all
}

func (t taken) body(s *sale) string {
	whole := map[string]any{"return": t.ID, "receipt": s.data.Receipt, "occurred_at": t.At.Format(time.RFC3339)}
	if t.Pieces > 0 {
		whole["lines"] = []events.ReturnedLine{{ID: "1", Quantity: t.Pieces}}
	}
	return written(whole)
}

func (t taken) detail(s *sale) string {
	data := events.CheckoutRefunded{Return: t.ID, Receipt: s.data.Receipt}
	if t.Pieces > 0 {
		data.Lines = []events.ReturnedLine{{ID: "1", Quantity: t.Pieces}}
	}
	return written(map[string]any{"metadata": events.Metadata{ID: "r-" + t.ID, OccurredAt: t.At, Source: "till"}, "data": data})
}

func written(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("what is written here has JSON: %v", err)) // maps of texts and numbers always have
	}
	return string(text)
}

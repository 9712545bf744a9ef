package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/shared/kit"
)

// someone is a shopper. Some come much more often than others, and some stand at two tills at once.
func (h *history) someone() *shopper {
	if h.just != nil && !h.just.gone && h.hand.IntN(3) == 0 {
		return h.just
	}
	for {
		n := h.hand.IntN(len(h.cards))
		if h.hand.IntN(4) == 0 {
			n = h.hand.IntN(min(8, len(h.cards)))
		}
		if !h.cards[n].gone {
			h.just = h.cards[n]
			return h.just
		}
	}
}

func (h *history) id(what string) string {
	h.ids++
	return fmt.Sprintf("%s-%d", what, h.ids)
}

func (h *history) enrol(ctx context.Context) error {
	n := uint64(len(h.cards) + 1)
	s := &shopper{number: h.w.Rules.IssueNumber(n), allows: h.hand.IntN(5) > 0}
	h.cards = append(h.cards, s)
	day := ""
	if h.hand.IntN(3) > 0 {
		day = fmt.Sprintf(`,"birthday":"%02d-%02d"`, []int{11, 12, 1}[h.hand.IntN(3)], 1+h.hand.IntN(28))
	}
	body := fmt.Sprintf(`{"number":%q,"store":"0042","given_name":"Ana","email":"ana%d@shopper.example","consents":{"offers":{"allowed":%t,"text_version":"1"}}%s}`,
		s.number, n, s.allows, day)
	return h.ask(ctx, "POST", "/v1/cards", body, func(a kit.Answer) error {
		if (s.gone || s.changed) && a.Status == http.StatusConflict {
			return nil // it was enrolled unheard; by now its shopper has another card, or has said something else
		}
		return good("POST", "/v1/cards", body, ignored)(a)
	})
}

// ignored is for answers of which nothing is needed but that they are of success.
func ignored(kit.Answer) error { return nil }

func (h *history) allow(ctx context.Context) error {
	s := h.someone()
	allows := h.hand.IntN(2) == 0
	if s.unsure {
		return nil
	}
	s.unsure, s.changed = true, true
	path, body := "/v1/cards/"+s.number, fmt.Sprintf(`{"store":"0042","consents":{"offers":{"allowed":%t,"text_version":"1"}}}`, allows)
	return h.ask(ctx, "PATCH", path, body, func(a kit.Answer) error {
		if a.Status == http.StatusNotFound {
			s.unsure = false
			return nil // its enrolment waits for a line
		}
		return good("PATCH", path, body, func(kit.Answer) error {
			s.unsure = false
			s.said(allows, h.w.Now())
			return nil
		})(a)
	})
}

// said notes what was heard of a shopper: on the card that theirs has become part of, for its number leads there. While nobody has answered
// for a merge, it may have been heard on either.
//
// Moments of consent are kept by the second, and of two at the same one the withdrawal wins: a yes on the heels of a no may go for nothing.
func (s *shopper) said(allows bool, now time.Time) {
	at := s
	for at.merged {
		at = at.toward
	}
	if at.toward == nil {
		at.vague = allows && now.Sub(at.refused) < time.Second
		if at.allows = allows; !allows {
			at.refused = now
		}
		return
	}
	for at.toward != nil {
		at = at.toward
		at.vague = true
	}
}

func (h *history) fill(ctx context.Context) error {
	s := h.someone()
	if s.cart == "" {
		h.carts++
		s.cart, s.version = fmt.Sprintf("cart-%d", h.carts), 0
	}
	s.version++
	path := "/v1/carts/" + s.cart
	cents := 100 + h.hand.Int64N(3000)
	body := fmt.Sprintf(`{"version":%d,"card":%q,"updated_at":%q,"lines":[{"id":"1","sku":"mug","quantity":1,"amount":{"amount":%d,"currency":"EUR"}}],"total":{"amount":%d,"currency":"EUR"},"url":"https://shop.example/cart"}`,
		s.version, s.number, h.w.Now().UTC().Format(time.RFC3339), cents, cents)
	return h.ask(ctx, "PUT", path, body, good("PUT", path, body, ignored))
}

// merge makes one card of two. Afterwards the number of the first leads to the second.
func (h *history) merge(ctx context.Context) error {
	from, into := h.someone(), h.someone()
	if from == into || len(h.cards) < 20 {
		return nil
	}
	path, body := "/v1/cards/"+from.number+"/merge", fmt.Sprintf(`{"into":%q,"id":%q,"reason":"One shopper","by":"Mira"}`, into.number, h.id("merge"))
	from.gone, from.toward, into.changed = true, into, true
	return h.ask(ctx, "POST", path, body, func(a kit.Answer) error {
		if a.Status == http.StatusNotFound {
			from.toward = nil // one of them has never come to be
			return nil
		}
		if a.Status == http.StatusConflict && bytes.Contains(a.Body, []byte(`"merge_limit"`)) {
			from.toward = nil // the two would hold more cards than one may
			return nil
		}
		return good("POST", path, body, func(kit.Answer) error {
			from.merged = true
			return nil
		})(a)
	})
}

func (h *history) adjust(ctx context.Context) error {
	s := h.someone()
	path, body := "/v1/cards/"+s.number+"/adjustments", fmt.Sprintf(`{"points":%d,"id":%q,"reason":"For the wait","by":"Mira"}`, 1+h.hand.IntN(20), h.id("gift"))
	return h.ask(ctx, "POST", path, body, func(a kit.Answer) error {
		if a.Status == http.StatusNotFound {
			return nil
		}
		return good("POST", path, body, ignored)(a)
	})
}

// quote asks for a price, holds what it uses, and mostly pays.
func (h *history) quote(ctx context.Context) error {
	s := h.someone()
	made := h.basket(s)
	if len(made.data.Coupons)+len(made.data.Codes) == 0 || made.data.Cart != "" {
		return h.file(ctx, made, s)
	}
	id := h.id("hold")
	ask := map[string]any{"card": s.number, "store": made.key().Store, "till": made.key().Till, "reserve": map[string]any{"id": id, "minutes": 1 + h.hand.IntN(20)}}
	var lines []map[string]any
	for _, l := range made.data.Lines {
		lines = append(lines, map[string]any{"id": l.ID, "category": l.Category, "quantity": l.Quantity, "amount": euros(l.Amount)})
	}
	if ask["lines"] = lines; len(made.data.Coupons) > 0 {
		ask["coupons"] = made.data.Coupons
	}
	if len(made.data.Codes) > 0 {
		ask["codes"] = made.data.Codes
	}
	body := written(ask)
	made.data.Reservation = id
	return h.ask(ctx, "POST", "/v1/quotes", body, good("POST", "/v1/quotes", body, func(kit.Answer) error {
		if h.hand.IntN(5) == 0 {
			return nil // never paid for
		}
		return h.file(ctx, made, s)
	}))
}

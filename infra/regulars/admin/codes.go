package admin

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/limit"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// MaxBatch is how many codes are made at once.
const MaxBatch = 10_000_000

// CodeBatch is a batch of unique codes as it is shown. Its codes lie nowhere; they are made again whenever they are asked for.
type CodeBatch struct {
	Batch    uint32     `json:"batch"`
	Offer    string     `json:"offer"`
	Name     string     `json:"name,omitempty"`
	Count    int64      `json:"count"`
	Uses     int64      `json:"uses,omitempty"` // of each code; as the offer says where it is missing
	From     string     `json:"from,omitempty"`
	Until    string     `json:"until,omitempty"`
	MadeAt   time.Time  `json:"made_at"`
	VoidedAt *time.Time `json:"voided_at,omitempty"`
}

// NewBatch asks for a batch.
type NewBatch struct {
	Offer string `json:"offer"`
	Name  string `json:"name"`
	Count int64  `json:"count"`
	Uses  int64  `json:"uses"`
	From  string `json:"from"`
	Until string `json:"until"`
}

// ShownCode is one code and how far it is used up.
type ShownCode struct {
	Code   string     `json:"code"`
	Offer  string     `json:"offer"`
	Batch  *CodeBatch `json:"batch,omitempty"`
	Limits []Limit    `json:"limits"`
	Void   bool       `json:"void"`
}

// Limit is how far one limit is used up.
type Limit struct {
	Of        string `json:"of"` // "code/...", "offer/<id>/<period>"
	Uses      int64  `json:"uses"`
	MaxUses   int64  `json:"max_uses,omitempty"`
	Money     int64  `json:"money,omitempty"` // minor units
	MaxMoney  int64  `json:"max_money,omitempty"`
	OverUses  int64  `json:"over_uses,omitempty"` // given away beyond the limit by tills without a line
	OverMoney int64  `json:"over_money,omitempty"`
	Held      int    `json:"held,omitempty"` // baskets that hold a part now
}

func shownBatch(b loyalty.CodeBatch) CodeBatch {
	s := CodeBatch{Batch: b.Number, Offer: b.Offer, Name: b.Name, Count: b.Count, Uses: b.Uses, MadeAt: b.MadeAt}
	if b.From != 0 {
		s.From = b.From.String()
	}
	if b.Until != 0 {
		s.Until = b.Until.String()
	}
	if !b.VoidedAt.IsZero() {
		s.VoidedAt = &b.VoidedAt
	}
	return s
}

// makeBatch stores what is known of a batch; its codes need no room.
func (h *handler) makeBatch(w http.ResponseWriter, r *http.Request) {
	var asked NewBatch
	if !read(w, r, &asked, 0) {
		return
	}
	rules, err := h.Service.Programmes.At(r.Context(), h.Now())
	if errors.Is(err, loyalty.ErrNotFound) {
		err = refuse(loyalty.ErrNotFound, "no_programme", "no programme is published yet; `regulars programme publish` does it")
	}
	if err != nil {
		fail(w, err)
		return
	}
	b, err := asked.batch(rules, h.Now())
	if err != nil {
		fail(w, err)
		return
	}
	if b, err = h.store.AddBatch(r.Context(), b); err != nil {
		fail(w, err)
		return
	}
	onRecord(r, fmt.Sprintf("batch %d", b.Number), "none", fmt.Sprintf("%d codes of offer %s", b.Count, b.Offer))
	edge.WriteJSON(w, http.StatusCreated, shownBatch(b))
}

// batch judges what was asked for.
func (n NewBatch) batch(rules *programme.Programme, now time.Time) (loyalty.CodeBatch, error) {
	b := loyalty.CodeBatch{Offer: n.Offer, Name: strings.TrimSpace(n.Name), Count: n.Count, Uses: n.Uses, MadeAt: now.UTC().Truncate(time.Second)}
	wrong := func(code, format string, args ...any) (loyalty.CodeBatch, error) {
		return b, refuse(loyalty.ErrInvalid, code, fmt.Sprintf(format, args...))
	}
	var err error
	for text, into := range map[string]*day.Day{n.From: &b.From, n.Until: &b.Until} {
		if text == "" {
			continue
		}
		if *into, err = day.Parse(text); err != nil {
			return wrong("day_invalid", "%v", err)
		}
	}
	switch {
	case !rules.HasOffer(n.Offer):
		return wrong("offer_unknown", "there is no offer %s in the programme that holds now", n.Offer)
	case !rules.TakesCodes(n.Offer):
		return wrong("offer_without_codes", "offer %s takes no codes of batches; set codes: true on it and publish the programme", n.Offer)
	case n.Count < 1 || n.Count > MaxBatch:
		return wrong("count_invalid", "a batch has 1 to %d codes", MaxBatch)
	case n.Uses < 0:
		return wrong("uses_invalid", "a code is used once or more often")
	case b.Until != 0 && b.Until < max(b.From, day.Of(now, rules.Zone(""))):
		return wrong("until_invalid", "the codes would end before they begin, or have ended already")
	case len([]rune(b.Name)) > maxName:
		return wrong("name_invalid", "a batch's name has at most %d characters", maxName)
	}
	return b, nil
}

func (h *handler) listBatches(w http.ResponseWriter, r *http.Request) {
	list, err := h.store.Batches(r.Context())
	if err != nil {
		fail(w, fmt.Errorf("list batches: %w", err))
		return
	}
	shown := make([]CodeBatch, len(list))
	for i, b := range list {
		shown[i] = shownBatch(b)
	}
	edge.WriteJSON(w, http.StatusOK, shown)
}

// findBatch returns the batch that a path names.
func (h *handler) findBatch(r *http.Request) (loyalty.CodeBatch, error) {
	list, err := h.store.Batches(r.Context())
	if err != nil {
		return loyalty.CodeBatch{}, fmt.Errorf("list batches: %w", err)
	}
	for _, b := range list {
		if strconv.FormatUint(uint64(b.Number), 10) == r.PathValue("batch") {
			return b, nil
		}
	}
	return loyalty.CodeBatch{}, refuse(loyalty.ErrNotFound, "batch_unknown", "there is no batch "+r.PathValue("batch")+"; `regulars code list` shows them")
}

// batchCodes writes the codes of a batch from a number on, as lines of CSV: code, batch, number.
func (h *handler) batchCodes(w http.ResponseWriter, r *http.Request) {
	b, err := h.findBatch(r)
	if err != nil {
		fail(w, err)
		return
	}
	codes, err := h.store.Codes(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	from, err := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	if err != nil || from < 0 {
		from = 0
	}
	w.Header().Set("Content-Type", "text/csv")
	out := bufio.NewWriter(w)
	for n := from; n < b.Count && r.Context().Err() == nil; n++ {
		fmt.Fprintf(out, "%s,%d,%d\n", ids.GroupCode(codes.Make(b.Number, uint64(n))), b.Number, n+1)
	}
	_ = out.Flush() // a reader who has gone away needs no codes; the file says where it stops
}

// voidBatch takes a whole batch back. Doing so again changes nothing.
func (h *handler) voidBatch(w http.ResponseWriter, r *http.Request) {
	b, err := h.findBatch(r)
	was := "good"
	if err == nil && !b.VoidedAt.IsZero() {
		was = "void"
	}
	onRecord(r, "", was, "void")
	if err == nil && b.VoidedAt.IsZero() {
		b.VoidedAt = h.Now().UTC().Truncate(time.Second)
		err = h.store.PutBatch(r.Context(), b)
	}
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, shownBatch(b))
}

// code finds a code that a person typed, with its offer and limits.
func (h *handler) code(r *http.Request) (ShownCode, []limit.Counter, error) {
	text := ids.NormaliseCode(r.PathValue("code"))
	rules, err := h.Service.Programmes.At(r.Context(), h.Now())
	if err != nil {
		return ShownCode{}, nil, err
	}
	c, on := ShownCode{Code: text, Limits: []Limit{}}, day.Of(h.Now(), rules.Zone(""))
	if generic, ok := rules.CodeOffer(text); ok {
		c.Offer = generic
		return c, rules.Counters(generic, "", 0, "", on), nil
	}
	b, err := h.store.CodeBatch(r.Context(), text)
	if errors.Is(err, loyalty.ErrNotFound) {
		return c, nil, refuse(loyalty.ErrNotFound, receipt.CodeUnknown, text+" is no code of this shop; was it read right?")
	}
	if err != nil {
		return c, nil, err
	}
	shown := shownBatch(b)
	c.Code, c.Offer, c.Batch, c.Void = ids.GroupCode(text), b.Offer, &shown, shown.VoidedAt != nil
	return c, rules.Counters(b.Offer, text, b.Uses, "", on), nil
}

func (h *handler) showCode(w http.ResponseWriter, r *http.Request) {
	c, counters, err := h.code(r)
	if err != nil {
		fail(w, err)
		return
	}
	var keys []string
	for _, k := range counters {
		keys = append(keys, k.Key)
	}
	tallies, err := h.store.Tallies(r.Context(), keys)
	if err != nil {
		fail(w, err)
		return
	}
	for i, t := range tallies {
		l := Limit{
			Of: keys[i], Uses: t.Used.Uses, MaxUses: counters[i].Limit.Uses, Money: t.Used.Money, MaxMoney: counters[i].Limit.Money,
			OverUses: t.Over.Uses, OverMoney: t.Over.Money,
		}
		for _, held := range t.Holds {
			if h.Now().Before(held.Until) {
				l.Held++
			}
		}
		c.Void = c.Void || t.Voided
		c.Limits = append(c.Limits, l)
	}
	edge.WriteJSON(w, http.StatusOK, c)
}

// voidCode takes one code of a batch back. Doing so again changes nothing.
func (h *handler) voidCode(w http.ResponseWriter, r *http.Request) {
	c, _, err := h.code(r)
	if err == nil && c.Batch == nil {
		err = refuse(loyalty.ErrRefused, "code_for_all", "everybody may use "+c.Code+"; take it out of the programme, or give its offer a last day")
	}
	if err == nil {
		err = h.store.ChangeTallies(r.Context(), []string{programme.CodeTally(ids.NormaliseCode(c.Code))}, func(now []limit.Tally) ([]limit.Tally, error) {
			next := now[0]
			next.Voided = true
			return []limit.Tally{next}, nil
		})
	}
	if err != nil {
		fail(w, err)
		return
	}
	onRecord(r, c.Code, "", "void")
	c.Void = true
	edge.WriteJSON(w, http.StatusOK, c)
}

package admin

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/rfm"
)

// AskScores is as of when cards are to be scored: at the end of a day, "2026-12-31"; now if missing.
type AskScores struct {
	At string `json:"at,omitempty"`
}

// ScoreLine is a line of the answer to AskScores: how far it is, or at the end the report, or why it broke off. Currency is that of the
// report's money.
type ScoreLine struct {
	Done     int64      `json:"done,omitempty"`
	Table    *rfm.Table `json:"table,omitempty"`
	Currency string     `json:"currency,omitempty"`
	Error    string     `json:"error,omitempty"`
}

// scoreCards answers in lines of JSON, with the report in the last.
func (h *handler) scoreCards(w http.ResponseWriter, r *http.Request) {
	out := lines(w)
	rules, err := h.Service.Programmes.At(r.Context(), h.Now())
	if err != nil {
		out(ScoreLine{Error: err.Error()})
		return
	}
	at, err := scoredAt(r, h.Now(), rules.Zone(""))
	if err != nil {
		out(ScoreLine{Error: err.Error()})
		return
	}
	tell := telling(func(v any) {
		if line, ok := v.(Verified); ok {
			out(ScoreLine{Done: line.Done})
		}
	})
	table, err := h.Service.ScoreCards(r.Context(), at, segmentParts, func(n int64) { tell("", n) })
	if err != nil {
		out(ScoreLine{Error: err.Error()})
		return
	}
	out(ScoreLine{Table: &table, Currency: string(rules.Currency)})
}

// scoredAt is the last second of the day that is asked for, or now.
func scoredAt(r *http.Request, now time.Time, zone *time.Location) (time.Time, error) {
	var ask AskScores
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1_000)).Decode(&ask); err != nil || ask.At == "" {
		return now.Truncate(time.Second), err
	}
	on, err := day.Parse(ask.At)
	if err != nil {
		return time.Time{}, err
	}
	if on == day.Of(now, zone) {
		return now.Truncate(time.Second), nil
	}
	return (on + 1).Start(zone).Add(-time.Second), nil
}

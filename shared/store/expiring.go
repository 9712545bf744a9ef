package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// What is kept so that the world hears of points before they end: an item of its own beside the card's, about 100 bytes, in the due
// index by the day on which to look at the card. It is written when points come that end earlier than the card would be looked at, and
// when its day has come; no checkout writes it.
const (
	sortExpiring      = "EXPIRING"
	expiringPartition = "expiring/"
	dueExpiring       = "expiring"

	expiringTold    = "told" // "20271130 20271231": last days that were told
	expiringNews    = "new"  // "20271130:35": last days and points that this put tells
	expiringAt      = "at"   // moment of the last look
	expiringBalance = "p"    // points of the card at that moment
)

func expiringKey(id string) Key {
	return Key{Table: Cards, Partition: expiringPartition + id, Sort: sortExpiring}
}

// Warning reads what is kept of a card's points that end.
func (s *Store) Warning(ctx context.Context, id string) (loyalty.Warning, loyalty.Version, error) {
	item, err := s.items.Get(ctx, expiringKey(id), Strong)
	if errors.Is(err, ErrNotFound) {
		return loyalty.Warning{Card: id}, 0, nil
	}
	if err != nil {
		return loyalty.Warning{}, 0, err
	}
	w, err := readWarning(item)
	return w, loyalty.Version(item.Version), err
}

// PutWarning stores it over the version that was read.
func (s *Store) PutWarning(ctx context.Context, w loyalty.Warning, version loyalty.Version) error {
	item := Item{Key: expiringKey(w.Card), Attrs: Attrs{}}
	if w.DueOn != 0 {
		item.Due = Due{Kind: dueExpiring, At: w.DueOn.String()}
	}
	var told, news []string
	for _, d := range w.Told {
		told = append(told, writeDay(d))
	}
	for _, l := range w.News {
		news = append(news, fmt.Sprintf("%s:%d", writeDay(l.ExpiresOn), l.Points))
	}
	item.Attrs.set(expiringTold, strings.Join(told, " "))
	item.Attrs.set(expiringNews, strings.Join(news, " "))
	if !w.At.IsZero() {
		item.Attrs.set(expiringAt, writeMoment(w.At))
	}
	item.Attrs.set(expiringBalance, w.Balance)
	_, err := s.items.Put(ctx, item, over(version))
	return known(err)
}

// DueWarnings lists cards by the day on which to look at them.
func (s *Store) DueWarnings(ctx context.Context, on day.Day, limit int) ([]string, error) {
	due, err := s.due(ctx, dueExpiring, (on + 1).String(), limit)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, item := range due {
		list = append(list, strings.TrimPrefix(item.Key.Partition, expiringPartition))
	}
	return list, nil
}

// ExpiringChange reads what a change of the cards table tells of points that end, off the image that its stream brings; false for a
// change of anything else. It fails on an image that this package did not write.
func ExpiringChange(is map[string]any) (loyalty.Warning, bool, error) {
	if sort, _ := is[NameSort].(string); sort != sortExpiring {
		return loyalty.Warning{}, false, nil
	}
	item, err := ItemOf(Cards, is)
	if err != nil {
		return loyalty.Warning{}, false, err
	}
	w, err := readWarning(item)
	return w, err == nil, err
}

func readWarning(item Item) (loyalty.Warning, error) {
	w := loyalty.Warning{Card: strings.TrimPrefix(item.Key.Partition, expiringPartition), Balance: item.Attrs.whole(expiringBalance)}
	wrong := func(err error) (loyalty.Warning, error) {
		return loyalty.Warning{}, fmt.Errorf("points of card %s that end: %w", w.Card, err)
	}
	var err error
	if item.Due != (Due{}) {
		t, err := time.Parse(time.DateOnly, item.Due.At)
		if err != nil {
			return wrong(err)
		}
		w.DueOn = day.Date(t.Date())
	}
	if at := item.Attrs.text(expiringAt); at != "" {
		if w.At, err = readMoment(at); err != nil {
			return wrong(err)
		}
	}
	for _, text := range strings.Fields(item.Attrs.text(expiringTold)) {
		d, err := readDay(text)
		if err != nil {
			return wrong(err)
		}
		w.Told = append(w.Told, d)
	}
	for _, text := range strings.Fields(item.Attrs.text(expiringNews)) {
		last, points, _ := strings.Cut(text, ":")
		l := ledger.Lot{}
		if l.ExpiresOn, err = readDay(last); err != nil {
			return wrong(err)
		}
		if l.Points, err = strconv.ParseInt(points, 10, 64); err != nil {
			return wrong(err)
		}
		w.News = append(w.News, l)
	}
	return w, nil
}

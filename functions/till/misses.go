package till

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// maxMisses is how many numbers and codes that do not exist a key is told of in one minute of the clock. Beyond it every look-up is
// refused until the minute is over, of what exists as well: the refusal tells nothing.
const maxMisses = 30

// misses are those of this minute that this copy of the function knows of, by key.
type misses struct {
	mu     sync.Mutex
	minute time.Time
	keys   map[string]missed
}

type missed struct {
	n     int64
	names map[string]bool // in baskets, which are quoted again with every article
}

// change puts what f makes of a key's misses in their place and returns how many there are.
func (m *misses) change(key string, now time.Time, f func(missed) missed) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if minute := now.Truncate(time.Minute); m.keys == nil || !minute.Equal(m.minute) {
		m.minute, m.keys = minute, map[string]missed{}
	}
	is := f(m.keys[key])
	if is.n > 0 || is.names != nil {
		m.keys[key] = is
	}
	return is.n
}

// news returns how many of the names are missed for the first time in this minute, and remembers them.
func (m *misses) news(key string, now time.Time, names []string) int64 {
	found := int64(0)
	m.change(key, now, func(is missed) missed {
		for _, name := range names {
			if is.names == nil {
				is.names = map[string]bool{}
			}
			if !is.names[name] {
				found++
			}
			if len(is.names) <= maxMisses {
				is.names[name] = true
			}
		}
		return is
	})
	return found
}

// counted is under what the misses of a caller are counted.
func (c caller) counted() string {
	if c.key.Hash != "" {
		return c.key.Hash
	}
	return c.store + " " + c.name
}

// errNoAddress goes with the answer to an e-mail address that leads to no card. It is no miss: to ask whether a shopper is known is what
// web shops do all day, and an address is no secret that pays.
var errNoAddress = errors.New("no card has this e-mail address")

// looks reports a door that shows or moves what somebody else's number leads to. Of receipts and what comes back of them none is
// refused for misses, and people's own doors put every asking on record.
func (rt route) looks() bool {
	switch rt.name() {
	case "POST /v1/cards/find", "POST /v1/gift-cards/find", "GET /v1/messages":
		return true
	case "POST /v1/cards/{number}/blind-returns":
		return false
	}
	return rt.of == "" && (strings.Contains(rt.path, "/cards/{number}") || strings.Contains(rt.path, "/gift-cards/{card}"))
}

// answer does what is asked, counts what it misses, and refuses look-ups of a key that has missed too often.
func (d *door) answer(rt route, a *ask) (reply, error) {
	if rt.looks() {
		if err := d.mayLook(a); err != nil {
			return reply{}, err
		}
	}
	told, err := rt.do(d, a)
	n := d.misses.news(a.who.counted(), a.now, a.missed)
	if rt.of == "" && isMiss(err) {
		n++
	}
	if n == 0 {
		return told, err
	}
	total := d.countMisses(a, n)
	if total > maxMisses && (rt.looks() || rt.path == quotesPath) {
		return reply{}, d.tooMany(a)
	}
	return told, err
}

func isMiss(err error) bool {
	if err == nil || errors.Is(err, errNoAddress) {
		return false
	}
	p := problemOf(err)
	return p.Status == http.StatusNotFound && (p.Code == "card_unknown" || p.Code == loyalty.CodeUnknownGift)
}

// countMisses counts n misses here and in the store, and returns how many there are in this minute. Where the store cannot count, this
// copy's own count holds: a look-up never fails for its counter.
func (d *door) countMisses(a *ask, n int64) int64 {
	key, shared := a.who.counted(), int64(0)
	for left := n; left > 0 && d.Misses != nil && a.who.key.Hash != "" && shared <= maxMisses; left-- {
		count, err := d.Misses.Missed(a.Context(), a.who.key.Hash, a.now.Truncate(time.Minute))
		if err != nil {
			d.Log.WarnContext(a.Context(), "a miss is counted by this copy of the function alone", "error", err)
			break
		}
		shared = count
	}
	return d.misses.change(key, a.now, func(is missed) missed {
		is.n = max(is.n+n, shared)
		return is
	})
}

// mayLook refuses a key that has missed too often in this minute.
func (d *door) mayLook(a *ask) error {
	if d.misses.change(a.who.counted(), a.now, func(is missed) missed { return is }) < maxMisses {
		return nil
	}
	return d.tooMany(a)
}

func (d *door) tooMany(a *ask) error {
	edge.Count(a.Context(), countLocked, 1)
	return edge.Problem{Status: http.StatusTooManyRequests, Code: "too_many_misses",
		Detail: "This key has asked for " + strconv.Itoa(maxMisses) + " cards, gift cards or codes within a minute that do not exist. Look up nothing until the next minute; checkouts, returns and quotes without card and codes are answered as ever."}
}

// untilMinute is the whole seconds to the next minute, 1 to 60.
func untilMinute(now time.Time) string {
	left := now.Truncate(time.Minute).Add(time.Minute).Sub(now)
	return strconv.FormatInt(int64((left+time.Second-1)/time.Second), 10)
}

// missedCodes are the codes of an answer that are none.
func missedCodes(uses []receipt.Use) []string {
	var list []string
	for _, u := range uses {
		if u.Reason == receipt.CodeUnknown {
			list = append(list, "code "+u.Code)
		}
	}
	return list
}

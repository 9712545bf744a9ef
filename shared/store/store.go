package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// Store lays the nouns of Regulars into items. It is the same over every adapter, and implements the ports of shared/loyalty.
//
//	cards      card/<id>          HEAD, PROFILE, DATE/<kind>    what is true of a card now
//	           card/<number>      HEAD                          a number that replaced a lost one: an alias, with its card's id
//	           identity/<hash>    CARD                          e-mail address or vendor id -> card
//	           enrolment/<hash>   NUMBER                        the number that was issued for an enrolment of a till's
//	           cart/<id>          CART
//	           expiring/<id>      EXPIRING                      when to look at a card for points that end, and what was told
//	           gift/<id>          BOOK                          a gift card; its number stands nowhere
//	           mail/<message>     WAIT                          an order that waits for its moment
//	           journey/<card>     <campaign>, <campaign>/<occasion>  how often a card has entered a campaign with steps, and where it stands
//	records    card/<id>          PAGE/000001, MESSAGE/<id>     older ledger entries; e-mails
//	           card/<id>          AGENDA                        what marketing mail the shopper has had lately and is to have
//	           receipt/<key>      RECEIPT, RETURN/0001, CLAIM
//	           message/<id>       CARD                          message -> card, for what the mail service reports
//	           inbox              <received>/<id>               deliveries that could not be understood
//	           limit/<key>        TALLY                         how far a hard limit is used up: of an offer, a code
//	           acts               <moment>/<id>/ASKED, ENDED    what people have changed, who and why
//	           misses/<key>       <minute>                      how often a key asked for what is not there: the version counts
//	           reservation/<id>   KEYS                          which tallies a till holds a part of
//	programme  programme          V/<from>/<number>             versions of the rules
//	           sheet              <stream>/<shard>              what campaigns brought, as counted off a shard
//	           keys               <hash>                        keys of tills
//	           control            <campaign>, *                 how campaigns are steered, and who did it
//	           run/<campaign>     <occasion>, <occasion>/<part> runs of scheduled campaigns, and how far each has come
//	           scores             <moment>                      reports of recency, frequency and money
//	           lists              <list>                        lists of shoppers; who is on one stands in PROFILE
//	           codes              SECRET, B/<number>            batches of unique codes; the codes themselves lie nowhere
type Store struct {
	items Items
	now   func() time.Time
	desk  tallyDesk
	codes codeDesk

	controls controlDesk

	suppressions suppressionDesk
}

// New returns the store over an adapter.
func New(items Items, now func() time.Time) *Store {
	return &Store{items: items, now: now}
}

// NewService returns the use cases over an adapter, and the store below them. Ports beyond the tables (bus, queue, mail) are for the
// caller to fill in.
func NewService(items Items, now func() time.Time) (*loyalty.Service, *Store) {
	s := New(items, now)
	return &loyalty.Service{
		Places: s, Admissions: s,
		Scores: s, Lists: s,
		Cards: s, Enrolments: s, Joins: s, Pages: s, Receipts: s, Carts: s, Dated: s, Warnings: s, Watches: s, Catchups: s, CaughtUp: &loyalty.CaughtUp{}, Referrals: s, Messages: s, Waiting: s, Overdue: s, Programmes: NewProgrammes(items, now), Now: now,
		Limits: s, Reservations: s, Codes: s, GiftCards: s, Sheets: s, Runs: s, Shoppers: s, Controls: s, Agendas: s,
		Suppressions: s, Acts: s,
		Paces: s, Pacer: &loyalty.Pacer{},
	}, s
}

// Lives of records, from the day they are written. Receipts outlive every legal period of return and warranty in the European Union;
// the ledger itself has no end.
const (
	receiptLife = 3 * 366 * 24 * time.Hour // never changes: Filing reads off it when a receipt was filed
	messageLife = 400 * 24 * time.Hour
	inboxLife   = 90 * 24 * time.Hour
	agendaLife  = (message.MaxCapDays + 31) * 24 * time.Hour // what waits the longest lies a month ahead
	closedCart  = 60 * 24 * time.Hour                        // twice the longest that a cart may wait for its reminder
)

func (s *Store) expiry(life time.Duration) time.Time {
	return s.now().Add(life).Truncate(time.Second)
}

// every calls each for all items of a query, page by page: a page may be shorter than asked for, and more may follow. It stops at the
// first error and returns it.
func every(ctx context.Context, items Items, in QueryInput, each func(Item) error) error {
	for {
		page, err := items.Query(ctx, in)
		if err != nil {
			return err
		}
		for _, item := range page.Items {
			if err := each(item); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		in.After = page.Next
	}
}

// known turns the store's errors into the kinds that travel.
func known(err error) error {
	if errors.Is(err, ErrNotFound) {
		return loyalty.ErrNotFound
	}
	if refused := (*Refused)(nil); errors.As(err, &refused) {
		return fmt.Errorf("%w: %w", loyalty.ErrConflict, err)
	}
	return err
}

// over is the condition that nobody has written since version was read.
func over(version loyalty.Version) Condition {
	if version == 0 {
		return IfAbsent()
	}
	return IfVersion(int64(version))
}

// text and whole read an attribute that may be missing.
func (a Attrs) text(name string) string {
	s, _ := a[name].(string)
	return s
}

func (a Attrs) whole(name string) int64 {
	n, _ := a[name].(int64)
	return n
}

// set leaves out what is empty: a missing attribute costs nothing.
func (a Attrs) set(name string, value any) {
	switch v := value.(type) {
	case string:
		if v != "" {
			a[name] = v
		}
	case int64:
		if v != 0 {
			a[name] = v
		}
	}
}

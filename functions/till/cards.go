package till

import (
	"strconv"
	"time"

	"github.com/regulars-dev/regulars/shared/acts"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
)

// showCard is the card of a number with all that a till or a shopper's page shows.
func (d *door) showCard(a *ask) (reply, error) {
	number, err := d.numberIn(a, a.PathValue("number"))
	if err != nil {
		return reply{}, err
	}
	told, err := d.card(a, number)
	return ok(told), err
}

// findCard is showCard for what was scanned or typed as it came: track data and e-mail addresses have no place in a URL.
func (d *door) findCard(a *ask) (reply, error) {
	rules, raw, err := d.begin(a)
	if err != nil {
		return reply{}, err
	}
	scanned, err := readFind(raw, rules.Numbering())
	if err != nil {
		return reply{}, err
	}
	number, err := d.number(a.Context(), scanned)
	if err != nil {
		return reply{}, err
	}
	told, err := d.card(a, number)
	return ok(told), err
}

func readFind(raw []byte, n ids.Numbering) (ids.Scanned, error) {
	body, f, err := decode[findBody](raw, "card")
	if err != nil {
		return ids.Scanned{}, err
	}
	f.missing(body.Card != "", "/card")
	scanned, err := f.scan("/card", body.Card, n)
	if err != nil {
		return scanned, err
	}
	return scanned, f.problem()
}

func (d *door) card(a *ask, number string) (cardAnswer, error) {
	view, err := d.Service.View(a.Context(), number)
	if err != nil {
		return cardAnswer{}, err
	}
	return cardOf(view, a.today(view.Rules, ""))
}

// enrol makes a card with an owner, under the number that is given or one that is issued.
func (d *door) enrol(a *ask) (reply, error) {
	rules, raw, err := d.begin(a)
	if err != nil {
		return reply{}, err
	}
	e, scanned, err := readEnrolment(raw, a, rules)
	if err != nil {
		return reply{}, err
	}
	if e.Number, err = givenNumber(scanned); err != nil {
		return reply{}, err
	}
	opened, err := d.Service.Enrol(a.Context(), e, d.Issue)
	if err != nil {
		return reply{}, err
	}
	if err := d.Service.AskToConfirm(a.Context(), opened.Profile); err != nil {
		return reply{}, err // the card is there: a change of the same consents asks again
	}
	told, err := d.card(a, opened.Number)
	return created(false, told), err
}

func readEnrolment(raw []byte, a *ask, rules *programme.Programme) (loyalty.Enrolment, ids.Scanned, error) {
	body, f, err := decode[enrolBody](raw, "number")
	if err != nil {
		return loyalty.Enrolment{}, ids.Scanned{}, err
	}
	store := a.who.storeOf(body.Store)
	f.store("/store", store)
	scanned, err := f.scan("/number", body.Number, rules.Numbering())
	if err != nil {
		return loyalty.Enrolment{}, scanned, err
	}
	if body.ID != "" && !ids.ValidPart(body.ID) {
		f.add("/id", "invalid", "must be 1 to %d of A-Z a-z 0-9 . _ - #", ids.MaxPart)
	}
	change := body.read(f, a, rules, store)
	if err := f.problem(); err != nil {
		return loyalty.Enrolment{}, scanned, err
	}
	return loyalty.Enrolment{ID: body.ID, Store: store, Profile: change(card.Profile{}), ReferredBy: body.ReferredBy}, scanned, a.who.mayActFor(store)
}

// store tells a store that is missing or cannot be one.
func (f *faults) store(pointer, store string) {
	f.missing(store != "", pointer)
	if !ids.ValidPart(store) {
		f.add(pointer, "invalid", "must be 1 to %d of A-Z a-z 0-9 . _ - #", ids.MaxPart)
	}
}

// givenNumber is a number for a new card: an e-mail address leads to a card but is none.
func givenNumber(s ids.Scanned) (string, error) {
	if s.Kind != "" && s.Kind != ids.KindCard {
		return "", field("/number", ids.ErrUnknown.Code, "is not a number of a reward card of this shop: scan the card again, or leave the number out and one is issued")
	}
	return s.Value, nil
}

// changeCard changes what is known of the shopper: what is absent stays, null clears.
func (d *door) changeCard(a *ask) (reply, error) {
	rules, raw, err := d.begin(a)
	if err != nil {
		return reply{}, err
	}
	change, err := readPatch(raw, a, rules)
	if err != nil {
		return reply{}, err
	}
	number, err := d.numberIn(a, a.PathValue("number"))
	if err != nil {
		return reply{}, err
	}
	is, changed, err := d.Service.UpdateProfile(a.Context(), number, func(p card.Profile) (card.Profile, error) { return change(p), nil })
	if err != nil {
		return reply{}, err
	}
	if err := d.Service.AskToConfirm(a.Context(), is.Profile); err != nil {
		return reply{}, err
	}
	told, err := d.card(a, number)
	return ok(changedAnswer{Changed: listed(changed), cardAnswer: told}), err
}

func readPatch(raw []byte, a *ask, rules *programme.Programme) (func(card.Profile) card.Profile, error) {
	body, f, err := decode[patchBody](raw, "")
	if err != nil {
		return nil, err
	}
	store := a.who.storeOf(body.Store)
	if body.Consents != nil || store != "" {
		f.store("/store", store) // consent is recorded with the place where it was given
	}
	change := body.read(f, a, rules, store)
	if err := f.problem(); err != nil {
		return nil, err
	}
	return change, a.who.mayActFor(store)
}

// replaceCard gives a lost card a new number. Naming the new number makes the call safe to repeat.
func (d *door) replaceCard(a *ask) (reply, error) {
	rules, raw, err := d.begin(a)
	if err != nil {
		return reply{}, err
	}
	given, lost, err := readReplacement(raw, a, rules)
	if err != nil {
		return reply{}, err
	}
	old, err := d.numberIn(a, a.PathValue("number"))
	if err != nil {
		return reply{}, err
	}
	replaced, err := d.Service.Replace(a.Context(), old, given, lost, d.Issue)
	if err != nil {
		return reply{}, err
	}
	told, err := d.card(a, replaced.Number)
	acts.Tell(a.Context(), acts.Told{Before: "number " + old, After: "number " + replaced.Number})
	return created(replaced.Repeated, actedAnswer{Repeated: replaced.Repeated, cardAnswer: told}), err
}

// readReplacement judges the body, which may be empty: then a number is issued, and the card was lost now.
func readReplacement(raw []byte, a *ask, rules *programme.Programme) (given string, lost time.Time, err error) {
	if len(raw) == 0 {
		raw = []byte("{}")
	}
	body, f, err := decode[replaceBody](raw, "number")
	if err != nil {
		return "", lost, err
	}
	lost = f.moment("/lost_at", body.LostAt, a.now).Truncate(time.Second)
	scanned, err := f.scan("/number", body.Number, rules.Numbering())
	if err != nil {
		return "", lost, err
	}
	if body.Store != "" {
		f.store("/store", body.Store)
	}
	if err := f.problem(); err != nil {
		return "", lost, err
	}
	if err := a.who.mayActFor(a.who.storeOf(body.Store)); err != nil {
		return "", lost, err
	}
	given, err = givenNumber(scanned)
	return given, lost, err
}

// Limits of lists.
const (
	usualPage = 50  // entries or messages where no limit is given
	maxPage   = 200 // entries or messages at once
)

// listEntries is the whole ledger of a card, the newest first, in pages.
func (d *door) listEntries(a *ask) (reply, error) {
	limit, err := whole(a, "limit", usualPage, 1, maxPage)
	if err != nil {
		return reply{}, err
	}
	before, err := whole(a, "before", 0, 1, 1<<53)
	if err != nil {
		return reply{}, err
	}
	number, err := d.numberIn(a, a.PathValue("number"))
	if err != nil {
		return reply{}, err
	}
	rules, err := d.rules(a)
	if err != nil {
		return reply{}, err
	}
	list, err := d.Service.Entries(a.Context(), number, before, int(limit)+1) // one more shows that there are more
	if err != nil {
		return reply{}, err
	}
	return entriesOf(number, list, int(limit), rules)
}

// listMessages is the e-mails of a card, the newest first.
func (d *door) listMessages(a *ask) (reply, error) {
	limit, err := whole(a, "limit", usualPage, 1, maxPage)
	if err != nil {
		return reply{}, err
	}
	said := a.URL.Query().Get("card")
	if said == "" {
		return reply{}, badQuery("card", "is missing; it names the card whose messages are asked for")
	}
	number, err := d.numberIn(a, said)
	if err != nil {
		return reply{}, err
	}
	list, err := d.Service.CardMessages(a.Context(), number)
	if err != nil {
		return reply{}, err
	}
	return ok(messagesOf(number, list, int(limit))), nil
}

// whole is a whole number of the query within bounds.
func whole(a *ask, name string, usual, least, most int64) (int64, error) {
	text := a.URL.Query().Get(name)
	if text == "" {
		return usual, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, badQuery(name, "must be a whole number from "+strconv.FormatInt(least, 10)+" to "+strconv.FormatInt(most, 10))
	}
	return n, nil
}

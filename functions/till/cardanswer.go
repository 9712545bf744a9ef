package till

import (
	"errors"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
)

type cardAnswer struct {
	Number     string          `json:"number"` // as asked for
	Card       string          `json:"card"`   // the card's id: its first number, for ever
	Status     string          `json:"status"`
	EnrolledOn string          `json:"enrolled_on,omitempty"`
	Lost       []lostAnswer    `json:"lost_numbers"`
	Merged     []string        `json:"merged_cards,omitempty"` // by their ids
	Balance    int64           `json:"balance"`
	Pending    int64           `json:"pending,omitempty"` // beside the balance
	Lots       []lotAnswer     `json:"lots"`
	Expiring   *lotAnswer      `json:"expiring,omitempty"` // what of them expires soon; absent: nothing does
	Tier       *tierAnswer     `json:"tier"`
	NextTier   *nextTierAnswer `json:"next_tier,omitempty"` // absent: there is none above
	Standing   *standingAnswer `json:"standing,omitempty"`  // absent: in the base
	Visits     int64           `json:"visits"`
	Coupons    []couponAnswer  `json:"coupons"`
	Shopper    *shopperAnswer  `json:"shopper,omitempty"` // absent: nobody has given a name to the card
	Entries    []entryAnswer   `json:"entries"`           // the newest few
	Stamps     []stampAnswer   `json:"stamps,omitempty"`
	Referral   string          `json:"referral_code,omitempty"` // absent: the programme rewards no referrals
}

type changedAnswer struct {
	Changed []string `json:"changed"`
	cardAnswer
}

// actedAnswer is a card after what was done to it, and whether that had been done before.
type actedAnswer struct {
	Repeated bool `json:"repeated"`
	cardAnswer
}

type lostAnswer struct {
	Number string    `json:"number"`
	LostAt time.Time `json:"lost_at"`
}

type shopperAnswer struct {
	Since      string                   `json:"since,omitempty"`
	Given      string                   `json:"given_name,omitempty"`
	Family     string                   `json:"family_name,omitempty"`
	Email      string                   `json:"email,omitempty"`
	Phone      string                   `json:"phone,omitempty"`
	Birthday   string                   `json:"birthday,omitempty"`
	BirthYear  int                      `json:"birth_year,omitempty"`
	Country    string                   `json:"country,omitempty"`
	Postcode   string                   `json:"postcode,omitempty"`
	City       string                   `json:"city,omitempty"`
	Attributes map[string]any           `json:"attributes,omitempty"`
	Language   string                   `json:"language,omitempty"`
	TimeZone   string                   `json:"time_zone,omitempty"`
	Tags       []string                 `json:"tags,omitempty"`
	Consents   map[string]consentAnswer `json:"consents"`
	Suppressed *suppressedAnswer        `json:"suppressed,omitempty"`
}

type consentAnswer struct {
	Allowed bool      `json:"allowed"`
	At      time.Time `json:"at"`
	Source  string    `json:"source"`
	Text    string    `json:"text_version,omitempty"`
	Hash    string    `json:"text_hash,omitempty"`
	By      string    `json:"by,omitempty"`

	Asked       bool      `json:"asked,omitempty"` // it waits for the shopper to confirm it
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
}

type suppressedAnswer struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

type entriesAnswer struct {
	Card    string        `json:"card"`
	Entries []entryAnswer `json:"entries"`
	Next    string        `json:"next,omitempty"` // where the older ones are; absent: there are none
}

type entryAnswer struct {
	Number     int64              `json:"number"`
	At         time.Time          `json:"at"`
	Kind       string             `json:"kind"`
	Cause      string             `json:"cause"`
	Points     int64              `json:"points"`
	Balance    int64              `json:"balance"`
	Tier       tierAnswer         `json:"tier"`
	Redeemed   []couponAnswer     `json:"coupons_redeemed,omitempty"`
	Granted    []couponAnswer     `json:"coupons_granted,omitempty"`
	Reinstated []couponAnswer     `json:"coupons_reinstated,omitempty"`
	Voided     []couponAnswer     `json:"coupons_voided,omitempty"`
	Refused    []refusedCoupon    `json:"coupons_refused,omitempty"`
	Withheld   []loyalty.Withheld `json:"campaigns_withheld,omitempty"` // that would have spoken and were not allowed to
	Capped     int64              `json:"points_capped,omitempty"`
	Activated  int64              `json:"points_activated,omitempty"`
	Blind      *money.Amount      `json:"without_receipt,omitempty"` // value of goods that came back without one
	Reason     string             `json:"reason,omitempty"`          // of what was done by hand
	By         string             `json:"by,omitempty"`
	Status     string             `json:"status,omitempty"`     // that the card was given
	Given      *givenAnswer       `json:"tier_given,omitempty"` // by hand
	Messages   []string           `json:"messages,omitempty"`   // campaigns that asked for an e-mail alone
	countedAnswer
	Merged     string `json:"merged,omitempty"` // the other card of a merge, or of its undoing
	MergedInto string `json:"merged_into,omitempty"`
	Parted     string `json:"parted,omitempty"`
	PartedFrom string `json:"parted_from,omitempty"`
	Member     string `json:"member,omitempty"` // of a household: whose card brought it
}

// cardEntries is how many of the newest entries stand on a card; GET .../entries has them all.
const cardEntries = 10

func cardOf(v loyalty.CardView, today day.Day) (cardAnswer, error) {
	h := v.Opened.Head
	a := cardAnswer{
		Number: v.Number, Card: h.ID, Status: h.Status.String(), EnrolledOn: h.EnrolledOn.String(), Lost: []lostAnswer{}, Balance: v.Balance, Pending: v.Pending,
		Lots: lotsOf(v.Lots), Tier: tierOf(v.Rules, v.Tier), NextTier: nextTierOf(v.Rules, v.Next), Standing: standingOf(v.Rules, v.Stand),
		Visits: h.Habits.Visits, Coupons: couponsOf(v.Rules, live(v.Coupons, today)), Entries: []entryAnswer{},
	}
	a.Stamps = stampsOf(v.Rules, h, v.At)
	if v.Rules.Referral != nil {
		a.Referral = v.Rules.Numbering().Referral(h.ID)
	}
	if soon := v.Expiring; soon.Points > 0 {
		a.Expiring = &lotsOf([]ledger.Lot{soon})[0]
	}
	for _, l := range h.Lost {
		a.Lost = append(a.Lost, lostAnswer{Number: l.Number, LostAt: l.At.UTC()})
	}
	for _, j := range h.Joined {
		if !j.Past && !j.Member {
			a.Merged = append(a.Merged, j.ID)
		}
	}
	if v.ProfileVersion > 0 {
		a.Shopper = shopperOf(v.Profile, v.Rules)
	}
	after := h.Book.Balances()
	for i := len(after) - 1; i >= 0 && len(a.Entries) < cardEntries; i-- {
		number := h.Book.Posted - int64(len(after)-1-i)
		told, err := entryOf(loyalty.Posted{Entry: h.Book.Tail[i], Number: number, Balance: after[i], Member: loyalty.MemberOf(h, h.Book.Tail[i])}, v.Rules)
		if err != nil {
			return cardAnswer{}, err
		}
		a.Entries = append(a.Entries, told)
	}
	return a, nil
}

func shopperOf(p card.Profile, rules *programme.Programme) *shopperAnswer {
	s := &shopperAnswer{
		Since: p.Since.String(), Given: p.Given, Family: p.Family, Email: p.Email, Phone: p.Phone, Birthday: p.Birthday.String(),
		Language: p.Language, TimeZone: p.TimeZone, Tags: p.Tags, Consents: map[string]consentAnswer{},
		BirthYear: p.BirthYear, Country: p.Home.Country, Postcode: p.Home.Postcode, City: p.Home.City, Attributes: attributesOf(p, rules),
	}
	for topic, c := range p.Consents {
		s.Consents[topic] = consentAnswer{
			Allowed: c.Allowed, At: c.At.UTC(), Source: c.Source, Text: c.Text, Hash: c.Hash, By: c.By, Asked: c.Asked, ConfirmedAt: c.ConfirmedAt.UTC(),
		}
	}
	if p.Suppressed != nil {
		s.Suppressed = &suppressedAnswer{At: p.Suppressed.At.UTC(), Reason: p.Suppressed.Reason}
	}
	return s
}

// entryOf reads an entry with its marks. A coupon that cannot be read is an error: nothing is passed over.
func entryOf(p loyalty.Posted, rules *programme.Programme) (entryAnswer, error) {
	a := entryAnswer{Number: p.Number, At: p.At.UTC(), Kind: p.Kind.String(), Cause: p.Cause, Points: p.Points, Balance: p.Balance, Member: p.Member, Tier: *tierOf(rules, p.To)}
	a.Reason, a.By, a.Status = card.NotedOf(p.Entry, card.MarkReason), card.NotedOf(p.Entry, card.MarkBy), card.NotedOf(p.Entry, card.MarkStatus)
	var err error
	if a.Capped, err = card.CappedOf(p.Entry); err != nil {
		return entryAnswer{}, err
	}
	if a.Activated, err = card.ActivatedOf(p.Entry); err != nil {
		return entryAnswer{}, err
	}
	if blind, err := card.BlindOf(p.Entry); err != nil {
		return entryAnswer{}, err
	} else if blind > 0 {
		a.Blind = &money.Amount{Minor: blind, Currency: rules.Currency}
	}
	stamps, err1 := card.Stamps(p.Entry)
	bonuses, err2 := card.Bonuses(p.Entry)
	if err := errors.Join(err1, err2); err != nil {
		return entryAnswer{}, err
	}
	a.countedAnswer = countedOf(stamps, bonuses)
	if a.Given, err = givenOf(rules, p); err != nil {
		return entryAnswer{}, err
	}
	var refused []loyalty.NotTaken
	for _, m := range p.Marks {
		switch m.Kind {
		case card.MarkMessage:
			a.Messages = append(a.Messages, m.Text)
		case card.MarkNotTaken:
			id, reason := card.NotTakenOf(m)
			refused = append(refused, loyalty.NotTaken{Coupon: id, Reason: reason})
		case card.MarkMerged:
			a.Merged = m.Text
		case card.MarkMergedInto:
			a.MergedInto = m.Text
		case card.MarkParted:
			a.Parted = m.Text
		case card.MarkPartedFrom:
			a.PartedFrom = m.Text
		}
	}
	a.Withheld = loyalty.WithheldBy(p.Entry)
	if len(refused) > 0 {
		a.Refused = refusedOf(refused)
	}
	for kind, list := range map[byte]*[]couponAnswer{
		card.MarkRedeemed: &a.Redeemed, card.MarkGranted: &a.Granted, card.MarkReinstated: &a.Reinstated, card.MarkVoided: &a.Voided,
	} {
		found, err := card.Coupons(p.Entry, kind)
		if err != nil {
			return entryAnswer{}, err
		}
		if len(found) > 0 {
			*list = couponsOf(rules, found)
		}
	}
	return a, nil
}

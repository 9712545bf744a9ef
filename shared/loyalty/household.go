package loyalty

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Household is the cards that share points and coupons. One that shares with nobody is a household of its holder alone.
type Household struct {
	Card       string // the holder's id: whose book it is
	Members    []Member
	Most       int    // members that the programme allows; 0: none may join
	LeavesWith string // what a member leaves with, one of the programme's LeavesWith...
}

// Member is one card of a household.
type Member struct {
	Card   string // id
	Number string // as it is now
	Holder bool
	Points int64 // of the balance: what is left of those that came by this card
}

// Household tells who shares a card, the holder first.
func (s *Service) Household(ctx context.Context, number string) (Household, error) {
	now := s.Now()
	rules, err := s.rules(ctx, now)
	if err != nil {
		return Household{}, err
	}
	opened, err := s.Cards.Open(ctx, number, true)
	if err != nil {
		return Household{}, unknownCard(number, err)
	}
	return householdOf(rules.Shown(opened.Head, now), rules), nil
}

func householdOf(h card.Head, rules *programme.Programme) Household {
	list := []Member{{Card: h.ID, Number: h.Number(), Holder: true, Points: h.Contributed(0)}}
	for _, id := range h.Members() {
		list = append(list, Member{Card: id, Number: h.NumberOf(id), Points: h.Contributed(h.MemberAt(id))})
	}
	return Household{Card: h.ID, Members: list, Most: rules.MaxMembers(), LeavesWith: rules.LeavesWith()}
}

// SameHousehold reports whether two numbers lead to one card: both are of one household, or of one shopper.
func (s *Service) SameHousehold(ctx context.Context, number, other string) (bool, error) {
	a, err := s.Cards.Open(ctx, number, true)
	if err != nil {
		return false, unknownCard(number, err)
	}
	b, err := s.Cards.Open(ctx, other, true)
	if err != nil {
		return false, unknownCard(other, err)
	}
	return a.Head.ID == b.Head.ID, nil
}

// JoinHousehold makes a card share its points and coupons with another, and with all that share that one already. It keeps its numbers, and
// its shopper keeps profile, consents and days of the year.
//
// The same id again gets the same answer. ErrInvalid and ErrConflict as Adjust. ErrRefused: the programme has no households, the household
// is full, the card is in one already, or one of the two takes no part.
func (s *Service) JoinHousehold(ctx context.Context, number, with string, by ByHand) (Answer, error) {
	act, rules, now, err := s.joining(ctx, "join:", by)
	if err != nil {
		return Answer{}, err
	}
	act.Member = true
	return s.bring(ctx, number, with, act, rules, now, func(from, into Opened) error { return mayJoin(from, into, rules) })
}

// LeaveHousehold makes a member's card one of its own again, with the points that the programme lets it leave with.
//
// The answer is that of the card that has left. The same id again gets it again. ErrRefused: the card is no member of a household; its
// holder stays until the members have left.
func (s *Service) LeaveHousehold(ctx context.Context, number string, by ByHand) (Answer, error) {
	act, rules, now, err := s.joining(ctx, leavePrefix, by)
	if err != nil {
		return Answer{}, err
	}
	return s.takeOut(ctx, number, act, rules, now, func(h card.Head) (int, error) {
		place := h.MemberAt(number)
		switch {
		case place == 0 && len(h.Members()) > 0:
			return 0, refuse(ErrRefused, "household_holder", "card %s holds the household's points; the members leave it, and it stays", h.ID)
		case place == 0:
			return 0, refuse(ErrRefused, "no_household", "card %s shares its points with nobody", h.ID)
		}
		return place, nil
	})
}

// leavePrefix begins the causes under which members leave.
const leavePrefix = "leave:"

func mayJoin(from, into Opened, rules *programme.Programme) error {
	if err := mayMerge(into.Head, from.Head); err != nil {
		return err
	}
	size, most := len(into.Head.Members())+1, rules.MaxMembers()
	switch {
	case most == 0:
		return refuse(ErrRefused, "no_household", "this programme has no household; its cards share no points")
	case len(from.Head.Members()) > 0:
		return refuse(ErrRefused, "in_household", "card %s shares its points already; a card is in one household at a time", from.Shopper())
	case size >= most:
		return refuse(ErrRefused, "household_limit", "%d cards share the points of card %s; no more than %d may", size, into.Head.ID, most)
	}
	return nil
}

// apart refuses to merge cards of a household: it is not one shopper's. The holder's may take in another card of the same shopper.
func apart(from, into Opened) error {
	for _, o := range []Opened{from, into} {
		if n := len(o.Head.Members()); n > 0 && (o.Head.ID == from.Head.ID || o.Shopper() != o.Head.ID) {
			return refuse(ErrRefused, "in_household", "card %s shares its points with %d others; it leaves the household before it is merged", o.Shopper(), n)
		}
	}
	return nil
}

// A code to join with lives for two periods at most, and for one at least.
const (
	joinPeriod = 10 * time.Minute
	joinCode   = 8 // characters of Crockford base32: 40 bits
)

// JoinCode is what a shopper shows to whoever shall share the card's points, and until when it is good. It is derived and stored nowhere.
//
// ErrRefused: the programme has no households.
func (s *Service) JoinCode(ctx context.Context, number string) (code string, until time.Time, err error) {
	now := s.Now()
	rules, err := s.rules(ctx, now)
	if err != nil {
		return "", until, err
	}
	opened, err := s.known(ctx, number)
	switch {
	case err != nil:
		return "", until, unknownCard(number, err)
	case rules.MaxMembers() == 0:
		return "", until, refuse(ErrRefused, "no_household", "this programme has no household; its cards share no points")
	case s.Letters == nil || len(s.Letters.Secrets) == 0:
		return "", until, errors.New("no secret to make codes with; set LINK_SECRET")
	}
	return joinCodeAt(s.Letters.Secrets[0], opened.Head.ID, now), now.Truncate(joinPeriod).Add(2 * joinPeriod), nil
}

// CheckJoinCode returns nil for the code that JoinCode gives for the card, or gave a moment ago; ErrRefused for any other.
func (s *Service) CheckJoinCode(ctx context.Context, number, code string) error {
	opened, err := s.Cards.Open(ctx, number, true)
	if err != nil {
		return unknownCard(number, err)
	}
	code = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(code))
	if s.Letters == nil || len(s.Letters.Secrets) == 0 {
		return errors.New("no secret to make codes with; set LINK_SECRET")
	}
	for _, secret := range s.Letters.Secrets {
		for _, at := range []time.Time{s.Now(), s.Now().Add(-joinPeriod)} {
			if hmac.Equal([]byte(code), []byte(joinCodeAt(secret, opened.Head.ID, at))) {
				return nil
			}
		}
	}
	return refuse(ErrRefused, "join_code", "the code is not that of card %s, or it is too old; ask for a new one", opened.Number)
}

func joinCodeAt(secret, id string, at time.Time) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("household " + id + " " + strconv.FormatInt(at.Unix()/int64(joinPeriod/time.Second), 10)))
	return ids.Derive(joinCode, string(mac.Sum(nil)))
}

// recallFor is recall for a posting: a cause that is the shopper's own is not looked for in the books of the others of a household.
//
// On a card that is shared the cause of a member has the member behind it, as Kept.Of says; on a card of its own it has not.
func (s *Service) recallFor(ctx context.Context, h card.Head, number string, p posting) (ledger.Entry, int64, bool, error) {
	if !p.shopper {
		return s.recall(ctx, h, p.cause, p.at)
	}
	e, balance, found, err := s.recallOwn(ctx, h, p.cause, p.at)
	shopper := h.ShopperOf(number)
	plain := plainCause(p.cause)
	own, households := h.Books(shopper)
	for i := 0; i < len(own)+len(households) && !found && err == nil; i++ {
		j, cause := card.Joined{}, plain
		if i < len(own) {
			j = own[i]
		} else {
			j, cause = households[i-len(own)], plain+"@"+shopper
		}
		if j.MayHold(p.at) && j.ID != h.ID {
			e, balance, found, err = s.recallJoined(ctx, j.ID, cause, p.at)
		}
	}
	return e, balance, found, err
}

// plainCause is the cause of an occasion without the member whose it was.
func plainCause(cause string) string {
	cause, _, _ = strings.Cut(cause, "@")
	return cause
}

// whoMayAct refuses to block or close a card that is shared, by the number of one of the members: it would be done to all of them.
func whoMayAct(o Opened, to card.Status) error {
	n := len(o.Head.Members())
	if to == card.Open || n == 0 || to == card.Blocked && o.Shopper() == o.Head.ID {
		return nil
	}
	return refuse(ErrRefused, "in_household", "card %s shares its points with %d others; it leaves the household before it is %s", o.Shopper(), n, fmt.Sprint(to))
}

// MemberOf is the card of the member that brought an entry of a household's book; "" for the holder's.
func MemberOf(h card.Head, e ledger.Entry) string {
	if id := h.Brought(e); id != h.ID {
		return id
	}
	return ""
}

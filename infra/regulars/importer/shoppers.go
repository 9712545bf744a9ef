package importer

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/exporter"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
)

// ShopperReport is what an import of shoppers comes to; rows are what was enrolled, changed, left as it was and rejected.
type ShopperReport struct {
	RowsRead  int64    `json:"rows_read"`
	Enrolled  int64    `json:"enrolled"`
	Changed   int64    `json:"changed"`
	Unchanged int64    `json:"unchanged"`
	Rejected  int64    `json:"rows_rejected"`
	ByReason  []Reason `json:"rejected"`
	Rejects   []Reject `json:"-"`
	DryRun    bool     `json:"dry_run,omitempty"`

	Birthdays       int64 `json:"birthdays,omitempty"`         // of those to take
	NewYear         int64 `json:"new_year,omitempty"`          // of these, on the first of January
	NewYearDoubtful bool  `json:"new_year_doubtful,omitempty"` // so many that it looks like what a system writes for an unknown day
}

// person is one row of a file of shoppers.
type person struct {
	line    int
	shopper string // in the other system, or the card's number
	profile card.Profile
	given   card.GivenTier // by a person, in the other system
}

// Shoppers imports a file of shoppers. It needs no checkpoint: what is there already is only looked at.
func (im Import) Shoppers(ctx context.Context, file io.Reader, size int64) (ShopperReport, error) {
	counted := &counter{from: file, sum: sha256.New(), told: func(n int64) { im.Progress("reading", n, size) }}
	rules, err := im.Service.Programmes.At(ctx, im.Now())
	if err != nil {
		return ShopperReport{}, fmt.Errorf("read the programme: %w (`regulars programme publish FILE` publishes one)", err)
	}
	var people []person
	r := ShopperReport{DryRun: im.DryRun}
	if im.Map == nil {
		people, err = r.readLines(counted)
	} else {
		people, err = im.readPeople(&r, counted, rules)
	}
	if err != nil {
		return r, err
	}
	people = r.oneAddressEach(r.knownTiers(people, rules))
	r.countBirthdays(people)
	if !im.DryRun {
		err = im.enrolAll(ctx, &r, people, rules.Zone(""))
	}
	return r.summed(), err
}

// oneAddressEach rejects a row whose e-mail address an earlier one has. Rows are enrolled side by side, so it is settled before.
func (r *ShopperReport) oneAddressEach(people []person) []person {
	whose := map[string]person{}
	return slices.DeleteFunc(people, func(p person) bool {
		if p.profile.Email == "" {
			return false
		}
		identity := loyalty.EmailIdentity(p.profile.Email)
		first, there := whose[identity]
		if there && first.shopper != p.shopper {
			r.reject(p.line, AddressTaken, fmt.Sprintf("row %d has the same e-mail address", first.line))
			return true
		}
		whose[identity] = p
		return false
	})
}

func (r *ShopperReport) reject(line int, reason, detail string) {
	r.Rejects = append(r.Rejects, Reject{Row: line, Reason: reason, Detail: detail})
	r.Rejected++
}

// summed puts the rejected rows in the order of the file and counts them by reason.
func (r ShopperReport) summed() ShopperReport {
	slices.SortStableFunc(r.Rejects, func(a, b Reject) int { return cmp.Compare(a.Row, b.Row) })
	rows := map[string]int64{}
	for _, x := range r.Rejects {
		rows[x.Reason]++
	}
	for reason, n := range rows {
		r.ByReason = append(r.ByReason, Reason{Reason: reason, Rows: n})
	}
	slices.SortFunc(r.ByReason, func(a, b Reason) int { return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Reason, b.Reason)) })
	return r
}

// readLines reads the shoppers of an export of ours.
func (r *ShopperReport) readLines(file io.Reader) ([]person, error) {
	plain, err := unpack(file)
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(plain)
	lines.Buffer(make([]byte, 1<<16), maxRowSize)
	var people []person
	for n := 1; lines.Scan(); n++ {
		raw := bytes.TrimSpace(lines.Bytes())
		var s exporter.Shopper
		if len(raw) == 0 {
			continue
		}
		err := json.Unmarshal(raw, &s)
		if err == nil && s.Type != exporter.KindShopper {
			continue
		}
		r.RowsRead++
		profile, wrong := s.Profile()
		given, unread := s.GivenTier.Read()
		if err = errors.Join(err, wrong, unread); err != nil {
			r.reject(n, BadRow, "the line is no shopper of an export")
			continue
		}
		people = append(people, person{line: n, shopper: s.Card, profile: profile, given: given})
	}
	return people, lines.Err()
}

// readPeople reads a file of somebody else's by the map.
func (im Import) readPeople(r *ShopperReport, file io.Reader, rules *programme.Programme) ([]person, error) {
	for name := range im.Map.Columns {
		if topic, ok := strings.CutPrefix(name, consentPrefix); ok && !slices.ContainsFunc(rules.Topics, func(t programme.Topic) bool { return t.ID == topic }) {
			return nil, fmt.Errorf("map: the programme has no topic %q to consent to", topic)
		}
		if id, ok := strings.CutPrefix(name, attributePrefix); ok {
			if _, declared := rules.Attribute(id); !declared {
				return nil, fmt.Errorf("map: the programme declares no attribute %q", id)
			}
		}
	}
	s, err := im.Map.open(file)
	if err != nil {
		return nil, err
	}
	var people []person
	for {
		values, line, err := s.next()
		bad := badRow{}
		switch {
		case errors.Is(err, io.EOF):
			return people, nil
		case errors.As(err, &bad):
			r.RowsRead++
			r.reject(line, BadRow, bad.why)
			continue
		case err != nil:
			return nil, fmt.Errorf("read the file: %w", err)
		}
		if r.RowsRead++; r.RowsRead > MaxRows {
			return nil, fmt.Errorf("the file has more than %d rows; split it", MaxRows)
		}
		get := func(name string) string { return strings.Clone(strings.TrimSpace(s.field(name).of(values))) }
		p, reason, detail := im.person(get, line)
		if reason == "" {
			reason, detail = im.known(get, &p.profile, rules)
		}
		if reason != "" {
			r.reject(line, reason, detail)
			continue
		}
		people = append(people, p)
	}
}

// person reads one shopper. What is empty is not said; what is wrong rejects the row, for half a shopper helps nobody.
func (im Import) person(get func(string) string, line int) (p person, reason, detail string) {
	p = person{line: line, shopper: get("shopper")}
	pr := &p.profile
	pr.Given, pr.Family, pr.Phone, pr.Language, pr.TimeZone = get("given_name"), get("family_name"), get("phone"), get("language"), get("time_zone")
	for _, text := range []string{p.shopper, pr.Given, pr.Family, get("email")} {
		switch {
		case ids.HasPaymentCard(text):
			return p, PaymentCard, "a field holds what looks like a payment card, which is never taken"
		case !plain(text) || utf8.RuneCountInString(text) > card.MaxEmail:
			return p, BadText, "a name is too long, or not UTF-8 (set encoding: latin-1)"
		}
	}
	if p.shopper == "" || im.Map.Card == cardIssue && !ids.ValidPart(p.shopper) {
		return p, BadNumber, "the shopper has no number"
	}
	if pr.TimeZone != "" {
		if _, err := time.LoadLocation(pr.TimeZone); err != nil {
			return p, BadText, "the time zone is no IANA zone"
		}
	}
	if email := get("email"); email != "" {
		scanned, err := ids.Scan(email, ids.Numbering{})
		if err != nil || scanned.Kind != ids.KindEmail {
			return p, AddressUnusable, "no mail server takes this e-mail address"
		}
		pr.Email = scanned.Value
	}
	var err error
	if pr.Since, err = im.Map.day(get("since")); err != nil {
		return p, BadTime, "since: " + err.Error()
	}
	birthday, err := im.Map.day(get("birthday"))
	if err != nil {
		return p, BadTime, "birthday: " + err.Error()
	}
	if birthday != 0 {
		pr.Birthday, _ = day.ParseYearly(birthday.String()) // what String writes can be read
	}
	if p.given, err = im.Map.givenTier(get); err != nil {
		return p, BadTime, "tier_until: " + err.Error()
	}
	im.consents(get, pr)
	return p, "", ""
}

// consents records what a row says that its shopper allowed. A topic that it says nothing of stays as it is.
func (im Import) consents(get func(string) string, p *card.Profile) {
	for name := range im.Map.Columns {
		topic, ok := strings.CutPrefix(name, consentPrefix)
		said := get(name)
		if !ok || said == "" {
			continue
		}
		allowed := slices.ContainsFunc(im.Map.Yes, func(yes string) bool { return strings.EqualFold(yes, said) })
		*p = p.Decide(topic, card.Consent{Allowed: allowed, At: im.Now().UTC().Truncate(time.Second), Source: sourceImport})
	}
}

// day reads a date; one alone may stand in the map's layout or as 2006-01-02.
func (m *Map) day(text string) (day.Day, error) {
	if text == "" {
		return 0, nil
	}
	if t, err := time.ParseInLocation(m.layout, text, m.location); err == nil {
		return day.Of(t, m.location), nil
	}
	d, err := day.Parse(text)
	if err != nil {
		return 0, fmt.Errorf("the date is written neither as %s nor as YYYY-MM-DD", m.Time)
	}
	return d, nil
}

// enrolAll enrols the people, many at once.
func (im Import) enrolAll(ctx context.Context, r *ShopperReport, people []person, zone *time.Location) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var mu sync.Mutex
	var group sync.WaitGroup
	var failed error
	done := int64(0)
	lanes := make([]chan person, workers)
	for i := range lanes {
		lanes[i] = make(chan person, 64)
		group.Go(func() {
			own := &cards{service: im.Service, issue: im.Map != nil && im.Map.Card == cardIssue, known: map[string]string{}, zone: zone}
			for p := range lanes[i] {
				what, err := own.settle(ctx, p)
				if err == nil {
					what, err = own.bring(ctx, p, what)
				}
				mu.Lock()
				switch {
				case err == nil:
					*what(r)++
				case loyalty.Permanent(err):
					r.reject(p.line, loyalty.Code(err), err.Error())
				case failed == nil:
					failed = fmt.Errorf("row %d: %w", p.line, err)
					stop()
				}
				done++
				im.Progress("enrolling", done, int64(len(people)))
				mu.Unlock()
			}
		})
	}
	for _, p := range people {
		if ctx.Err() != nil {
			break
		}
		lanes[job{shopper: p.shopper}.lane()] <- p
	}
	for _, lane := range lanes {
		close(lane)
	}
	group.Wait()
	if failed == nil {
		failed = ctx.Err()
	}
	return failed
}

// settle enrols a shopper or brings the profile of a known one to what the file says. It answers which count it belongs to.
func (c *cards) settle(ctx context.Context, p person) (func(*ShopperReport) *int64, error) {
	enrolled := func(r *ShopperReport) *int64 { return &r.Enrolled }
	number, err := p.shopper, error(nil)
	if c.issue {
		number, err = c.service.Cards.Find(ctx, identityOf(p.shopper))
		if errors.Is(err, loyalty.ErrNotFound) {
			_, err = c.enrol(ctx, p.shopper, p.profile, c.since(p))
			return enrolled, err
		}
	}
	if err != nil {
		return nil, fmt.Errorf("look for a shopper: %w", err)
	}
	if opened, err := c.service.Cards.Open(ctx, number, true); errors.Is(err, loyalty.ErrNotFound) || err == nil && opened.ProfileVersion == 0 {
		_, err = c.asOf(c.since(p)).Enrol(ctx, loyalty.Enrolment{Number: number, Profile: p.profile}, nil)
		return enrolled, err
	} else if err != nil {
		return nil, fmt.Errorf("open card %s: %w", number, err)
	}
	_, changed, err := c.service.UpdateProfile(ctx, number, func(old card.Profile) (card.Profile, error) { return merged(old, p.profile), nil })
	if err == nil && len(changed) > 0 {
		return func(r *ShopperReport) *int64 { return &r.Changed }, nil
	}
	return func(r *ShopperReport) *int64 { return &r.Unchanged }, err
}

// since is noon of the day on which a shopper enrolled, which is that day in any zone that shops are in; zero where the file says none.
func (c *cards) since(p person) time.Time {
	if p.profile.Since == 0 {
		return time.Time{}
	}
	return p.profile.Since.Start(time.UTC).Add(12 * time.Hour)
}

// merged is a profile with what a file says put in. An import is no act of the shopper, so a decision about consent that is on record
// stays, whichever it was.
func merged(old, said card.Profile) card.Profile {
	p := old
	p.Given, p.Family = cmp.Or(said.Given, old.Given), cmp.Or(said.Family, old.Family)
	p.Email, p.Phone = cmp.Or(said.Email, old.Email), cmp.Or(said.Phone, old.Phone)
	p.Language, p.TimeZone = cmp.Or(said.Language, old.Language), cmp.Or(said.TimeZone, old.TimeZone)
	p.Since = cmp.Or(said.Since, old.Since)
	if said.Birthday != (day.Yearly{}) && (said.Birthday != old.Birthday || said.BirthYear != 0) {
		p.Birthday, p.BirthYear = said.Birthday, said.BirthYear
	}
	p.Home.Country, p.Home.Postcode, p.Home.City = cmp.Or(said.Home.Country, old.Home.Country), cmp.Or(said.Home.Postcode, old.Home.Postcode), cmp.Or(said.Home.City, old.Home.City)
	for id, values := range said.Attributes {
		p.Attributes = p.Attributes.With(id, values)
	}
	for _, identity := range said.Identities {
		if !slices.Contains(p.Identities, identity) && len(p.Identities) < card.MaxIdentity {
			p.Identities = append(slices.Clone(p.Identities), identity)
		}
	}
	if len(said.Tags) > 0 {
		p.Tags = card.Tagged(append(slices.Clone(old.Tags), said.Tags...))
	}
	if len(said.Lists) > 0 {
		lists := slices.Concat(old.Lists, said.Lists)
		slices.Sort(lists)
		p.Lists = slices.Compact(lists)
	}
	for topic, c := range said.Consents {
		if _, decided := old.Consents[topic]; !decided {
			p = p.Decide(topic, c)
		}
	}
	if old.Suppressed == nil {
		p.Suppressed = said.Suppressed
	}
	return p
}

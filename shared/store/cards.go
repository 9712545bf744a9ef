package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// aliasCard is the attribute of an alias and of identities: the id of the card that they lead to. An alias lies where a card's head
// would, so that a number is one or the other, whoever comes first.
const aliasCard = "card"

// Dates that the due index knows of a shopper.
const (
	dateBirthday = "birthday"
	dateEnrolled = "enrolled"
)

// Open reads a card with one query; a number that replaced a lost one costs a second.
func (s *Store) Open(ctx context.Context, number string, fresh bool) (loyalty.Opened, error) {
	for range maxHops {
		opened, by, err := s.follow(ctx, number, fresh)
		opened.Number = number
		if err != nil {
			return opened, err
		}
		switch leads, err := s.leads(ctx, by.Number, opened.Head); {
		case err != nil:
			return opened, err
		case leads:
			return s.asShopper(ctx, opened, by, fresh)
		}
		fresh = true
	}
	return loyalty.Opened{}, errFollow
}

func (s *Store) openPartition(ctx context.Context, id string, fresh bool) (loyalty.Opened, string, error) {
	opened, alias := loyalty.Opened{Profile: card.Profile{ID: id}}, ""
	in := QueryInput{Table: Cards, Partition: cardPartition(id), Limit: maxCardItems, Read: Read(fresh)}
	err := every(ctx, s.items, in, func(item Item) (err error) {
		switch item.Key.Sort {
		case sortHead:
			if alias = item.Attrs.text(aliasCard); alias == "" {
				opened.HeadVersion = loyalty.Version(item.Version)
				opened.Head, err = readHead(id, item.Attrs)
			}
		case sortProfile:
			opened.ProfileVersion = loyalty.Version(item.Version)
			opened.Profile, err = readProfile(id, item.Attrs)
		}
		return err
	})
	if err != nil {
		return loyalty.Opened{}, "", fmt.Errorf("read card %s: %w", id, err)
	}
	if opened.HeadVersion == 0 && alias == "" {
		return loyalty.Opened{}, "", fmt.Errorf("card %s: %w", id, loyalty.ErrNotFound)
	}
	return opened, alias, nil
}

// maxCardItems is more than one card's partition holds: HEAD, PROFILE and its dates.
const maxCardItems = 10

// PutHead stores a head over the version that was read.
func (s *Store) PutHead(ctx context.Context, h card.Head, version loyalty.Version) (loyalty.Version, error) {
	stored, err := s.items.Put(ctx, headItem(h), over(version))
	refused := (*Refused)(nil)
	if !errors.As(err, &refused) {
		return loyalty.Version(stored.Version), err
	}
	if refused.Stored == nil {
		return 0, fmt.Errorf("card %s is gone: %w", h.ID, err)
	}
	if id := refused.Stored.Attrs.text(aliasCard); id != "" {
		return 0, fmt.Errorf("number %s has come to belong to card %s at this moment: %w", h.ID, id, loyalty.ErrMerged)
	}
	there, err := readHead(h.ID, refused.Stored.Attrs)
	if err != nil {
		return 0, fmt.Errorf("head of card %s: %w", h.ID, err)
	}
	return 0, &loyalty.Moved{Head: there, Version: loyalty.Version(refused.Stored.Version)}
}

// PutAlias makes number lead to the card id.
func (s *Store) PutAlias(ctx context.Context, number, id string) error {
	_, err := s.items.Put(ctx, Item{
		Key:   Key{Table: Cards, Partition: cardPartition(number), Sort: sortHead},
		Attrs: Attrs{aliasCard: id},
	}, IfAbsent())
	if refused := (*Refused)(nil); errors.As(err, &refused) && refused.Stored != nil && refused.Stored.Attrs.text(aliasCard) == id {
		return nil
	}
	return known(err)
}

// Find follows an identity to its card, and tells the number that the card has now.
func (s *Store) Find(ctx context.Context, identity string) (string, error) {
	item, err := s.items.Get(ctx, identityKey(identity), Stale)
	if err != nil {
		return "", known(err)
	}
	id := item.Attrs.text(aliasCard)
	if id == "" {
		return "", loyalty.ErrNotFound // it belonged to somebody who has changed it since
	}
	opened, _, err := s.follow(ctx, id, false)
	if errors.Is(err, loyalty.ErrNotFound) {
		return id, nil // the head is about to be put, or the read is stale
	}
	return opened.Head.NumberOf(opened.Head.ShopperOf(id)), err
}

// Profile reads the shopper that lies with the card of an id itself, also where that was merged into another. One that nobody has told of is
// empty and at version 0.
func (s *Store) Profile(ctx context.Context, id string) (card.Profile, loyalty.Version, error) {
	item, err := s.items.Get(ctx, Key{Table: Cards, Partition: cardPartition(id), Sort: sortProfile}, Strong)
	if errors.Is(err, ErrNotFound) {
		return card.Profile{ID: id}, 0, nil
	}
	if err != nil {
		return card.Profile{}, 0, fmt.Errorf("read the shopper of card %s: %w", id, err)
	}
	p, err := readProfile(id, item.Attrs)
	return p, loyalty.Version(item.Version), err
}

// identityKey names an identity by its hash, so that no address stands in a key.
func identityKey(identity string) Key {
	sum := sha256.Sum256([]byte(identity))
	return Key{Table: Cards, Partition: "identity/" + hex.EncodeToString(sum[:16]), Sort: "CARD"}
}

// PutProfile stores the profile with its identities and dates, all or nothing.
func (s *Store) PutProfile(ctx context.Context, p card.Profile, version loyalty.Version) (loyalty.Version, error) {
	before := card.Profile{ID: p.ID}
	if version > 0 {
		opened, _, err := s.openPartition(ctx, p.ID, true)
		if err != nil {
			return 0, err
		}
		if opened.ProfileVersion != version {
			return 0, fmt.Errorf("shopper of card %s: %w", p.ID, loyalty.ErrConflict)
		}
		before = opened.Profile
	}
	item, err := profileItem(p)
	if err != nil {
		return 0, err
	}
	writes := []Write{{Item: item, If: over(version)}}
	writes = append(writes, dateWrites(before, p)...)
	for _, change := range []struct {
		from, to card.Profile
		card     string
	}{{p, before, ""}, {before, p, p.ID}} {
		more, err := s.identityWrites(ctx, change.from, change.to, change.card)
		if err != nil {
			return 0, err
		}
		writes = append(writes, more...)
	}
	if len(writes) == 1 {
		stored, err := s.items.Put(ctx, item, over(version))
		return loyalty.Version(stored.Version), known(err)
	}
	if err := s.items.Transact(ctx, writes); err != nil {
		return 0, known(err)
	}
	return version + 1, nil
}

// freedIdentity is how long an identity that leads to nobody any more is kept, so that who reads it meanwhile sees that.
const freedIdentity = 24 * time.Hour

// identityWrites points each identity that to has and from has not at a card; "" frees it.
func (s *Store) identityWrites(ctx context.Context, from, to card.Profile, id string) ([]Write, error) {
	var writes []Write
	had := identities(from)
	for _, identity := range identities(to) {
		if slices.Contains(had, identity) {
			continue
		}
		w := Write{Item: Item{Key: identityKey(identity), Attrs: Attrs{}}, If: IfAbsent()}
		w.Item.Attrs.set(aliasCard, id)
		if id == "" { // even the hash of an address that leads nowhere need not be kept
			w.Item.Expires = s.expiry(freedIdentity)
		}
		there, err := s.items.Get(ctx, w.Item.Key, Strong)
		switch {
		case err == nil && id != "" && there.Attrs.text(aliasCard) != "" && !s.isOf(ctx, there.Attrs.text(aliasCard), id):
			return nil, &loyalty.Error{
				Kind: loyalty.ErrConflict, Code: "identity_taken",
				Detail: "an e-mail address or a vendor's id of this shopper leads to another card already; look the shopper up by it",
			}
		case err == nil:
			w.If = IfVersion(there.Version)
		case !errors.Is(err, ErrNotFound):
			return nil, err
		}
		writes = append(writes, w)
	}
	return writes, nil
}

// isOf reports whether a card is the one of an id, or is merged into it; the members of a household are not one another. One that cannot
// be read is another.
func (s *Store) isOf(ctx context.Context, other, id string) bool {
	if other == id {
		return true
	}
	opened, _, err := s.follow(ctx, other, true)
	return err == nil && opened.Head.ShopperOf(other) == id
}

// identities lists what leads to the shopper, each once.
func identities(p card.Profile) []string {
	list := slices.Clone(p.Identities)
	if p.Email != "" {
		list = append(list, loyalty.EmailIdentity(p.Email))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// profileDoc is how a profile lies in the table, as JSON under "d". Fields may be added; a name is never reused.
type profileDoc struct {
	Given      string                `json:"given,omitempty"`
	Family     string                `json:"family,omitempty"`
	Email      string                `json:"email,omitempty"`
	Phone      string                `json:"phone,omitempty"`
	Birthday   string                `json:"birthday,omitempty"`
	Language   string                `json:"language,omitempty"`
	TimeZone   string                `json:"time_zone,omitempty"`
	Since      string                `json:"since,omitempty"`
	Consents   map[string]consentDoc `json:"consents,omitempty"`
	Suppressed *card.Suppression     `json:"suppressed,omitempty"`
	Identities []string              `json:"identities,omitempty"`
	Tags       []string              `json:"tags,omitempty"`
	Lists      []string              `json:"lists,omitempty"`
	BirthYear  int                   `json:"birth_year,omitempty"`
	Country    string                `json:"country,omitempty"`
	Postcode   string                `json:"postcode,omitempty"`
	City       string                `json:"city,omitempty"`
	Attributes card.Attributes       `json:"attributes,omitempty"`
}

type consentDoc card.Consent

func profileItem(p card.Profile) (Item, error) {
	doc := profileDoc{
		Given: p.Given, Family: p.Family, Email: p.Email, Phone: p.Phone, Birthday: p.Birthday.String(), Language: p.Language,
		TimeZone: p.TimeZone, Since: p.Since.String(), Suppressed: p.Suppressed, Identities: p.Identities, Tags: p.Tags, Lists: p.Lists,
		BirthYear: p.BirthYear, Country: p.Home.Country, Postcode: p.Home.Postcode, City: p.Home.City, Attributes: p.Attributes,
		Consents: map[string]consentDoc{},
	}
	for topic, c := range p.Consents {
		doc.Consents[topic] = consentDoc(c)
	}
	body, err := json.Marshal(doc)
	return Item{Key: Key{Table: Cards, Partition: cardPartition(p.ID), Sort: sortProfile}, Attrs: Attrs{"d": string(body)}}, err
}

func readProfile(id string, a Attrs) (card.Profile, error) {
	var doc profileDoc
	if err := json.Unmarshal([]byte(a.text("d")), &doc); err != nil {
		return card.Profile{}, fmt.Errorf("profile of card %s: %w", id, err)
	}
	p := card.Profile{
		ID: id, Given: doc.Given, Family: doc.Family, Email: doc.Email, Phone: doc.Phone, Language: doc.Language, TimeZone: doc.TimeZone,
		Suppressed: doc.Suppressed, Identities: doc.Identities, Tags: doc.Tags, Lists: doc.Lists,
		BirthYear: doc.BirthYear, Home: card.Home{Country: doc.Country, Postcode: doc.Postcode, City: doc.City}, Attributes: doc.Attributes,
	}
	for topic, c := range doc.Consents {
		if p.Consents == nil {
			p.Consents = map[string]card.Consent{}
		}
		p.Consents[topic] = card.Consent(c)
	}
	var err error
	if doc.Birthday != "" {
		if p.Birthday, err = day.ParseYearly(doc.Birthday); err != nil {
			return p, err
		}
	}
	if doc.Since != "" {
		p.Since, err = day.Parse(doc.Since)
	}
	return p, err
}

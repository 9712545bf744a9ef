package programme

import (
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Facts that rules may ask for. Earning rules may ask for those of the receipt and for the card's tier, and for nothing else: then a return
// can reckon years later what its receipt would have earned without the returned goods. Campaigns and offers may ask for all; of an
// offer that was applied, a return asks again what depends on the goods alone.
const (
	factTotal       = "receipt.total"       // money paid for goods
	factItems       = "receipt.items"       // pieces of goods
	factStore       = "receipt.store"       // id of the store
	factTill        = "receipt.till"        // id of the till, or the vendor's name
	factSKUs        = "receipt.skus"        // set
	factCategories  = "receipt.categories"  // set; "drinks/coffee" is also "drinks"
	factWeekday     = "receipt.weekday"     // "monday" ... in the store's zone
	factHour        = "receipt.hour"        // 0 to 23 in the store's zone
	factOn          = "receipt.on"          // day in the store's zone
	factTier        = "card.tier"           // id; unknown for the base tier
	factPoints      = "card.points"         // spendable
	factVisits      = "card.visits"         // receipts, this one or this basket counted
	factFirst       = "card.first_purchase" // nothing that was bought before has been kept
	factSpent       = "card.spent"          // money over all receipts, this one counted; what a basket will cost is not
	factCoupons     = "card.coupons"        // live coupons in the wallet
	factOffers      = "card.offers"         // set: offers of the live coupons
	factSince       = "card.enrolled_on"    // day
	factIdle        = "card.days_since_visit"
	factEmail       = "shopper.has_email"
	factLanguage    = "shopper.language"
	factConsents    = "shopper.consents"         // set of topics
	factBirthMonth  = "shopper.birthday_month"   // 1 to 12
	factToBirthday  = "shopper.days_to_birthday" // 0 on the day itself; unknown without a birthday
	factTags        = "shopper.tags"             // set: what the shop has marked the shopper with
	factEnrolledFor = "card.days_since_enrolled"
	factAge         = "shopper.age"      // in years; unknown without a year of birth that can be believed
	factCountry     = "shopper.country"  // "DE"
	factPostcode    = "shopper.postcode" // "10115"; "starts" asks for the region
	factCity        = "shopper.city"
	factRhythm      = "card.days_between_visits" // on average, rounded up; unknown before the second visit
)

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

func receiptFields(tiers []string) []rule.Field {
	return []rule.Field{
		{Name: factTotal, Kind: rule.Money}, {Name: factItems, Kind: rule.Int, Most: maxCount}, {Name: factStore, Kind: rule.Text},
		{Name: factTill, Kind: rule.Text}, {Name: factSKUs, Kind: rule.Set}, {Name: factCategories, Kind: rule.Set},
		{Name: factWeekday, Kind: rule.Text, Values: weekdays}, {Name: factHour, Kind: rule.Int, Most: 23}, {Name: factOn, Kind: rule.Day},
		tierField(tiers),
	}
}

// maxCount is more than any count of a card reaches; a rule that asks for fewer than none, or for more, is a slip of the pen.
const maxCount = 1_000_000_000

func tierField(tiers []string) rule.Field {
	if len(tiers) == 0 {
		tiers = []string{"the tiers that the programme does not have"}
	}
	return rule.Field{Name: factTier, Kind: rule.Text, Values: tiers}
}

// cardFields are the facts of the card and its shopper but for the tier, which rules of receipts may ask for as well.
func cardFields(offers, topics []string) []rule.Field {
	return []rule.Field{
		{Name: factPoints, Kind: rule.Int}, {Name: factVisits, Kind: rule.Int, Most: maxCount}, {Name: factFirst, Kind: rule.Bool},
		{Name: factSpent, Kind: rule.Money}, {Name: factCoupons, Kind: rule.Int, Most: maxCount},
		{Name: factOffers, Kind: rule.Set, Values: offers}, {Name: factSince, Kind: rule.Day}, {Name: factEnrolledFor, Kind: rule.Int, Most: maxCount},
		{Name: factIdle, Kind: rule.Int, Most: maxCount}, {Name: factRhythm, Kind: rule.Int, Most: maxCount}, {Name: factEmail, Kind: rule.Bool}, {Name: factTags, Kind: rule.Set}, {Name: factLists, Kind: rule.Set},
		{Name: factLanguage, Kind: rule.Text}, {Name: factConsents, Kind: rule.Set, Values: topics},
		{Name: factBirthMonth, Kind: rule.Int, Most: 12}, {Name: factToBirthday, Kind: rule.Int, Most: 366},
		{Name: factAge, Kind: rule.Int, Most: maxAge}, {Name: factCountry, Kind: rule.Text}, {Name: factPostcode, Kind: rule.Text}, {Name: factCity, Kind: rule.Text},
	}
}

// known fills facts by name. A name that the schema lacks is a mistake of this package, which its tests find.
type known struct {
	schema *rule.Schema
	facts  *rule.Facts
}

func knowing(schema *rule.Schema) known {
	return known{schema: schema, facts: schema.Facts()}
}

func (k known) slot(name string) int {
	slot, ok := k.schema.Slot(name)
	if !ok {
		return -1
	}
	return slot
}

func (k known) whole(name string, n int64)        { k.facts.SetInt(k.slot(name), n) }
func (k known) text(name, text string)            { k.facts.SetText(k.slot(name), text) }
func (k known) texts(name string, texts []string) { k.facts.SetTexts(k.slot(name), texts) }
func (k known) day(name string, d day.Day)        { k.facts.SetDay(k.slot(name), d) }
func (k known) bool(name string, is bool)         { k.facts.SetBool(k.slot(name), is) }
func (k known) receipt(r receipt.Receipt, lines []receipt.Line, zone *time.Location) {
	var total, items int64
	var skus, categories []string
	for _, l := range lines {
		if !l.IsGoods() {
			continue
		}
		total += l.Net()
		items += l.Quantity
		if l.SKU != "" {
			skus = append(skus, l.SKU)
		}
		categories = appendPath(categories, l.Category)
	}
	at := r.At.In(zone)
	k.whole(factTotal, total)
	k.whole(factItems, items)
	k.text(factStore, r.Key.Store)
	k.text(factTill, r.Key.Till)
	k.texts(factSKUs, skus)
	k.texts(factCategories, categories)
	k.text(factWeekday, weekdays[at.Weekday()])
	k.whole(factHour, int64(at.Hour()))
	k.day(factOn, day.Of(r.At, zone))
}

// appendPath adds a category and all above it.
func appendPath(list []string, category string) []string {
	for category != "" {
		if !slices.Contains(list, category) {
			list = append(list, category)
		}
		cut := strings.LastIndexByte(category, '/')
		category = category[:max(cut, 0)]
	}
	return list
}

func (k known) tier(tier string) {
	if tier != "" {
		k.text(factTier, tier)
	}
}

func (k known) card(rules *Programme, h card.Head, p card.Profile, today day.Day) {
	k.tier(h.Tier)
	k.whole(factPoints, h.Book.Available(today))
	k.whole(factVisits, h.Habits.Visits)
	k.bool(factFirst, h.Habits.Visits <= 1)
	k.whole(factSpent, h.Habits.Spent)
	h = h.Sweep(today)
	k.whole(factCoupons, int64(len(h.Wallet)))
	var offers []string
	for _, c := range h.Wallet {
		offers = append(offers, c.Offer)
	}
	k.texts(factOffers, offers)
	k.day(factSince, h.EnrolledOn)
	if h.Habits.LastOn != 0 {
		k.whole(factIdle, int64(today-h.Habits.LastOn))
	}
	if h.EnrolledOn != 0 {
		k.whole(factEnrolledFor, int64(today-h.EnrolledOn))
	}
	if b := h.Habits; b.Visits > 1 {
		k.whole(factRhythm, (int64(b.LastOn-b.FirstOn)+b.Visits-2)/(b.Visits-1))
	}
	k.texts(factTags, p.Tags)
	k.texts(factLists, p.Lists)
	k.bool(factEmail, p.Email != "")
	if p.Language != "" {
		k.text(factLanguage, p.Language)
	}
	var allowed []string
	for _, topic := range p.Topics() {
		if p.Allows(topic) {
			allowed = append(allowed, topic)
		}
	}
	k.texts(factConsents, allowed)
	if p.Birthday != (day.Yearly{}) {
		k.whole(factBirthMonth, int64(p.Birthday.Month))
		next := p.Birthday.In(today.Year(), day.OnFebruary28)
		if next < today {
			next = p.Birthday.In(today.Year()+1, day.OnFebruary28)
		}
		k.whole(factToBirthday, int64(next-today))
	}
	k.person(rules, p, today)
}

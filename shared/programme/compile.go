package programme

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/rule"
	"github.com/regulars-dev/regulars/shared/strict"
)

// Problem is one fault of a document: Pointer is a JSON pointer to it, Message a sentence for the marketer.
type Problem struct {
	Pointer string `json:"pointer"`
	Message string `json:"message"`
}

func (p Problem) String() string { return p.Pointer + ": " + p.Message }

// Parse reads a document from JSON and checks it whole. With problems there is no programme. An error means that text is no JSON.
func Parse(text []byte) (*Programme, []Problem, error) {
	var doc Document
	faults, err := strict.Decode(text, &doc)
	if err != nil {
		return nil, nil, fmt.Errorf("read the programme: %w", err)
	}
	if len(faults) > 0 {
		var list []Problem
		for _, f := range faults {
			list = append(list, Problem{Pointer: f.Pointer, Message: f.Detail})
		}
		return nil, list, nil
	}
	p, list := Compile(doc)
	return p, list, nil
}

// Compile checks a document and makes it ready to decide. All problems are found at once.
func Compile(doc Document) (*Programme, []Problem) { return compile(doc, true) }

func compile(doc Document, whole bool) (*Programme, []Problem) {
	c := compiler{whole: whole, p: &Programme{
		shopperZone: &sync.Map{}, hashes: &sync.Map{},
		Document: doc, zones: map[string]*time.Location{}, campaigns: map[string]campaign{}, offers: map[string]Offer{}, segments: map[string]segment{}, attributes: map[string]Attribute{},
		limited: map[string]limited{}, codes: map[string]string{}, multipliers: map[string]multiplier{},
		templates: map[string]letter{}, subjects: map[string]subject{},
	}}
	c.basics()
	c.ages()
	c.attributes()
	c.windows()
	if c.schemas(); c.p.cards == nil {
		return nil, c.list
	}
	c.segmentTrees()
	if !whole {
		c.standing()
	}
	c.points()
	c.pay()
	c.books()
	c.giftCards()
	c.household()
	c.earnRules()
	c.tiers()
	c.segments()
	c.offerRules()
	c.returns()
	c.letters()
	c.dates()
	c.campaignRules()
	c.approval()
	c.holdouts()
	c.stampRules()
	c.referral()
	c.mail()
	c.consent()
	return c.judged()
}

type compiler struct {
	p        *Programme
	whole    bool // it is being published: nothing is forgiven, and the templates are looked into too
	list     []Problem
	trees    map[string]any // of segments, by their ids
	mentions int            // of segments, in the condition that is being read
	unread   []string       // pointers of what could not be read at all, see load.go
}

func (c *compiler) fault(pointer, format string, args ...any) {
	c.list = append(c.list, Problem{Pointer: pointer, Message: fmt.Sprintf(format, args...)})
}

// id demands an id that no earlier member of its list has.
func (c *compiler) id(pointer, id string, seen map[string]bool) {
	switch {
	case !ids.ValidPart(id) || len(id) > maxID || strings.Trim(id, "._-#") == "":
		c.fault(pointer, "an id is 1 to %d of A-Z a-z 0-9 . _ - #, a letter or digit among them", maxID)
	case seen[id]:
		c.fault(pointer, "%q stands twice; ids are unique in their list", id)
	}
	seen[id] = true
}

// maxID keeps coupons short: their offer and campaign lie in the card's head.
const maxID = 24 // characters

func (c *compiler) count(pointer string, n, most int) {
	if n > most {
		c.fault(pointer, "%d entries; at most %d are allowed", n, most)
	}
}

func (c *compiler) basics() {
	d := &c.p.Document
	c.id("/programme", d.Programme, map[string]bool{})
	if d.From.IsZero() {
		c.fault("/from", "the moment from which this version holds is missing, such as 2026-01-01T00:00:00+01:00")
	}
	if _, err := d.Currency.Exponent(); err != nil {
		c.fault("/currency", "%v", err)
		d.Currency = "EUR" // so that the rest can be looked at; no programme comes of it
	}
	var err error
	if c.p.zone, err = time.LoadLocation(d.TimeZone); err != nil || d.TimeZone == "" || d.TimeZone == "Local" {
		c.fault("/time_zone", "%q is no IANA time zone such as Europe/Berlin", d.TimeZone)
		c.p.zone = time.UTC
	}
	if !slices.Contains(message.Languages(), d.Language) {
		c.fault("/language", "%q is not one of %s", d.Language, strings.Join(message.Languages(), ", "))
	}
	if !callingCode.MatchString(d.Calling) {
		c.fault("/calling_code", "%q is no calling code: 1 to 3 digits such as 49, without a sign before them", d.Calling)
	}
	if d.Shop.Name == "" || len(d.Shop.Name) > MaxName {
		c.fault("/shop/name", "a name of 1 to %d bytes is needed", MaxName)
	}
	if d.Shop.Address == "" {
		c.fault("/shop/address", "the postal address is missing; marketing mail must show it")
	}
	c.count("/stores", len(d.Stores), MaxStores)
	seen := map[string]bool{}
	for i, s := range d.Stores {
		at := "/stores/" + strconv.Itoa(i)
		c.id(at+"/id", s.ID, seen)
		if s.TimeZone != "" {
			if c.p.zones[s.ID], err = time.LoadLocation(s.TimeZone); err != nil {
				c.fault(at+"/time_zone", "%q is no IANA time zone such as Europe/Berlin", s.TimeZone)
				delete(c.p.zones, s.ID)
			}
		}
	}
	c.numbers()
	c.count("/topics", len(d.Topics), min(MaxTopics, card.MaxTopics))
	seen = map[string]bool{message.TopicService: true}
	for i, t := range d.Topics {
		c.id("/topics/"+strconv.Itoa(i)+"/id", t.ID, seen)
	}
	for i, name := range d.Publish {
		if spec, err := events.Lookup(name); err != nil || !spec.Direction.Says() {
			c.fault("/publish/"+strconv.Itoa(i), "%q is no event that we publish", name)
		}
	}
}

func (c *compiler) numbers() {
	n := ids.Numbering{Prefix: c.p.Document.Cards.Prefix, Secret: []byte(c.p.Document.Cards.Secret)}
	if n.Prefix == "" {
		n.Prefix = ids.DefaultPrefix
	}
	for _, r := range c.p.Document.Cards.Ranges {
		n.Ranges = append(n.Ranges, ids.Range(r))
	}
	if err := n.Validate(); err != nil {
		c.fault("/cards", "%v", err)
	}
	c.p.numbering = n
}

func (c *compiler) schemas() {
	d := &c.p.Document
	var tiers, offers, topics []string
	for _, t := range d.Tiers {
		tiers = append(tiers, t.ID)
	}
	for _, o := range d.Offers {
		offers = append(offers, o.ID)
	}
	for _, t := range d.Topics {
		topics = append(topics, t.ID)
	}
	var err error
	if c.p.receipts, err = rule.NewSchema(d.Currency, receiptFields(tiers)...); err == nil {
		c.p.cards, err = rule.NewSchema(d.Currency, slices.Concat(receiptFields(tiers), cardFields(offers, topics), attributeFields(d.Attributes))...)
	}
	if err == nil {
		c.p.shoppers, err = rule.NewSchema(d.Currency, slices.Concat([]rule.Field{tierField(tiers)}, cardFields(offers, topics), attributeFields(d.Attributes), c.windowFields(offers))...)
	}
	if err == nil {
		c.p.audiences, err = rule.NewSchema(d.Currency, slices.Concat(c.p.cards.Fields(), c.windowFields(offers))...)
	}
	if err == nil {
		c.p.onJourney, err = rule.NewSchema(d.Currency, slices.Concat([]rule.Field{tierField(tiers)}, cardFields(offers, topics), attributeFields(d.Attributes), journeyFields(), c.windowFields(offers))...)
	}
	if err != nil && len(c.list) == 0 {
		c.fault("", "%v", err)
	}
}

// when compiles a condition against a schema.
func (c *compiler) when(pointer string, when Condition, schema *rule.Schema) *rule.Compiled {
	var parsed rule.Rule
	if !when.IsZero() {
		written := when.Tree
		when.Tree = c.withSegments(pointer, written)
		if c.beyond(pointer, written, when.Tree, schema) {
			return &rule.Compiled{} // holds for nothing
		}
		var problems []rule.Problem
		if parsed, problems = rule.Parse(when.Tree); len(problems) > 0 {
			for _, p := range problems {
				c.unreadable(pointer+p.Path, "%s", p.Message)
			}
			return &rule.Compiled{} // holds for nothing
		}
	}
	compiled, problems := rule.Compile(parsed, schema)
	for _, p := range problems {
		c.unreadable(pointer+p.Path, "%s", p.Message)
	}
	if compiled == nil {
		compiled = &rule.Compiled{}
	}
	return compiled
}

// amount reads a decimal of the programme's currency; 0 for none.
func (c *compiler) amount(pointer string, d Decimal) int64 {
	if d == "" {
		return 0
	}
	a, err := money.Parse(string(d), c.p.Currency)
	switch {
	case err != nil:
		c.unreadable(pointer, "%v", err)
	case a.Minor <= 0:
		c.unreadable(pointer, "the amount must be more than 0")
	}
	return a.Minor
}

// callingCode is a country's, of ITU-T E.164; a programme may have none.
var callingCode = regexp.MustCompile(`^([1-9][0-9]{0,2})?$`)

func (c *compiler) letters() {
	c.count("/templates", len(c.p.Templates), MaxTemplates)
	for i, t := range c.p.Templates {
		at := "/templates/" + strconv.Itoa(i)
		if c.whole {
			for _, p := range message.Check(t) {
				c.fault(at+message.Pointer(p.Path), "%s", p.Text)
			}
		}
		key := t.ID + " " + t.Language
		if _, twice := c.p.templates[key]; twice {
			c.fault(at, "template %q stands twice in language %q", t.ID, t.Language)
		}
		c.p.templates[key] = letter{topic: t.Topic, compile: sync.OnceValues(func() (*message.Compiled, error) { return message.CompileChecked(t) })}
	}
}

func (c *compiler) mail() {
	m := c.p.Mail
	if (m.QuietFrom == "") != (m.QuietTo == "") {
		c.fault("/mail", "quiet hours need both quiet_from and quiet_to")
	}
	minutes := func(pointer, text string) int {
		if text == "" {
			return 0
		}
		t, err := time.Parse("15:04", text)
		if err != nil {
			c.fault(pointer, "%q is no time of day such as 21:00", text)
		}
		return t.Hour()*60 + t.Minute()
	}
	c.p.quiet = message.Quiet{From: minutes("/mail/quiet_from", m.QuietFrom), To: minutes("/mail/quiet_to", m.QuietTo)}
	if m.Links != "" && m.Links != LinksPlain && m.Links != LinksTracked {
		c.fault("/mail/links", "links are %q or %q", LinksPlain, LinksTracked)
	}
	c.mailCaps()
	c.mailRate()
}

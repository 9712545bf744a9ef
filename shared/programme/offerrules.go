package programme

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/rule"
)

// onShipping is an offer on the basket's shipping: a target of the document alone.
const onShipping = "shipping"

// offerRules turns the offers of the document into those of the discount engine, which judges them. What is wrong with how something is
// written is told here, and once.
func (c *compiler) offerRules() {
	c.count("/offers", len(c.p.Offers), MaxOffers)
	policy := c.policy(c.p.Pricing)
	seen := map[string]bool{}
	var list []offer.Offer
	var places []int // in the document
	for i, o := range c.p.Offers[:min(len(c.p.Offers), MaxOffers)] {
		at := "/offers/" + strconv.Itoa(i)
		c.id(at+"/id", o.ID, seen)
		c.p.offers[o.ID] = o
		c.limits(at, o)
		c.products(at+"/products", o.Products)
		if o.PointsTimes != "" {
			c.multiplierOffer(at, o)
			continue
		}
		made := c.offer(at, o)
		c.barred(at, o, made, policy.Never)
		list, places = append(list, made), append(places, i)
	}
	compiled, problems := offer.Compile(list, policy, c.p.cards)
	for i := range problems {
		problems[i].Path = placed(problems[i].Path, places)
	}
	written := len(c.list)
	for _, p := range problems {
		told := slices.ContainsFunc(c.list[:written], func(t Problem) bool {
			return t.Pointer == p.Path || strings.HasPrefix(p.Path, t.Pointer+"/") || strings.HasPrefix(t.Pointer, p.Path+"/")
		})
		if !told {
			c.fault(p.Path, "%s", p.Message)
		}
	}
	if !c.whole && (compiled == nil || c.isUnread("/offers") || c.isUnread("/pricing")) {
		compiled = c.standingOffers(list, places, policy, problems)
	}
	c.p.priced, c.p.written, c.p.policy, c.p.asksShopper = compiled, list, policy, c.p.askShopper(slices.Concat(list, c.p.multiplied()))
}

// placed is a pointer into the offers of the engine as one into those of the document.
func placed(pointer string, places []int) string {
	rest, is := strings.CutPrefix(pointer, "/offers/")
	number, field, _ := strings.Cut(rest, "/")
	n, err := strconv.Atoi(number)
	if !is || err != nil {
		return pointer
	}
	return strings.TrimSuffix("/offers/"+strconv.Itoa(places[n])+"/"+field, "/")
}

func (c *compiler) policy(d Pricing) offer.Policy {
	p := offer.Policy{Combine: offer.Mode(d.Combine), PricesWithout: d.Prices == "without_tax", Never: c.lines("/pricing/never", d.Never)}
	if !slices.Contains([]string{"", "with_tax", "without_tax"}, d.Prices) {
		c.fault("/pricing/prices", "prices are with_tax or without_tax")
	}
	if d.Never != nil && p.Never.IsZero() {
		c.fault("/pricing/never", "nothing is named; as it stands no offer could touch anything")
	}
	if d.Cap != nil {
		p.CapMinor, p.CapBasisPoints = c.amount("/pricing/cap/amount", d.Cap.Amount), c.percent("/pricing/cap/percent", d.Cap.Percent)
	}
	for i, m := range d.Minimum {
		at := "/pricing/minimum/" + strconv.Itoa(i)
		p.Floors = append(p.Floors, offer.Floor{
			Select: c.lines(at+"/lines", m.Lines), AmountMinor: c.amount(at+"/price", m.Price), BasisPoints: c.percent(at+"/percent", m.Percent),
		})
	}
	return p
}

// offer reads one offer.
func (c *compiler) offer(at string, o Offer) offer.Offer {
	made := offer.Offer{
		ID: o.ID, Name: o.Name, Target: offer.Target(o.On), Spread: offer.Spread(o.Spread), Pieces: o.Pieces, Times: o.Times, EachLine: o.Each == "line",
		Cap: c.amount(at+"/cap", o.Cap), CapPiece: c.amount(at+"/cap_piece", o.CapPiece), Every: c.amount(at+"/every", o.Every),
		MinBasket: c.amount(at+"/min_basket", o.MinBasket), MinPieces: o.MinPieces, Counts: offer.Counts(o.Counts), After: o.After, Tax: offer.Tax(o.Tax),
		Coupon: o.Coupon || o.Code != "" || o.Codes, Priority: o.Priority, Group: o.Group, Stack: offer.Stack(o.Stack), Select: c.lines(at+"/lines", o.Lines),
		From: c.day(at+"/from", o.From), Until: c.day(at+"/until", o.Until),
	}
	if o.Each != "" && o.Each != "piece" && o.Each != "line" {
		c.fault(at+"/each", "an amount comes off each piece or each line")
	}
	if o.On == onShipping {
		made.Target = offer.OnBasket
		made.Select.Kinds = []string{receipt.Shipping}
		if o.Lines != nil {
			c.fault(at+"/lines", "an offer on shipping takes all shipping; put on: basket and kinds: [shipping] to choose")
		}
	}
	c.benefit(at, o, &made)
	for i, p := range o.Set {
		here := at + "/set/" + strconv.Itoa(i)
		made.Set = append(made.Set, offer.Part{Select: c.lines(here+"/lines", p.Lines), Pieces: p.Pieces, Get: p.Get})
	}
	for i, w := range o.Windows {
		made.Windows = append(made.Windows, c.window(at+"/windows/"+strconv.Itoa(i), w))
	}
	if !o.When.IsZero() {
		tree := c.withSegments(at+"/when", o.When.Tree)
		if c.beyond(at+"/when", o.When.Tree, tree, c.p.cards) {
			return made
		}
		parsed, problems := rule.Parse(tree)
		for _, p := range problems {
			c.unreadable(at+"/when"+p.Path, "%s", p.Message)
		}
		made.When = parsed
	}
	if first := day.Of(c.p.From, c.p.zone); made.Until != 0 && !c.p.From.IsZero() && made.Until < first {
		c.fault(at+"/until", "the offer ends on %s, before the programme begins, so it could never apply", made.Until)
	}
	return made
}

// barred refuses an offer on goods that no offer touches: it could never apply, and nobody would be told why.
func (c *compiler) barred(at string, o Offer, made offer.Offer, never offer.Selector) {
	if !c.whole || never.IsZero() {
		return
	}
	const says = "all of these goods stand in pricing.never, which no offer touches, so the offer could never apply"
	if made.Select.Within(never) {
		if o.Lines != nil {
			at += "/lines"
		}
		c.fault(at, says)
	}
	for i, part := range made.Set {
		if part.Select.Within(never) {
			c.fault(at+"/set/"+strconv.Itoa(i)+"/lines", says)
		}
	}
}

// benefit reads what comes off.
func (c *compiler) benefit(at string, o Offer, made *offer.Offer) {
	given := 0
	for _, is := range []bool{o.Percent != "", o.Amount != "", o.Price != "", len(o.Steps) > 0, o.Free != nil} {
		if is {
			given++
		}
	}
	if given != 1 {
		c.fault(at, "an offer takes off a percent or an amount, sets a price, has steps, or is free; give one of them")
		return
	}
	switch {
	case o.Free != nil:
		made.Kind, made.BasisPoints, made.Target, made.Pieces = offer.Percent, wholePercent, offer.OnCheapest, max(o.Free.Pieces, 1)
		made.Select.SKUs = []string{o.Free.SKU}
		if o.MinBasket != "" && made.Counts == "" {
			made.Counts = offer.CountOthers
		}
		if o.Free.SKU == "" || o.Free.Pieces < 0 {
			c.fault(at+"/free", "which article is free is missing, or how many are less than 1")
		}
		if o.On != "" || o.Lines != nil || o.Pieces != 0 {
			c.fault(at+"/free", "a free article says itself what is chosen; leave out on, lines and pieces")
		}
		return
	case len(o.Steps) > 0:
		c.steps(at, o.Steps, made)
		return
	}
	made.Kind, made.BasisPoints, made.AmountMinor = c.off(at, o.Percent, o.Amount, o.Price)
}

func (c *compiler) steps(at string, steps []Step, made *offer.Offer) {
	for i, s := range steps {
		here := at + "/steps/" + strconv.Itoa(i)
		step := offer.Step{From: c.amount(here+"/from", s.From), Pieces: s.Pieces}
		var kind offer.Kind
		kind, step.BasisPoints, step.AmountMinor = c.off(here, s.Percent, s.Amount, s.Price)
		if i > 0 && kind != made.Kind {
			c.fault(here, "all steps take off a percent, or all an amount, or all set a price")
		}
		made.Kind = kind
		made.Steps = append(made.Steps, step)
	}
}

// off reads the one of three ways to say what comes off.
func (c *compiler) off(at string, percent, amount, price Decimal) (kind offer.Kind, basisPoints, minor int64) {
	switch {
	case percent != "" && amount == "" && price == "":
		return offer.Percent, c.percent(at+"/percent", percent), 0
	case amount != "" && percent == "" && price == "":
		return offer.Fixed, 0, c.amount(at+"/amount", amount)
	case price != "" && percent == "" && amount == "":
		return offer.NewPrice, 0, c.amount(at+"/price", price)
	}
	c.fault(at, "give one of percent, amount and price")
	return "", 0, 0
}

func (c *compiler) window(at string, w Window) (made offer.Window) {
	for i, name := range w.Days {
		n := slices.Index(weekdays, name)
		if n < 0 {
			c.unreadable(at+"/days/"+strconv.Itoa(i), "%q is not one of %s", name, strings.Join(weekdays, ", "))
			continue
		}
		made.Weekdays |= 1 << n
	}
	for i, n := range w.MonthDays {
		if n < 1 || n > 31 {
			c.unreadable(at+"/month_days/"+strconv.Itoa(i), "days of a month are 1 to 31")
			continue
		}
		made.MonthDays |= 1 << n
	}
	if (w.From == "") != (w.To == "") {
		c.unreadable(at, "hours need both from and to")
		return made
	}
	made.From, made.To = c.timeOfDay(at+"/from", w.From), c.timeOfDay(at+"/to", w.To)
	return made
}

// timeOfDay reads "07:30" as minutes; "24:00" is the end of a day.
func (c *compiler) timeOfDay(pointer, text string) int {
	if text == "" {
		return 0
	}
	if text == "24:00" {
		return 24 * 60
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		c.unreadable(pointer, "%q is no time of day such as 07:30", text)
	}
	return t.Hour()*60 + t.Minute()
}

func (c *compiler) day(pointer, text string) day.Day {
	if text == "" {
		return 0
	}
	d, err := day.Parse(text)
	if err != nil {
		c.unreadable(pointer, "%v", err)
	}
	return d
}

const wholePercent = 10_000 // basis points

// percent reads "12.5" as basis points, exactly; 0 for none.
func (c *compiler) percent(pointer string, d Decimal) int64 {
	if d == "" {
		return 0
	}
	whole, fraction, _ := strings.Cut(string(d), ".")
	n, err := strconv.ParseInt(whole+(fraction + "00")[:max(2, len(fraction))], 10, 64)
	if err != nil || len(fraction) > 2 || n < 1 || n > wholePercent {
		c.unreadable(pointer, "%q is no percentage from 0.01 to 100 with at most two decimals", string(d))
	}
	return n
}

// lines reads a choice of lines.
func (c *compiler) lines(pointer string, l *Lines) offer.Selector {
	if l == nil {
		return offer.Selector{}
	}
	kinds := []string{receipt.Goods, receipt.GiftCard, receipt.Shipping, receipt.Tip, receipt.Fee}
	for i, kind := range l.Kinds {
		if !slices.Contains(kinds, kind) {
			c.unreadable(pointer+"/kinds/"+strconv.Itoa(i), "%q is not one of %s", kind, strings.Join(kinds, ", "))
		}
	}
	return offer.Selector{
		SKUs: l.SKUs, Categories: l.Categories, Kinds: l.Kinds, Brands: l.Brands, Tags: l.Tags, Attributes: l.Attributes,
		PriceFrom: c.amount(pointer+"/price_from", l.PriceFrom), PriceTo: c.amount(pointer+"/price_to", l.PriceTo),
		ExcludeSKUs: l.NotSKUs, ExcludeCategories: l.NotCategories, ExcludeBrands: l.NotBrands, ExcludeTags: l.NotTags,
	}
}

// earningLines reads a choice of lines of receipts, which know less of their goods than a till does.
func (c *compiler) earningLines(pointer string, l *Lines) *offer.Selector {
	if l != nil && len(l.Brands)+len(l.Tags)+len(l.Attributes)+len(l.NotBrands)+len(l.NotTags) > 0 {
		c.unreadable(pointer, "receipts keep brands, tags and attributes for their offers alone, so points cannot ask for them; name skus or categories")
	}
	s := c.lines(pointer, l)
	return &s
}

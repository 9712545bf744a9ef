package programme

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/message"
)

// Arm is one of several ways in which a campaign speaks, to find out which is best. What it does not say is as the campaign says it.
type Arm struct {
	ID      string  `json:"id"`                // a name for it, other than "treated" and "held"
	Weight  int     `json:"weight,omitempty"`  // 1 to 1000; of two arms with 1 and 3 the second speaks to three cards in four. 1 if missing
	Subject string  `json:"subject,omitempty"` // in the place of that of the template
	Message *Letter `json:"message,omitempty"` // in the place of that of the campaign
	Grant   *Grant  `json:"grant,omitempty"`   // in the place of that of the campaign
}

// Winner says how an arm wins: looked at once, AfterDays after the first card was assigned and as soon as each arm has AtLeast cards. An
// arm that is proven to be better than each of the others speaks to all from then on; where none is, the arms stay as they are.
type Winner struct {
	By        string `json:"by"`                 // "revenue" of all cards of an arm, "buyers", or "clicks" of people in its e-mails
	AfterDays int    `json:"after_days"`         // 1 to 90
	AtLeast   int64  `json:"at_least,omitempty"` // cards in each arm; 100 if missing
}

// What Winner.By may say.
const (
	ByRevenue = "revenue"
	ByBuyers  = "buyers"
	ByClicks  = "clicks"
)

// Limits of arms.
const (
	maxArms       = 10
	maxArmID      = 20 // bytes: it lies on every card that is measured
	maxSubject    = 200
	leastToChoose = 100
)

// Least is how many cards each arm has before anything is decided.
func (w Winner) Least() int64 {
	if w.AtLeast == 0 {
		return leastToChoose
	}
	return w.AtLeast
}

// In is the campaign as it speaks in one of its arms; itself for an arm that it has not.
func (c Campaign) In(arm string) Campaign {
	a, ok := c.arm(arm)
	if !ok {
		return c
	}
	if a.Message != nil {
		c.Message = a.Message
	}
	if a.Grant != nil {
		c.Grant = a.Grant
	}
	return c
}

func (c Campaign) arm(id string) (Arm, bool) {
	i := slices.IndexFunc(c.Arms, func(a Arm) bool { return a.ID == id })
	if i < 0 {
		return Arm{}, false
	}
	return c.Arms[i], true
}

// ways lists the campaign as it speaks: in each of its arms, or in the one way that it has.
func (c Campaign) ways() []Campaign {
	if len(c.Arms) == 0 {
		return []Campaign{c}
	}
	list := make([]Campaign, len(c.Arms))
	for i, a := range c.Arms {
		list[i] = c.In(a.ID)
	}
	return list
}

// Share is the part of the cards that an arm is meant for among those to whom the campaign speaks, as a weight and the sum of all weights.
func (c Campaign) Share(arm string) (weight, all int) {
	for _, a := range c.Arms {
		w := max(1, a.Weight)
		if all += w; a.ID == arm {
			weight = w
		}
	}
	return weight, all
}

// ArmOf is the arm in which a campaign speaks to a card, "" of a campaign without arms. A card that is being measured stays in the arm
// that it is in, whatever becomes of the weights; to any other the winner speaks, if there is one, and else the arm that a hash of the
// programme, the campaign and the card has chosen. That hash has nothing to do with the one that holds cards out.
func (p *Programme) ArmOf(campaign string, h card.Head) string {
	c := p.campaigns[campaign]
	if len(c.Arms) == 0 {
		return ""
	}
	if a, ok := h.Assigned(campaign); ok && !a.Done {
		if _, still := c.arm(a.Arm); still {
			return a.Arm
		}
	}
	if won := p.won[campaign]; won != "" {
		if _, still := c.arm(won); still {
			return won
		}
	}
	_, all := c.Share("")
	place, _ := bits.Mul64(hashes(p.Document.Programme, campaign+" arms", h.ID), uint64(all))
	for _, a := range c.Arms {
		w := uint64(max(1, a.Weight))
		if place < w {
			return a.ID
		}
		place -= w
	}
	return c.Arms[len(c.Arms)-1].ID // the weights add up, so this is not come to
}

// assignedTo is the group in which a card begins to be measured. Those to whom a winner speaks because it has won are no part of the
// comparison of arms: it is over, and they would make one group of it larger than it was meant to be.
func (p *Programme) assignedTo(campaign, arm string) string {
	if arm == "" || p.won[campaign] != "" {
		return card.ArmTreated
	}
	return arm
}

// Chooses reports whether some campaign may have a winner, so that it is worth asking.
func (p *Programme) Chooses() bool {
	return slices.ContainsFunc(p.Campaigns, func(c Campaign) bool { return c.Winner != nil })
}

// Won is the programme in which some campaigns have a winner, by their ids.
func (p *Programme) Won(arms map[string]string) *Programme {
	if len(arms) == 0 {
		return p
	}
	next := *p
	next.won = arms
	return &next
}

// TemplateIn is Template with the subject of a campaign's arm.
func (p *Programme) TemplateIn(campaign, arm, id, language string) (t *message.Compiled, ok bool, err error) {
	own, ok := p.subjects[campaign+" "+arm]
	if !ok || own.id != id {
		return p.Template(id, language)
	}
	t, err = own.compile()
	return t, true, err
}

// arms checks in how many ways a campaign speaks.
func (c *compiler) arms(at string, k Campaign) {
	if len(k.Arms) == 0 {
		if k.Winner != nil {
			c.fault(at+"/winner", "a winner is one of several arms; here are none")
		}
		return
	}
	c.count(at+"/arms", len(k.Arms), maxArms)
	switch {
	case len(k.Arms) == 1:
		c.fault(at+"/arms", "arms are 2 to %d ways to be compared; to compare one with nothing give a holdout", maxArms)
	case k.HasSteps():
		c.fault(at+"/arms", "a campaign with steps goes several ways in a step of its own: see split")
	case k.On == OnEnrolled:
		c.fault(at+"/arms", "a campaign of enrolment grants to all alike; compare on: first_purchase")
	}
	seen := map[string]bool{card.ArmTreated: true, card.ArmHeld: true}
	for i, a := range k.Arms {
		here := at + "/arms/" + strconv.Itoa(i)
		c.id(here+"/id", a.ID, seen)
		if len(a.ID) > maxArmID || strings.Contains(a.ID, ":") {
			c.fault(here+"/id", "an arm has a short id, of at most %d letters", maxArmID)
		}
		if a.Weight < 0 || a.Weight > maxWeight {
			c.fault(here+"/weight", "a weight is 1 to %d", maxWeight)
		}
		c.arm(here, k, a)
	}
	c.winner(at+"/winner", k)
}

// arm checks what one arm says in the place of its campaign.
func (c *compiler) arm(at string, k Campaign, a Arm) {
	way := k.In(a.ID)
	if way.Grant == nil && way.Message == nil {
		c.fault(at, "an arm grants a coupon or points, or sends a message, of its own or the campaign's; here is none of these")
	}
	if a.Grant != nil {
		if k.On == OnCart && !k.CouponAtOnce {
			c.fault(at+"/grant", notAtOnce)
		}
		c.grant(at, way)
		c.grantFits(at, way)
	}
	if a.Message != nil {
		c.letter(at, way)
		c.showcase(at, way)
	}
	if a.Subject != "" {
		c.subject(at, k.ID, a, way)
	}
}

// subject makes the template of an arm ready with the arm's own subject. A template in several languages has a subject in each.
func (c *compiler) subject(at, campaign string, a Arm, way Campaign) {
	if way.Message == nil {
		c.fault(at+"/subject", "without a message there is no subject")
		return
	}
	var own *message.Template
	for _, t := range c.p.Templates {
		if t.ID != way.Message.Template {
			continue
		}
		if own != nil {
			c.fault(at+"/subject", "template %q is there in several languages, each with a subject; give the arm a message with a template of its own", t.ID)
			return
		}
		own = &t
	}
	if own == nil {
		return // told at the message
	}
	t := *own
	t.Subject = a.Subject
	if len(a.Subject) > maxSubject {
		c.fault(at+"/subject", "a subject has at most %d letters", maxSubject)
	}
	if c.whole {
		for _, f := range message.Check(t) {
			if strings.HasPrefix(f.Path, "subject") {
				c.fault(at+"/subject", "%s", f.Text)
			}
		}
	}
	c.p.subjects[campaign+" "+a.ID] = subject{t.ID, sync.OnceValues(func() (*message.Compiled, error) { return message.CompileChecked(t) })}
}

// subject is a template with the subject of an arm.
type subject struct {
	id      string
	compile func() (*message.Compiled, error)
}

// winner checks by what an arm wins.
func (c *compiler) winner(at string, k Campaign) {
	w := k.Winner
	if w == nil {
		return
	}
	switch w.By {
	case ByRevenue, ByBuyers:
	case ByClicks:
		if c.p.Mail.Links != LinksTracked {
			c.fault(at+"/by", "clicks are counted only where mail.links is %q", LinksTracked)
		}
	default:
		c.fault(at+"/by", "%q is not one of %s, %s, %s", w.By, ByRevenue, ByBuyers, ByClicks)
	}
	if w.AfterDays < 1 || w.AfterDays > maxWindowDays {
		c.fault(at+"/after_days", "the arms are looked at once, after 1 to %d days", maxWindowDays)
	}
	if w.AtLeast < 0 || w.AtLeast > 0 && w.AtLeast < leastToChoose {
		c.fault(at+"/at_least", "an arm of fewer than %d cards proves nothing", leastToChoose)
	}
}

// grantFits refuses a grant that the occasion of its campaign has no room for.
func (c *compiler) grantFits(at string, k Campaign) {
	if k.Grant == nil {
		return
	}
	if k.On == OnReturned && k.Grant.Points != 0 {
		c.fault(at+"/grant/points", "a return takes points back and brings none; grant a coupon")
	}
	if k.On == OnCart && k.Grant.Points != 0 {
		c.fault(at+"/grant/points", cartPoints)
	}
	if k.On == OnSchedule && k.Grant.Points != 0 {
		c.fault(at+"/grant/points", "a campaign on a schedule grants a coupon, which is made with the message; points are for the other campaigns")
	}
	if k.On == OnCouponUnused && k.Grant.Offer != "" {
		c.fault(at+"/grant", "the e-mail is about the coupon that was not used; it brings none")
	}
}

package vendor

import (
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/events"
)

// shopifyCustomer says that a shopper changed. Consent comes from the dated object; the older flag accepts_marketing contradicts it
// now and then and is never read.
func (p *parser) shopifyCustomer(c field) {
	s := &p.result.Shopper
	s.ID = c.at("id").id()
	s.Email, s.Phone = firstText(c.at("email")), firstText(c.at("phone"))
	at := c.at("updated_at").when(c.at("created_at"))
	p.emitProfile(at)
	if dated := c.at("email_marketing_consent", "consent_updated_at").optionalTime(); !dated.IsZero() {
		s.Consent = p.shopifyAct(c.at("email_marketing_consent"), dated)
		p.emitConsent(dated.UTC().Format(time.RFC3339Nano))
	}
}

// shopifyConsent is the consent topic. A withdrawal without a date counts from when it came; a consent without one proves nothing.
func (p *parser) shopifyConsent(c field) {
	s := &p.result.Shopper
	s.ID = c.at("customer_id").id()
	s.Email = firstText(c.at("email_address"))
	at := c.at("email_marketing_consent", "consent_updated_at").optionalTime()
	dated := !at.IsZero()
	if !dated {
		at = p.d.ReceivedAt
	}
	act := p.shopifyAct(c.at("email_marketing_consent"), at)
	if act == nil || act.Allowed && !dated {
		p.ignore("consent that is neither given nor withdrawn")
		return
	}
	s.Consent = act
	if !dated && p.d.EventID != "" { // the moment differs with each delivery, the event id does not
		p.emitConsent(p.d.EventID)
		return
	}
	p.emitConsent(at.UTC().Format(time.RFC3339Nano))
}

// shopifyAct reads the state of consent. Pending is a confirmation not yet given: nothing has changed.
func (p *parser) shopifyAct(object field, at time.Time) *Consent {
	switch state := object.at("state").text(); state {
	case "subscribed", "unsubscribed", "not_subscribed", "redacted", "invalid":
		return &Consent{Topics: p.cfg.Topics, Allowed: state == "subscribed", At: at}
	case "pending", "":
	default:
		p.fail(object.path+"/state", "is a state that we do not know")
	}
	return nil
}

// emitProfile tells that something about the shopper changed; the vendor does not say what.
func (p *parser) emitProfile(at time.Time) {
	if p.problem == nil {
		p.emit(events.ShopperUpdated{Changed: []string{"profile"}}, at, "shopper/"+p.result.Shopper.ID, at.UTC().Format(time.RFC3339Nano))
	}
}

// emitConsent tells an act of consent as an event of its own, at the moment of the act: carried by a later change of the address, a
// withdrawal of years ago would outweigh what the shopper has allowed since. state names the act.
func (p *parser) emitConsent(state string) {
	act := p.result.Shopper.Consent
	if p.problem != nil || act == nil {
		return
	}
	news := events.ShopperUpdated{Changed: []string{"consent"}, Consent: map[string]bool{}}
	for _, topic := range act.Topics {
		news.Consent[topic] = act.Allowed
	}
	p.emit(news, act.At, "consent/"+p.result.Shopper.ID, state+"/"+strconv.FormatBool(act.Allowed))
}

// shopifyMerge asks to join two shoppers. Shopify also tells of merges that failed.
func (p *parser) shopifyMerge(c field) {
	if status := c.at("status").text(); status != "completed" {
		p.ignore("merge that was not completed")
		return
	}
	p.result.Shopper.ID = p.lastPart(c.at("admin_graphql_api_customer_kept_id"))
	p.result.Request = &Request{Kind: RequestMerge, Other: p.lastPart(c.at("admin_graphql_api_customer_deleted_id"))}
}

// lastPart is the number in "gid://shopify/Customer/NUMBER".
func (p *parser) lastPart(f field) string {
	text := f.id()
	return text[strings.LastIndexByte(text, '/')+1:]
}

// shopifyPrivacy passes on what the law lets a shopper ask. It may name the shopper by e-mail alone.
func (p *parser) shopifyPrivacy(c field, kind string) {
	s := &p.result.Shopper
	s.ID = c.at("customer", "id").optionalID()
	s.Email, s.Phone = firstText(c.at("customer", "email")), firstText(c.at("customer", "phone"))
	if !s.Known() {
		p.fail("/customer", "names nobody")
	}
	p.result.Request = &Request{Kind: kind}
}

package vendor

import (
	"encoding/json"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/money"
)

// squareNames reads topic, shop and event id, which stand in the body. What is no JSON has none; Parse will say so.
func squareNames(body []byte) (topic, shop, event string) {
	var names struct {
		Type     string `json:"type"`
		Merchant string `json:"merchant_id"`
		Event    string `json:"event_id"`
	}
	if json.Unmarshal(body, &names) != nil {
		return "", "", ""
	}
	return names.Type, names.Merchant, names.Event
}

// squareTopics are the types that something follows from. Sales are told by payments: orders are thin, and not told at all for sales
// rung up in Square's own till; invoices and terminal checkouts tell of the same money again.
var squareTopics = map[string]func(*parser, field){
	"payment.created":  func(p *parser, object field) { p.squarePayment(object.at("payment")) },
	"payment.updated":  func(p *parser, object field) { p.squarePayment(object.at("payment")) },
	"refund.created":   func(p *parser, object field) { p.squareRefund(object.at("refund")) },
	"refund.updated":   func(p *parser, object field) { p.squareRefund(object.at("refund")) },
	"customer.created": func(p *parser, object field) { p.squareCustomer(object.at("customer")) },
	"customer.updated": func(p *parser, object field) { p.squareCustomer(object.at("customer")) },
	"oauth.authorization.revoked": func(p *parser, _ field) {
		p.result.Request = &Request{Kind: RequestAccess}
	},
}

// square reads a body by its type, which the body itself names.
func (p *parser) square(body field) {
	topic := body.at("type").id()
	if shop := body.at("merchant_id").text(); shop != "" && len(shop) <= maxShop {
		p.d.Shop = shop
	}
	if read := squareTopics[topic]; read != nil {
		read(p, body.at("data", "object"))
		return
	}
	p.ignore(notListened)
}

// squarePayment makes a sale of a completed payment. It is told again for each tip, fee and refund; id and state name it, because
// two tellings may share an event id and the event's own time can lie months from the payment's.
func (p *parser) squarePayment(f field) {
	id := f.at("id").id()
	p.result.Shopper.ID = f.at("customer_id").optionalID()
	p.result.Shopper.Email = firstText(f.at("buyer_email_address"))
	switch status := f.at("status").text(); status {
	case "COMPLETED":
	case "APPROVED", "PENDING", "CANCELED", "FAILED":
		p.ignore("payment that is not completed")
		return
	default:
		p.fail(f.path+"/status", "is a status that we do not know")
		return
	}
	total := squareMoney(f.at("total_money"))
	sale := events.CheckoutCompleted{Receipt: p.receipt(id), Total: total}
	if tip := f.at("tip_money"); !tip.absent() {
		if given := squareMoney(tip); given.Minor > 0 && given.Minor <= total.Minor {
			sale.Lines = events.Sold([]events.Line{
				{ID: "sale", Quantity: 1, Amount: total.Minor - given.Minor},
				{ID: lineTip, Kind: events.KindTip, Quantity: 1, Amount: given.Minor},
			})
		}
	}
	at := f.at("created_at").when()
	if p.problem == nil {
		p.emit(sale, at, "payment/"+id, "completed")
	}
}

// squareRefund makes a return of money. order_id is the refund's own; payment_id leads to the sale.
func (p *parser) squareRefund(f field) {
	id := f.at("id").id()
	switch status := f.at("status").text(); status {
	case "COMPLETED":
	case "PENDING", "APPROVED", "REJECTED", "FAILED":
		p.ignore("refund that is not completed")
		return
	default:
		p.fail(f.path+"/status", "is a status that we do not know")
		return
	}
	if f.at("unlinked").yes() {
		p.ignore("refund of no sale")
		return
	}
	amount := squareMoney(f.at("amount_money"))
	back := events.CheckoutRefunded{Return: part(id), Receipt: p.receipt(f.at("payment_id").id()), Amount: &amount}
	at := f.at("created_at").when()
	if p.problem == nil {
		p.emit(back, at, "refund/"+id, "completed")
	}
}

// squareCustomer says that a shopper changed. email_unsubscribed true is a withdrawal, dated by the change that carries it, since Square
// gives no date of its own; false is only the absence of one.
func (p *parser) squareCustomer(f field) {
	s := &p.result.Shopper
	s.ID = f.at("id").id()
	s.Email, s.Phone = firstText(f.at("email_address")), firstText(f.at("phone_number"))
	at := f.at("updated_at").when(f.at("created_at"))
	p.emitProfile(at)
	if f.at("preferences", "email_unsubscribed").yes() {
		s.Consent = &Consent{Topics: p.cfg.Topics, Allowed: false, At: at}
		p.emitConsent(at.UTC().Format(time.RFC3339Nano))
	}
}

func squareMoney(f field) money.Amount {
	return money.Amount{Minor: f.at("amount").minor(), Currency: f.at("currency").currency()}
}

package reference

import (
	"bytes"
	"fmt"
	"go/ast"
	"path/filepath"
	"slices"
	"strings"
)

// Holding is a type that tells of shoppers, with each of its fields in one of three classes, by names that spaces part.
type Holding struct {
	Room, Type string
	Personal   string // who somebody is, how to reach them, what they want: in no event, log, metric or address
	Card       string // names a card or what hangs on it: a person only for whoever reads the profile too
	Plain      string // tells of goods, money and happenings, of nobody by itself
}

// Rooms of the table.
const (
	cardRoom   = "shared/card"
	eventsRoom = "events"
	inboxRoom  = "shared/loyalty"
	vendorRoom = "shared/vendor"
)

// Holdings is the one table of personal data. A test holds it to the types: a field that stands here in no class, or in two, is a fault.
var Holdings = []Holding{
	{Room: cardRoom, Type: "Profile", Personal: "Given Family Email Phone Birthday BirthYear Home Attributes Language TimeZone Consents Suppressed Tags Lists Identities",
		Card: "ID", Plain: "Since"},
	{Room: cardRoom, Type: "Home", Personal: "Country Postcode City"},
	{Room: cardRoom, Type: "Consent", Personal: "Allowed At Source By Asked ConfirmedAt", Plain: "Text Hash"},
	{Room: cardRoom, Type: "Suppression", Personal: "At Reason"},
	{Room: vendorRoom, Type: "Shopper", Personal: "ID Email Phone Consent", Plain: "Vendor"},
	{Room: vendorRoom, Type: "Consent", Personal: "Topics Allowed At"},
	{Room: inboxRoom, Type: "Parked", Personal: "Message", Plain: "ID Vendor Topic Shop Reason At"},
	{Room: inboxRoom, Type: "Act", Card: "On Before After", Plain: "ID At EndedAt State By Through What Why Code"},
	{Room: messageRoom, Type: "Order", Card: "ID Occasion Card Coupon Cart Journey CorrelationID",
		Plain: "Campaign Arm Template Topic Points CartVersion CartStep Grant OrderedAt EarliestAt ExpiresAt Repeatable Priority Bulk"},
	{Room: messageRoom, Type: "Grant", Plain: "Offer Days"},
	{Room: messageRoom, Type: "Record", Card: "ProviderID",
		Plain: "State Attempt Lapsed LeaseUntil NotBefore SentAt SettledAt Reason Detail Soft Reported Clicks OpenedAt"},
	{Room: messageRoom, Type: "Clicks", Plain: "FirstAt Count Machines LastAt Link Person"},
	{Room: eventsRoom, Type: "Metadata", Card: "ID CorrelationID CausationID", Plain: "OccurredAt Source"},
	{Room: eventsRoom, Type: "Line", Plain: "ID SKU Category Kind Quantity Amount Discount"},
	{Room: eventsRoom, Type: "Goods", Plain: "Brand Tags Attributes Minimum TaxRate"},
	{Room: eventsRoom, Type: "SoldLine"},
	{Room: eventsRoom, Type: "ReceiptRef", Card: "Number", Plain: "Store Till"},
	{Room: eventsRoom, Type: "UsedOffer", Card: "Coupon Code", Plain: "Offer Amount"},
	{Room: eventsRoom, Type: "Tender", Card: "Hold GiftCard Redemption", Plain: "Kind Points Amount"},
	{Room: eventsRoom, Type: "CheckoutCompleted", Card: "Receipt Card Coupons Codes Cart Reservation", Plain: "Lines Total Tax Offers Tenders"},
	{Room: eventsRoom, Type: "ReturnedLine", Plain: "ID Quantity"},
	{Room: eventsRoom, Type: "CheckoutRefunded", Card: "Return Receipt", Plain: "Lines Amount Void"},
	{Room: eventsRoom, Type: "CartUpdated", Card: "Cart Card URL", Plain: "Version Lines Total"},
	{Room: eventsRoom, Type: "CartCleared", Card: "Cart", Plain: "Reason"},
	{Room: eventsRoom, Type: "ShopperEnrolled", Card: "Card", Plain: "Store"},
	{Room: eventsRoom, Type: "ShopperUpdated", Card: "Card Consent", Plain: "Changed"},
	{Room: eventsRoom, Type: "ShopperTouched", Card: "Card", Plain: "Touch Campaign"},
	{Room: eventsRoom, Type: "PointsEarned", Card: "Card Cause", Plain: "Points Balance Bonuses"},
	{Room: eventsRoom, Type: "Bonus", Plain: "By Points"},
	{Room: eventsRoom, Type: "PointsReversed", Card: "Card Cause", Plain: "Points Balance"},
	{Room: eventsRoom, Type: "PointsExpiring", Card: "Card", Plain: "Points Balance ExpiresOn"},
	{Room: eventsRoom, Type: "CouponGranted", Card: "Card Cause Coupon", Plain: "Offer Campaign ExpiresOn"},
	{Room: eventsRoom, Type: "CouponRedeemed", Card: "Card Cause Coupon", Plain: "Offer"},
	{Room: eventsRoom, Type: "TierChanged", Card: "Card Cause", Plain: "From To"},
	{Room: eventsRoom, Type: "MessageSent", Card: "Message Card Occasion", Plain: "Campaign"},
	{Room: eventsRoom, Type: "MessageClicked", Card: "Message Card Occasion", Plain: "Campaign"},
	{Room: eventsRoom, Type: "MessageRefused", Card: "Message Card Occasion", Plain: "Campaign Reason"},
	{Room: eventsRoom, Type: "JourneyReached", Card: "Card Occasion", Plain: "Campaign Step Reached"},
	{Room: eventsRoom, Type: "CampaignStopped", Plain: "Campaign Reason Settled Bounced Complained"},
}

// Logged are the names that a log line's values may have; none of them is personal. What is logged as error or panic has been through the
// fence of shared/edge, which takes out payment cards and what stands under a personal name.
var Logged = []string{
	"at", "code", "error", "event", "first", "function", "label", "last", "message", "panic", "receive_count", "route", "schedule",
	"sequence", "set_off_by", "stack", "step", "type", "vendor", "what",
}

// Counted are the dimensions that a metric may have.
var Counted = []string{"code", "event", "function", "label", "outcome", "reason", "type", "vendor"}

// PersonalPage writes the table with the comments of the fields. It fails where the table and the types below top differ, or something
// personal stands in an event.
func PersonalPage(top string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("# Personal data, field by field\n\n`personal` says who a shopper is, how to reach them or what they want: it stands in no log, metric or\n" +
		"address, in no event (only which consent has changed is told, by the card), and is read anew for each e-mail. `card` names a card or what hangs on it: it leads to a\n" +
		"person only for whoever may read the profile too. The rest tells of goods, money and happenings.\n")
	seen := map[string]book{}
	var faults []string
	for _, h := range Holdings {
		if _, read := seen[h.Room]; !read {
			b := book{types: map[string]known{}, values: map[string]string{}, means: map[string]string{}}
			if err := b.read(filepath.Join(top, h.Room), ""); err != nil {
				return nil, err
			}
			seen[h.Room] = b
		}
		faults = append(faults, h.write(&out, seen[h.Room])...)
	}
	for _, name := range unlisted(seen[eventsRoom]) {
		faults = append(faults, "events."+name+" is in no line of the table")
	}
	fmt.Fprintf(&out, "\n## Logs and metrics\n\nA log line's values have these names and no others: %s.\nA metric's dimensions: %s.\n", quoted(Logged), quoted(Counted))
	if len(faults) > 0 {
		return nil, fmt.Errorf("the table of personal data (infra/reference/personal.go) is not right: %s", strings.Join(faults, "; "))
	}
	return out.Bytes(), nil
}

// write adds a type to the page and tells its faults.
func (h Holding) write(out *bytes.Buffer, b book) (faults []string) {
	name := h.Room + "." + h.Type
	t, ok := b.types[h.Type]
	if !ok {
		return []string{name + " is no type"}
	}
	if h.Room == eventsRoom && h.Personal != "" {
		faults = append(faults, name+" is an event and would hold what is personal: "+h.Personal)
	}
	classes := map[string][]string{}
	for class, names := range map[string]string{"personal": h.Personal, "card": h.Card, "": h.Plain} {
		for _, field := range strings.Fields(names) {
			classes[field] = append(classes[field], class)
		}
	}
	if len(classes) > 0 {
		fmt.Fprintf(out, "\n## %s\n\n| field | is | |\n|---|---|---|\n", name)
	}
	for _, f := range t.fields {
		if inner := fieldType(f); b.types[inner].fields != nil && !listed(h.Room, inner) {
			faults = append(faults, fmt.Sprintf("%s holds %s, which is in no line of the table", name, inner))
		}
		for _, n := range f.Names {
			if len(classes[n.Name]) != 1 {
				faults = append(faults, fmt.Sprintf("%s.%s stands in %d classes", name, n.Name, len(classes[n.Name])))
				continue
			}
			fmt.Fprintf(out, "| %s | %s | %s |\n", n.Name, classes[n.Name][0], plain(f.Doc.Text()+" "+f.Comment.Text()))
			delete(classes, n.Name)
		}
	}
	for field := range classes {
		faults = append(faults, name+" has no field "+field)
	}
	slices.Sort(faults)
	return faults
}

func listed(room, name string) bool {
	return slices.ContainsFunc(Holdings, func(h Holding) bool { return h.Room == room && h.Type == name })
}

// unlisted are the exported types of a room that are written as JSON and stand nowhere in the table.
func unlisted(b book) (names []string) {
	for name, t := range b.types {
		if ast.IsExported(name) && !listed(eventsRoom, name) && slices.ContainsFunc(t.fields, func(f *ast.Field) bool { return keyOf(f) != "" }) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// fieldType is the name of a field's type, of its elements where it is a list, a map or a pointer; "" for a type of another room.
func fieldType(f *ast.Field) string {
	e := f.Type
	for {
		switch inner := e.(type) {
		case *ast.StarExpr:
			e = inner.X
		case *ast.ArrayType:
			e = inner.Elt
		case *ast.MapType:
			e = inner.Value
		case *ast.Ident:
			return inner.Name
		default:
			return ""
		}
	}
}

func quoted(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }

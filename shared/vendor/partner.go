package vendor

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// partnerPrefix begins the source of Shopify's events on a partner bus.
const partnerPrefix = "aws.partner/shopify.com/"

// FromPartner makes a delivery of an event on Shopify's partner bus, where AWS vouches for the sender and nothing is signed. The
// events of it are those of the signed door, ids included.
//
// It returns *Problem for any other envelope, and for one that Shopify sends with null in place of the body when access to it was
// denied. Such a one belongs into the dead-letter queue.
func FromPartner(raw []byte) (Delivery, error) {
	var in struct {
		Source string    `json:"source"`
		Time   time.Time `json:"time"`
		Detail struct {
			Payload  json.RawMessage `json:"payload"`
			Metadata map[string]any  `json:"metadata"`
		} `json:"detail"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return Delivery{}, &Problem{Why: "is not an event of a partner bus"}
	}
	if !strings.HasPrefix(in.Source, partnerPrefix) {
		return Delivery{}, &Problem{Field: "/source", Why: "is not Shopify's"}
	}
	if len(in.Detail.Payload) == 0 || string(in.Detail.Payload) == "null" {
		return Delivery{}, &Problem{Field: "/detail/payload", Why: "is missing; Shopify may have denied access to it"}
	}
	headers := http.Header{}
	for name, value := range in.Detail.Metadata {
		// names have been seen without their prefix and in lower case
		if text, ok := value.(string); ok && !strings.EqualFold(name, "content-type") {
			bare := strings.TrimPrefix(strings.ToLower(name), "x-")
			headers.Set("X-Shopify-"+strings.TrimPrefix(bare, "shopify-"), text)
		}
	}
	return Receive(Shopify, headers, in.Detail.Payload, in.Time), nil
}

// Guess finds vendor and topic of a saved body that has lost its headers, by the fields that only it has. It returns "" for a vendor or
// topic that it cannot tell; a guess is for files that a person replays and never for what comes from outside.
func Guess(body []byte) (vendor, topic string) {
	var top map[string]json.RawMessage
	if json.Unmarshal(body, &top) != nil {
		return "", ""
	}
	has := func(names ...string) bool {
		for _, name := range names {
			if _, ok := top[name]; !ok {
				return false
			}
		}
		return true
	}
	switch {
	case has("merchant_id", "type", "data"):
		topic, _, _ := squareNames(body)
		return Square, topic
	case has("order_id", "refund_line_items"):
		return Shopify, "refunds/create"
	case has("line_items", "financial_status"):
		return Shopify, "orders/paid"
	case has("line_items", "completed_at", "abandoned_checkout_url"):
		return Shopify, "checkouts/update"
	case has("customer_id", "email_marketing_consent"):
		return Shopify, "customers_email_marketing_consent/update"
	}
	return "", ""
}

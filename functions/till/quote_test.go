package till_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// A till may say of the goods what receipts do not keep: a least price bounds the offers, and a rate of tax comes back as tax.
func TestQuoteTakesWhatTheCatalogueSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.ask("POST", "/v1/quotes", "0042", `{"store": "0042", "till": "03", "lines": [
		{"category": "pots", "quantity": 1, "amount": {"amount": 4490, "currency": "EUR"}, "brand": "Kyusu", "tags": ["new"], "attributes": {"size": "S"},
		 "minimum": {"amount": 4000, "currency": "EUR"}, "tax_rate": 1900}]}`)
	var answer struct {
		Total, Tax struct{ Amount int64 }
		Combined   string
		Offers     []struct{ Offer, Reason string }
	}
	if err := json.Unmarshal(got.Body.Bytes(), &answer); err != nil || got.Code != http.StatusOK {
		t.Fatal(got.Code, got.Body)
	}
	if answer.Total.Amount != 4000 || answer.Tax.Amount != 639 || answer.Combined != "proven" || answer.Offers[0].Reason != "floor_price" {
		t.Errorf("%s", got.Body)
	}
}

// Each field is judged, and all at once.
func TestQuoteRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.ask("POST", "/v1/quotes", "0042", `{"store": "0042", "till": "03", "lines": [
		{"quantity": 1, "amount": {"amount": 100, "currency": "EUR"}, "minimum": {"amount": -1, "currency": "EUR"}},
		{"quantity": 1, "amount": {"amount": 100, "currency": "EUR"}, "minimum": {"amount": 1, "currency": "USD"}, "tax_rate": 10001},
		{"quantity": -1, "amount": {"amount": 100, "currency": "EUR"}, "tax_rate": -1, "tags": ["`+strings.Repeat("x", 101)+`"]},
		{"quantity": 1, "amount": {"amount": 100, "currency": "EUR"}, "brands": "x"}]}`)
	var problem struct{ Errors []struct{ Pointer string } }
	if err := json.Unmarshal(got.Body.Bytes(), &problem); err != nil || got.Code != http.StatusUnprocessableEntity {
		t.Fatal(got.Code, got.Body)
	}
	var at []string
	for _, e := range problem.Errors {
		at = append(at, e.Pointer)
	}
	for _, want := range []string{
		"/lines/0/minimum/amount", "/lines/1/minimum/currency", "/lines/1/tax_rate", "/lines/2/quantity", "/lines/2/tax_rate", "/lines/2/tags", "/lines/3/brands",
	} {
		if !slices.Contains(at, want) {
			t.Errorf("faults at %q, want one at %s", at, want)
		}
	}
}

package shop_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/person"
	"github.com/regulars-dev/regulars/shared/vendor"
)

// toldText is what a shopper has told in every way that there is, in the words in which a file may hold it.
var toldText = []string{"Zdenka", "Plantedova", "zdenka.old@mail.example", "zdenka@mail.example", "+4917055512345", "05-17", "Plantedtown", "7788990011", "planted-cart"}

// inFiles lists the planted texts that can be read in any file of the data folder, however they came there.
func (w *world) inFiles(dir string) (found []string) {
	w.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		w.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(filepath.Join(dir, file.Name()))
		if err != nil {
			w.Fatal(err)
		}
		for _, text := range toldText {
			if bytes.Contains(raw, []byte(text)) {
				found = append(found, file.Name()+": "+text)
			}
		}
	}
	return found
}

// told enrols a shopper who has told everything, is written to, changes the address, leaves a cart and has a webhook that nobody
// understands.
func (w *world) told() (number string) {
	w.Helper()
	made := w.call("POST", "/v1/cards", `{"store":"0042","given_name":"Zdenka","family_name":"Plantedova","email":"zdenka.old@mail.example","phone":"+4917055512345","birthday":"05-17",
		"country":"DE","postcode":"20457","city":"Plantedtown","consents":{"offers":{"allowed":true,"text_version":"2025-01"}}}`, http.StatusCreated)
	number, _ = made["number"].(string)
	w.checkout(number, "000001", 2600, "", http.StatusCreated)
	w.drain()
	w.call("PATCH", "/v1/cards/"+number, `{"email":"zdenka@mail.example","birthday":"05-18"}`, http.StatusOK)
	w.checkout(number, "000002", 2600, "", http.StatusCreated)
	w.call("PUT", "/v1/carts/81", `{"version":1,"card":"`+number+`","url":"https://shop.example/planted-cart","lines":[{"id":"1","sku":"mug","quantity":1,"amount":{"amount":1450,"currency":"EUR"}}],"total":{"amount":1450,"currency":"EUR"}}`, http.StatusOK)
	w.jump(2 * time.Hour)
	d := vendor.Delivery{Vendor: vendor.Shopify, Topic: "customers/redact", Shop: "a.example", Body: []byte(`{"customer":{"id":7788990011,"email":"zdenka@mail.example"}}`), ReceivedAt: w.clock.Now()}
	text, err := vendor.WriteMessage(d, "")
	if err != nil {
		w.Fatal(err)
	}
	for _, queue := range []string{"IngestDeadLetters", "IngestQueue"} { // the second is parked when the shop goes on
		if err := w.shop.Run.Send(w.Context(), queue, text, nil, 0); err != nil {
			w.Fatal(err)
		}
	}
	if err := w.shop.Run.Send(w.Context(), "MailDeadLetters", []byte(`{"to":"zdenka@mail.example"}`), nil, 0); err != nil {
		w.Fatal(err)
	}
	w.drain()
	return number
}

// After an erasure nothing of the shopper can be read in any file, neither in what lies there nor in pages that are free.
func TestNothingOfAnErasedShopperIsInTheFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := openIn(t, dir, local.NewClock(morning))
	other := w.enrol("bo@mail.example", "")
	w.checkout(other, "000009", 2600, "", http.StatusCreated)
	number := w.told()
	if found := w.inFiles(dir); len(found) < 10 {
		t.Errorf("nothing was planted: %q", found)
	}
	answer := w.as("ida", loyalty.RightPersons, "POST", "/v1/cards/"+number+"/erase", `{"reason":"Asked by letter"}`, http.StatusOK)
	if found := w.inFiles(dir); len(found) > 0 {
		t.Errorf("after %s there is %q", answer, found)
	}
	w.jump(48 * time.Hour)
	if found := w.inFiles(dir); len(found) > 0 {
		t.Errorf("two days later there is %q", found)
	}
	if len(w.mails("bo@mail.example")) == 0 {
		t.Error("somebody else's e-mails are gone")
	}
	again := w.as("ida", loyalty.RightPersons, "POST", "/v1/cards/"+number+"/erase", `{"reason":"Asked by letter"}`, http.StatusOK)
	if !bytes.Contains([]byte(again), []byte(`"repeated":true`)) {
		t.Errorf("again: %s", again)
	}
}

// Two people erase two shoppers at the same moment: neither takes the zeros of the other for its own.
func TestTwoErasuresAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := openIn(t, dir, local.NewClock(morning))
	number := w.told()
	var all sync.WaitGroup
	failed := make([]error, 16)
	for i := range failed {
		all.Go(func() { failed[i] = w.shop.Beside().Wipe(t.Context(), person.Names{}) })
	}
	all.Wait()
	if err := errors.Join(failed...); err != nil {
		t.Error(err)
	}
	w.as("ida", loyalty.RightPersons, "POST", "/v1/cards/"+number+"/erase", `{"reason":"Asked by letter"}`, http.StatusOK)
	if found := w.inFiles(dir); len(found) > 0 {
		t.Errorf("there is %q", found)
	}
}

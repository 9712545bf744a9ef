package till

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/ids"
)

// refusePaymentCards walks a document and refuses one that holds what looks like a payment card: in a text, a number or a name, whether
// or not we know the field, so that it is neither stored nor said back. Fields called scanned are left to ids.Scan, which knows
// the shop's own ranges. A document that is no JSON passes: nothing of it goes any further.
func refusePaymentCards(raw []byte, scanned string) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	w := cardWalk{dec: dec, scanned: scanned}
	err := w.value("", "")
	if found := (*cardFound)(nil); errors.As(err, &found) {
		return paymentCard(found.pointer)
	}
	return nil
}

// paymentCard is the answer to a payment card. It names the place and nothing of the card.
func paymentCard(pointer string) edge.Problem {
	return edge.Problem{Status: http.StatusUnprocessableEntity, Code: "payment_card",
		Detail: "Something in this request looks like a payment card, which is never taken here; nothing was stored. Scan the reward card.",
		Errors: []edge.FieldError{{Pointer: pointer, Code: "payment_card", Detail: "looks like a payment card"}}}
}

type cardFound struct{ pointer string }

func (*cardFound) Error() string { return "a payment card" }

// maxNesting is how deep the walk goes, in levels; strict refuses less.
const maxNesting = 64

// intoPointer writes a name as a part of a JSON pointer. It is made once: making it costs more than all the rest of a walk.
var intoPointer = strings.NewReplacer("~", "~0", "/", "~1")

type cardWalk struct {
	dec     *json.Decoder
	scanned string
	depth   int
}

func (w *cardWalk) value(pointer, name string) error {
	token, err := w.dec.Token()
	if err != nil {
		return err
	}
	switch v := token.(type) {
	case json.Delim:
		if w.depth++; w.depth > maxNesting {
			return io.ErrUnexpectedEOF
		}
		if v == '{' {
			err = w.object(pointer)
		} else {
			err = w.list(pointer, name)
		}
		w.depth--
		return err
	case string:
		if name != w.scanned && !isIdentifier(name, v) && ids.HasPaymentCard(v) {
			return &cardFound{pointer}
		}
	case json.Number:
		if ids.HasPaymentCard(v.String()) {
			return &cardFound{pointer}
		}
	}
	return nil
}

func (w *cardWalk) object(pointer string) error {
	for w.dec.More() {
		token, err := w.dec.Token()
		if err != nil {
			return err
		}
		name, ok := token.(string)
		if !ok {
			return fmt.Errorf("a name that is no text")
		}
		if ids.HasPaymentCard(name) {
			return &cardFound{pointer}
		}
		if err := w.value(pointer+"/"+intoPointer.Replace(name), name); err != nil {
			return err
		}
	}
	_, err := w.dec.Token()
	return err
}

func (w *cardWalk) list(pointer, name string) error {
	for i := 0; w.dec.More(); i++ {
		if err := w.value(pointer+"/"+strconv.Itoa(i), name); err != nil {
			return err
		}
	}
	_, err := w.dec.Token()
	return err
}

// isIdentifier reports a text that is a name which systems made, in the fields that hold such: one in ten of all 13-digit numbers that
// begin with 3 to 6 passes for a payment card, and a shop must be able to sell every EAN-13 and to name a web order of 13 digits.
// No scheme issues payment cards of 13 digits any more; longer numbers are judged, unless they are an article's GTIN-14.
func isIdentifier(name, text string) bool {
	if strings.Trim(text, "0123456789") != "" {
		return false
	}
	switch name {
	case "sku":
		return len(text) == 13 || len(text) == 14 && isGTIN(text)
	case "number", "return", "id", "cart":
		return len(text) == 13
	}
	return false
}

// isGTIN reports a right check digit: weights 3 and 1 from the right, filled up to a multiple of ten.
func isGTIN(digits string) bool {
	sum, last := 0, len(digits)-1
	for i := range last {
		weight := 1
		if i%2 == 0 {
			weight = 3
		}
		sum += weight * int(digits[last-1-i]-'0')
	}
	return (10-sum%10)%10 == int(digits[last]-'0')
}

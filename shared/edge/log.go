package edge

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/ids"
)

// leftOut stands in the place of a personal value, so that a reader sees that there was one.
const leftOut = "[left out]"

// personal names what is never written to a log, whatever the letter case, in attributes, groups and logged structures alike.
var personal = map[string]bool{
	"email": true, "e_mail": true, "mail_to": true, "to": true, "recipient": true, "recipients": true, "destination": true,
	"name": true, "first_name": true, "last_name": true, "full_name": true, "firstname": true, "lastname": true,
	"phone": true, "address": true, "street": true, "postcode": true, "birthday": true, "birth_date": true, "birth_on": true,
	"ip": true, "source_ip": true, "body": true, "password": true, "secret": true, "token": true, "api_key": true, "authorization": true,
}

// cardDigits is the length from which a whole number is looked at like text; thirteen digits are a unix time in milliseconds.
const cardDigits = 14

// NewLogger writes one JSON object a line to w, from level up, with the correlation id of the context.
//
// Payment-card runs are taken out of every string, error and long number (ids.BlankPaymentCards). The values of attributes on the personal list are left out, also inside structures. It keeps no copy and cannot fail a caller.
func NewLogger(w io.Writer, level slog.Leveler) *slog.Logger {
	return slog.New(correlated{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: cleanAttr})})
}

// correlated adds the correlation id to each record.
type correlated struct{ slog.Handler }

func (h correlated) Handle(ctx context.Context, r slog.Record) error {
	if id := Correlation(ctx); id != "" {
		r = r.Clone()
		r.AddAttrs(slog.String("correlation_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

func (h correlated) WithAttrs(attrs []slog.Attr) slog.Handler {
	return correlated{h.Handler.WithAttrs(attrs)}
}

func (h correlated) WithGroup(name string) slog.Handler { return correlated{h.Handler.WithGroup(name)} }

func cleanAttr(groups []string, a slog.Attr) slog.Attr {
	for _, g := range groups {
		if personal[strings.ToLower(g)] {
			return slog.String(a.Key, leftOut)
		}
	}
	if personal[strings.ToLower(a.Key)] {
		return slog.String(a.Key, leftOut)
	}
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(ids.BlankPaymentCards(a.Value.String()))
	case slog.KindInt64, slog.KindUint64:
		a.Value = cleanNumber(a.Value)
	case slog.KindAny:
		a.Value = cleanAny(a.Value.Any())
	}
	return a
}

func cleanNumber(v slog.Value) slog.Value {
	text := v.String()
	if len(text) >= cardDigits {
		if clean := ids.BlankPaymentCards(text); clean != text {
			return slog.StringValue(clean)
		}
	}
	return v
}

func cleanAny(v any) slog.Value {
	switch v := v.(type) {
	case slog.Level, *slog.Source:
		return slog.AnyValue(v)
	case error:
		return slog.StringValue(ids.BlankPaymentCards(v.Error()))
	case []byte:
		return slog.StringValue(strconv.Itoa(len(v)) + " bytes")
	}
	text, err := json.Marshal(v)
	if err != nil {
		return slog.StringValue("a value that has no JSON")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return slog.StringValue("a value that has no JSON")
	}
	return slog.AnyValue(cleanTree(tree))
}

func cleanTree(v any) any {
	switch v := v.(type) {
	case string:
		return ids.BlankPaymentCards(v)
	case json.Number:
		if clean := ids.BlankPaymentCards(v.String()); len(v) >= cardDigits && clean != v.String() {
			return clean
		}
	case []any:
		for i := range v {
			v[i] = cleanTree(v[i])
		}
	case map[string]any:
		for k := range v {
			if personal[strings.ToLower(k)] {
				v[k] = leftOut
			} else {
				v[k] = cleanTree(v[k])
			}
		}
	}
	return v
}

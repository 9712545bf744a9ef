package message

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func drawn(t *rapid.T, into reflect.Value) {
	for i := range into.NumField() {
		name, field := into.Type().Field(i).Name, into.Field(i)
		if rapid.Bool().Draw(t, name) {
			continue
		}
		switch v := field.Addr().Interface().(type) {
		case *time.Time:
			*v = time.Unix(rapid.Int64Range(-1e11, 4e11).Draw(t, name), rapid.Int64Range(0, 999_999_999).Draw(t, name)).In(time.FixedZone("", rapid.IntRange(-90000, 90000).Draw(t, name)))
		case **Grant:
			*v = &Grant{Offer: "tea", Days: 3}
		default:
			switch field.Kind() {
			case reflect.String:
				field.SetString(rapid.OneOf(rapid.StringMatching("[a-z0-9._-]*"), rapid.String()).Draw(t, name))
			case reflect.Bool:
				field.SetBool(true)
			case reflect.Int, reflect.Int64:
				field.SetInt(rapid.Int64().Draw(t, name))
			case reflect.Struct:
				drawn(t, field)
			}
		}
	}
}

// A record lies as encoding/json has it, and is read as by that, every field of it; so is one that encoding/json alone can write.
func TestARecordIsTheJSONThatItWas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var rec Record
		drawn(t, reflect.ValueOf(&rec).Elem())
		want, failed := json.Marshal(rec)
		got, err := rec.Write()
		if string(got) != string(want) || (err == nil) != (failed == nil) {
			t.Fatalf("%s, %v\nencoding/json: %s, %v", got, err, want, failed)
		}
		sameRecord(t, want)
	})
}

type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

func sameRecord(t fatal, text []byte) {
	t.Helper()
	var want Record
	failed := json.Unmarshal(text, &want)
	got, err := ReadRecord(text)
	if (err == nil) != (failed == nil) || err == nil && !reflect.DeepEqual(got, want) {
		t.Fatalf("%s\nis read as %+v, %v\nby encoding/json: %+v, %v", text, got, err, want, failed)
	}
	var order Order
	failed = json.Unmarshal(text, &order)
	if got, err := readAnOrder(text); (err == nil) != (failed == nil) || err == nil && !reflect.DeepEqual(got, order) {
		t.Fatalf("%s\nis read as %+v, %v\nby encoding/json: %+v, %v", text, got, err, order, failed)
	}
}

func FuzzRecord(f *testing.F) {
	for _, text := range []string{
		`{"id":"m1","campaign":"news","points":3,"ordered_at":"2026-07-01T10:00:00Z","repeatable":true,"state":"sent","attempt":1}`,
		`{"ID":"m1","id":null,"attempt":-0,"lapsed":007,"clicks":{"count":2},"grant":{"offer":"tea","days":3}}`, `{"id":"a\u00e9\n\/","detail":"é"}`,
		`{"id":"a","id":"b","state":"","attempt":1.0}`, `{}`, ` {}`, `null`, `[]`, `{"attempt":99999999999999999999,}`, "{\"id\":\"\x01\xff\"}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { sameRecord(t, text) })
}

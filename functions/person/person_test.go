package person_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/functions/person"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
)

// desk is a shop of one shopper, in two parts.
type desk struct{ asked []string }

func (d *desk) Export(context.Context, string, string, string) (loyalty.HeldPart, error) {
	return loyalty.HeldPart{Card: "1", Lines: []json.RawMessage{}}, nil
}

func (d *desk) Erase(_ context.Context, number string, by loyalty.ByHand, after string) (loyalty.ErasedPart, error) {
	d.asked = append(d.asked, number+" "+by.By+" "+by.Reason+" "+after)
	if after == "" {
		return loyalty.ErasedPart{Card: number, Next: "half"}, nil
	}
	return loyalty.ErasedPart{Card: number, Done: true}, nil
}

// An erasure is asked for part by part, in the name of the key; what else the API has is not answered here.
func TestTheEventAsAWSDeliversItErasesAPart(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	s, d := loyaltytest.Open(t), &desk{}
	raw = []byte(strings.ReplaceAll(string(raw), "7001000000012", s.Number(1)))
	keys := loyalty.KeysFunc(func(context.Context, string) (loyalty.TillKey, error) {
		return loyalty.TillKey{Store: loyalty.AllStores, Name: "Ida", May: []loyalty.Right{loyalty.RightPersons}}, nil
	})
	h := person.New(s.Service, keys, d, slog.New(slog.DiscardHandler))
	for _, row := range []struct{ old, is, says string }{
		{"", "", `"statusCode":202`},
		{`{\"reason\":`, `{\"after\":\"half\",\"reason\":`, `"statusCode":200`},
		{`/erase"`, `/status"`, `"statusCode":404`},
	} {
		out, err := h(t.Context(), []byte(strings.Replace(string(raw), row.old, row.is, 2))) // the path stands there twice
		if err != nil || !strings.Contains(string(out), row.says) {
			t.Errorf("%s: %s, %v", row.is, out, err)
		}
	}
	want := s.Number(1) + " Ida Asked by letter "
	if len(d.asked) != 2 || d.asked[0] != want || d.asked[1] != want+"half" {
		t.Errorf("asked %q", d.asked)
	}
}

package vendor_test

import (
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/vendor"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var received = time.Date(2026, 11, 21, 9, 5, 0, 0, time.UTC)

// sample reads testdata/VENDOR.TOPIC.CASE.json; Shopify's topic has its slash as an underscore.
func sample(t testing.TB, path string) vendor.Delivery {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimSuffix(filepath.Base(path), ".json")
	who, rest, _ := strings.Cut(name, ".")
	headers := http.Header{}
	if who == vendor.Shopify {
		topic, _, _ := strings.Cut(rest, ".")
		headers.Set("X-Shopify-Topic", slashed(topic))
		headers.Set("X-Shopify-Shop-Domain", "teas.myshopify.example")
	}
	return vendor.Receive(who, headers, body, received)
}

// slashed turns orders_paid into orders/paid; topics with several words have their slash before the last.
func slashed(topic string) string {
	for _, kind := range []string{"customers_email_marketing_consent", "customers_marketing_consent", "customers"} {
		if rest, ok := strings.CutPrefix(topic, kind+"_"); ok {
			return kind + "/" + rest
		}
	}
	return strings.Replace(topic, "_", "/", 1)
}

// told is a result as the golden files show it.
type told struct {
	Events   []events.Event `json:",omitempty"`
	Shopper  vendor.Shopper
	Request  *vendor.Request `json:",omitempty"`
	Ignored  string          `json:",omitempty"`
	Adjusted int64           `json:",omitempty"`
	Problem  string          `json:",omitempty"`
}

func TestEachSampleBecomesWhatItsGoldenFileSays(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.json")
	if err != nil || len(paths) < 30 {
		t.Fatalf("%d samples, %v", len(paths), err)
	}
	for _, path := range paths {
		r, err := vendor.Parse(sample(t, path), vendor.ShopConfig{Currency: "EUR"})
		out := told{Events: r.Events, Shopper: r.Shopper, Request: r.Request, Ignored: r.Ignored, Adjusted: r.Adjusted}
		var problem *vendor.Problem
		if errors.As(err, &problem) {
			out = told{Problem: problem.Error()}
		} else if err != nil {
			t.Fatal(err)
		}
		got, err := json.MarshalIndent(out, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden := strings.TrimSuffix(path, ".json") + ".golden"
		if *update {
			if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
			t.Errorf("%s (-golden +now):\n%s", path, diff)
		}
		for _, e := range r.Events {
			raw, err := events.Encode(vendor.With(e, "0400123456782"))
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if strings.Contains(string(raw), "mira") || strings.Contains(string(raw), "Mira") || strings.Contains(string(raw), "9102030405060708090") {
				t.Errorf("%s: the event names the shopper: %s", path, raw)
			}
		}
	}
}

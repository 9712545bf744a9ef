package till

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/results"
)

// A field that a handler reads or writes is described, and what is described is read or written: the Go twins and the schemas of
// openapi.json have the same names at every depth.
func TestTwinsAndSchemasHaveTheSameFields(t *testing.T) {
	t.Parallel()
	var doc struct {
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(openAPI, &doc); err != nil {
		t.Fatal(err)
	}
	for name, twin := range map[string]any{
		"QuoteRequest": quoteBody{}, "CheckoutRequest": checkoutBody{}, "ReturnRequest": returnBody{}, "FindRequest": findBody{}, "EnrolRequest": enrolBody{},
		"PatchRequest": patchBody{}, "HoldRequest": holdBody{}, "GiftCardRequest": giftBody{}, "FindGiftCardRequest": findGiftBody{}, "MoveRequest": moveBody{}, "Hold": holdAnswer{}, "GiftCard": giftAnswer{}, "ReplaceRequest": replaceBody{}, "CartRequest": cartBody{},
		"Quote": quoteAnswer{}, "Checkout": checkoutAnswer{}, "Return": returnAnswer{}, "Card": cardAnswer{}, "ChangedCard": changedAnswer{}, "ReplacedCard": actedAnswer{},
		"Entries": entriesAnswer{}, "Cart": cartAnswer{}, "Heard": heardAnswer{}, "HeardBatch": batchAnswer{}, "Messages": messagesAnswer{}, "AskRequest": askBody{}, "Asked": askedAnswer{}, "Listed": listedAnswer{},
		"Campaigns": campaignsAnswer{}, "Campaign": loyalty.CampaignReport{}, "SteerRequest": steerBody{}, "EraseRequest": eraseBody{}, "ErasedPart": loyalty.ErasedPart{}, "SteeredCampaign": steeredAnswer{}, "CampaignResults": results.Results{}, "Segments": segmentsAnswer{}, "Explanation": loyalty.Explanation{},
	} {
		described := map[string]bool{}
		schemaFields(doc.Components.Schemas, doc.Components.Schemas[name], "", described)
		written := map[string]bool{}
		twinFields(reflect.TypeOf(twin), "", written)
		if d := cmp.Diff(slices.Sorted(maps.Keys(written)), slices.Sorted(maps.Keys(described))); d != "" {
			t.Errorf("%s: the Go twin (-) and the schema (+) differ:\n%s", name, d)
		}
	}
}

func schemaFields(all map[string]any, schema any, at string, found map[string]bool) {
	node, _ := schema.(map[string]any)
	if reference, ok := node["$ref"].(string); ok {
		schemaFields(all, all[strings.TrimPrefix(reference, "#/components/schemas/")], at, found)
	}
	properties, _ := node["properties"].(map[string]any)
	for name, p := range properties {
		found[at+"/"+name] = true
		schemaFields(all, p, at+"/"+name, found)
	}
	if items, ok := node["items"]; ok {
		schemaFields(all, items, at, found)
	}
	if every, ok := node["additionalProperties"].(map[string]any); ok {
		schemaFields(all, every, at+"/*", found)
	}
}

func twinFields(twin reflect.Type, at string, found map[string]bool) {
	switch twin.Kind() {
	case reflect.Pointer, reflect.Slice:
		twinFields(twin.Elem(), at, found)
	case reflect.Map:
		twinFields(twin.Elem(), at+"/*", found)
	case reflect.Struct:
		if twin.PkgPath() == "time" {
			return
		}
		for i := range twin.NumField() {
			f := twin.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				twinFields(f.Type, at, found)
				continue
			}
			found[at+"/"+name] = true
			twinFields(f.Type, at+"/"+name, found)
		}
	}
}

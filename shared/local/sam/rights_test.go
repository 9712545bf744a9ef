package sam

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGrantsNameActionAndResource(t *testing.T) {
	t.Parallel()
	f, _ := read(t, small).Function("WorkFunction")
	want := []Call{
		{"WorkFunction", "dynamodb:GetItem", "CardsTable"},
		{"WorkFunction", "dynamodb:GetItem", "CardsTable/index/due"},
		{"WorkFunction", "ses:SendEmail", ""},
	}
	if diff := cmp.Diff(want, f.Grants()); diff != "" {
		t.Error(diff)
	}
	if !f.Allows("dynamodb:GetItem", "CardsTable") || f.Allows("dynamodb:PutItem", "CardsTable") || f.Allows("dynamodb:GetItem", "RecordsTable") {
		t.Error("Allows does not follow Grants")
	}
}

func TestRightsAreComparedBothWays(t *testing.T) {
	t.Parallel()
	got := read(t, small).CompareRights([]Call{
		{"WorkFunction", "dynamodb:GetItem", "CardsTable"},
		{"WorkFunction", "ses:SendEmail", ""},
		{"WorkFunction", "dynamodb:PutItem", "CardsTable"},
	})
	text := strings.Join(got, "\n")
	if len(got) != 2 || !strings.Contains(text, "calls dynamodb:PutItem on CardsTable and may not") ||
		!strings.Contains(text, "may dynamodb:GetItem on CardsTable/index/due and never does") {
		t.Errorf("got\n%s", text)
	}
}

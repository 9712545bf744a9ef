package reference

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/shared/local/sam"
)

func TestThePageOfDoorsSaysWhatTheCodeSays(t *testing.T) {
	t.Parallel()
	want, err := AccessPage()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("access.md", want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("access.md")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("access.md is not the code's (go test ./infra/reference -update writes it anew):\n%s", d)
	}
}

// behindKeys are the functions whose doors ask for keys, or for signatures.
var behindKeys = []string{"till", "campaign", "person", "ingest"}

// A function that has no door is reached by nobody from outside: no address of its own, and queues that take from our own rules alone.
func TestFunctionsHaveNoOtherWayIn(t *testing.T) {
	t.Parallel()
	template, err := sam.Read(bytes.NewReader(regulars.Template))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range template.Functions {
		if f.URLAuth != "" {
			t.Errorf("%s has an address of its own", f.Name)
		}
		for _, e := range f.Events {
			if e.HTTP != nil && !slices.Contains(behindKeys, f.Name) {
				t.Errorf("%s has a door of HTTP, and no key is asked for there", f.Name)
			}
			if e.HTTP == nil && e.Queue == nil && e.Stream == nil && e.Rule == nil && e.Schedule == nil {
				t.Errorf("%s is woken by a %s, of which the page of doors knows nothing", f.Name, e.Type)
			}
		}
	}
	for _, r := range template.Resources {
		switch r.Type {
		case "AWS::SQS::QueuePolicy":
			for _, s := range r.Properties.At("PolicyDocument", "Statement").Items {
				if who := s.At("Principal", "Service").Texts(); !slices.Equal(who, []string{"events.amazonaws.com"}) || !s.At("Condition", "ArnEquals", "aws:SourceArn").Exists() {
					t.Errorf("%s lets others than our own rules send", r.LogicalID)
				}
			}
		case "AWS::Events::EventBusPolicy", "AWS::Lambda::Permission", "AWS::Lambda::Url":
			t.Errorf("%s is a way in of which the page of doors knows nothing", r.LogicalID)
		}
	}
}

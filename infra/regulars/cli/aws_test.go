package cli

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/dynamotest"
)

// A deployment is worked on by the same commands, through the production adapter: what a shop needs before its first checkout.
func TestADeployment(t *testing.T) {
	t.Parallel()
	client, tables, ok := dynamotest.Start(t)
	if !ok {
		return // Start has said what was left out
	}
	b := newBench(t)
	b.env = map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
		"AWS_ENDPOINT_URL": *client.Options().BaseEndpoint,
		"CARDS_TABLE":      tables[store.Cards], "RECORDS_TABLE": tables[store.Records], "PROGRAMME_TABLE": tables[store.Programme],
	}
	for _, step := range []struct{ args, want string }{
		{"doctor --aws", "fail  programme"},
		{"programme publish ../demo/programme.yaml --aws", "harbour-coffee"},
		{"key create --store 0042 --name till-3 --aws", "rk_"},
		{"key list --aws", "till-3"},
		{"send ../../../samples/checkout.json --aws", "76 points"},
		{"send ../../../samples/checkout.json --aws", "known already"},
		{"card 0425151385989 --aws", "76 points"},
		{"inbox --aws", "empty"},
		{"verify --aws", "Everything adds up."},
		{"verify --replay --aws", "Every answer comes out as it is recorded."},
		{"report liability --aws", "It ties."},
		{"programme history --aws", "holds now"},
		{"doctor --aws", "ok    keys"},
	} {
		_, out, errs := b.run(strings.Fields(step.args)...)
		if !strings.Contains(out+errs, step.want) {
			t.Errorf("regulars %s\nsays %s%s\nwant %q", step.args, out, errs, step.want)
		}
	}
}

func TestADeploymentThatIsNotNamed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	code, _, errs := b.run("key", "list", "--aws")
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
	for _, want := range []string{"AWS_REGION", "CARDS_TABLE", "RECORDS_TABLE", "PROGRAMME_TABLE"} {
		if !strings.Contains(errs, want) {
			t.Errorf("%s is missing and not named in %q", want, errs)
		}
	}
}

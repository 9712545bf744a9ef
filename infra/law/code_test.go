package law

import (
	"strings"
	"testing"
)

// codeFaults are slips in Go files, the README and the published contract.
var codeFaults = []fault{
	{"a domain room that imports its user", "rooms", "shared/ledger/planted.go", "", "package ledger\n\nimport _ \"github.com/regulars-dev/regulars/shared/loyalty\"\n",
		"shared/ledger imports github.com/regulars-dev/regulars/shared/loyalty"},
	{"a domain room that writes a log", "rooms", "shared/offer/planted.go", "", "package offer\n\nimport _ \"log/slog\"\n", "do not reach outside"},
	{"the SDK beside the adapters", "rooms", "shared/loyalty/planted.go", "", "package loyalty\n\nimport _ \"github.com/aws/aws-sdk-go-v2/service/dynamodb\"\n", "shared/loyalty imports"},
	{"the SDK on one machine", "rooms", "shared/local/planted.go", "", "package local\n\nimport _ \"github.com/aws/aws-sdk-go-v2/service/sqs\"\n", "shared/local imports"},
	{"an adapter that knows the other", "rooms", "shared/store/bolt/planted.go", "", "package bolt\n\nimport _ \"github.com/regulars-dev/regulars/shared/store/dynamo\"\n", "shared/store/bolt imports"},
	{"a function that imports an adapter", "rooms", "functions/till/planted.go", "", "package till\n\nimport _ \"github.com/regulars-dev/regulars/shared/store/bolt\"\n", "functions/till imports"},
	{"a binary with another's function", "rooms", "functions/till/lambda/planted.go", "", "package main\n\nimport _ \"github.com/regulars-dev/regulars/functions/cart\"\n", "functions/till/lambda imports"},
	{"events in the domain", "rooms", "shared/message/planted.go", "", "package message\n\nimport _ \"github.com/regulars-dev/regulars/events\"\n", "shared/message imports github.com/regulars-dev/regulars/events"},
	{"somebody who imports infra", "rooms", "shared/local/planted.go", "", "package local\n\nimport _ \"github.com/regulars-dev/regulars/infra/law\"\n", "shared/local imports"},
	{"a folder without a place", "rooms", "shared/somewhere/planted.go", "", "package somewhere\n", "is no room of the house"},
	{"a test kit in production", "kits", "shared/store/planted.go", "", "package store\n\nimport _ \"github.com/regulars-dev/regulars/shared/store/storetest\"\n", "storetest"},
	{"a file too long", "size", "shared/money/planted.go", "", "package money\n" + strings.Repeat("\n", maxFileLines), "401 lines"},
	{"a function too long", "size", "shared/money/planted.go", "", "package money\n\nfunc long() {\n" + strings.Repeat("\t_ = 1\n", maxFunctionLines) + "}\n", "func long has 72 lines"},
	{"a main that does work", "size", "functions/till/lambda/main.go", "", "package main\n\nfunc main() {\n" + strings.Repeat("\t_ = 1 // a line\n", maxMainLines) + "}\n", "28 lines of code"},
	{"a clock in the domain", "calls", "shared/card/planted.go", "", "package card\n\nimport \"time\"\n\nvar started = time.Now()\n", "uses time.Now"},
	{"a clock by another name", "calls", "shared/loyalty/planted.go", "", "package loyalty\n\nimport clock \"time\"\n\nvar now = clock.Now\n", "uses time.Now"},
	{"a float near points", "calls", "shared/ledger/planted.go", "", "package ledger\n\nfunc half(p int64) int64 { return int64(0.5 * float64(p)) }\n", "uses float64"},
	{"the environment read late", "calls", "functions/send/planted.go", "", "package send\n\nimport \"os\"\n\nvar from = os.Getenv(\"MAIL_FROM\")\n", "uses os.Getenv"},
	{"a handler that panics", "calls", "functions/send/planted.go", "", "package send\n\nfunc must(err error) { panic(err) }\n", "uses panic"},
	{"a test that skips", "tests", "shared/money/planted_test.go", "", "package money\n\nimport \"testing\"\n\nfunc TestNot(t *testing.T) { t.Skip(\"later\") }\n", "a test skips"},
	{"a test that sleeps", "tests", "shared/money/planted_test.go", "", "package money\n\nimport \"time\"\n\nfunc nap() { time.Sleep(1) }\n", "time.Sleep"},
	{"a reader that nothing tries", "decoders", "shared/recur/fuzz_test.go", "func FuzzParse(", "func TryParse(", "nothing tries the reader of recurrences"},
	{"a package without a promise", "packages", "shared/web/planted/planted.go", "", "// Package planted is new.\npackage planted\n", "package shared/web/planted has no comment"},
	{"a folder called util", "packages", "shared/util/util.go", "", "// Package util holds whatever nobody gave a name.\npackage util\n", "promises nothing"},
	{"a folder that the map lacks", "map", readme, "", mapHeading + "\n\n```\nevents/  the contract\n```\n", "shared/money/ is not on the map"},
	{"a published sample changed", "frozen", "events/contract/checkout.completed.v1.sample.json", "", "{}\n", "not what was published"},
	{"an event unfrozen", "frozen", frozenFile, "checkout.completed.v1.sample.json", "other.sample.json", "checkout.completed.v1.sample.json is not frozen"},
	{"a folder that is no function", "functions", "functions/extra/extra.go", "", "package extra\n", "no function of template.yaml is called after it"},
	{"a function that cannot be built", "functions", "Makefile", "build-CartFunction:", "build-KartFunction:", "no target build-CartFunction"},
	{"a target without a function", "functions", "Makefile", "build-CartFunction:", "build-KartFunction:", "build-KartFunction builds no function"},
	{"a call whose right nobody knows", "guard", "shared/store/dynamo/planted.go", "", "package dynamo\n\nimport \"github.com/aws/aws-sdk-go-v2/service/dynamodb\"\n\nvar planted = &dynamodb.DeleteTableInput{}\n", "an adapter calls DeleteTable, for which no right is known"},
	{"a right that only AWS asks for", "guard", "shared/local/guard.go", "\"dynamodb:GetItem\"", "\"dynamodb:BatchGetItem\"", "shared/local never asks for dynamodb:GetItem"},
	{"a binary that links too much", "clients", "functions/relay/lambda/planted.go", "", "package main\n\nimport _ \"github.com/aws/aws-sdk-go-v2/service/sesv2\"\n", "the binary links sesv2"},
}

func TestFaultsInCodeAreFound(t *testing.T) {
	t.Parallel()
	plantAll(t, codeFaults)
}

// The map is held both ways: what it lists and the tree lacks is found too.
func TestMapListsNothingThatIsNotThere(t *testing.T) {
	t.Parallel()
	text := "# Regulars\n\n" + mapHeading + "\n\n```\nevents/          the contract\n  shared/nowhere/  a room that was taken away\n```\n"
	fault{"a folder that was taken away", "map", readme, "", text, "shared/nowhere/ is on the map and not in the tree"}.bites(t)
	h, err := openHouse(t).With(readme, text)
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range brokenMap(h) {
		if strings.HasPrefix(finding.What, "events/") {
			t.Errorf("%s, although it stands on the map", finding)
		}
	}
}

// A sample event that nothing delivers would show a reader the wrong thing.
func TestSampleEventMustFitWhatWakesTheFunction(t *testing.T) {
	t.Parallel()
	fault{"a stream record for the till", "functions", "functions/till/testdata/event.json", "", `{"Records":[{"eventSource":"aws:dynamodb"}]}`,
		"nothing that wakes TillFunction looks like this"}.bites(t)
}

// Config and environment are held both ways. A made-up Config stands in for the function's own.
func TestSettingsAreHeldBothWays(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	for name := range h.syntax {
		if strings.HasPrefix(name, "functions/relay/") {
			h = h.Without(name)
		}
	}
	const config = "package relay\n\n// Config is what relay reads.\ntype Config struct {\n\t// Bus is told facts.\n\tBus string `env:\"BUS_NAME\"`\n\tOdd string `env:\"ODD_NAME\"`\n\tFine string `env:\"FINE\" default:\"1\"` // it has a default\n}\n"
	h, err := h.With("functions/relay/relay.go", config)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, finding := range brokenSettings(h) {
		if strings.Contains(finding.String(), "relay") || strings.Contains(finding.String(), "RelayFunction") {
			found = append(found, finding.String())
		}
	}
	text := strings.Join(found, "\n")
	for _, want := range []string{"RelayFunction is given MAIL_QUEUE_URL, which its Config does not read", "Config wants ODD_NAME", "ODD_NAME is not explained"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing says %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "FINE") || strings.Contains(text, "BUS_NAME") {
		t.Errorf("what is right was found too:\n%s", text)
	}
}

// What a fuzz target has found is tried again by every run of the tests, so it is kept.
func TestATargetWithoutACorpusIsFound(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	const corpus = "shared/recur/testdata/fuzz/FuzzParse/"
	for name := range h.texts {
		if strings.HasPrefix(name, corpus) {
			h = h.Without(name)
		}
	}
	if found := brokenDecoders(h); len(found) != 1 || found[0].File != corpus {
		t.Errorf("found %v", found)
	}
}

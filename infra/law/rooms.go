package law

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// room is a line of the table of rooms. An import is allowed if one entry of may fits it: the path of a room (* is one
// segment), "floor N" for all rooms of that floor but events, "own function" for the function whose binary this is, "anything"
// for all but infra and the AWS SDK, or the path of a module outside. The standard library is open to all, except what outside
// forbids.
type room struct {
	path  string
	floor int // 0 stands beside the floors
	may   []string
}

const (
	awsSDK    = "github.com/aws/aws-sdk-go-v2"
	awsLambda = "github.com/aws/aws-lambda-go"
	smithy    = "github.com/aws/smithy-go"
	yamlV3    = "go.yaml.in/yaml/v3"
)

// decisions are the floors on which the shop's rules live.
var decisions = []string{"floor 1", "floor 2", "floor 3"}

// with adds to a list without touching it.
func with(base []string, more ...string) []string { return append(slices.Clone(base), more...) }

// rooms is the plan of the house, the most specific path first. Nobody edits it to mend a build: an arrow that is not here is
// first argued for, then added with its reason.
var rooms = []room{
	{".", 0, nil}, // template.go: the template, for whoever runs it

	{"shared/money", 1, nil},
	{"shared/ids", 1, nil},
	{"shared/day", 1, nil},
	{"shared/strict", 1, nil},
	{"shared/quick", 1, nil},
	{"shared/rfm", 1, nil},
	{"shared/recur", 1, []string{"shared/day"}}, // days that come again, by the calendar alone

	{"shared/ledger", 2, []string{"floor 1"}},
	{"shared/limit", 2, []string{"floor 1"}},
	{"shared/card", 2, []string{"floor 1", "shared/ledger", "shared/limit"}}, // a card's head carries its account book, and how often it used what is limited
	{"shared/giftcard", 2, []string{"floor 1"}},                              // a ledger of money beside the one of points: other units, other rules, no card needed
	// The book of points is drawn from what the two ledgers say and is needed by no decision; so it stands beside them, in a room of its own.
	{"shared/liability", 2, []string{"floor 1", "shared/ledger", "shared/card", "shared/giftcard"}},
	{"shared/receipt", 2, []string{"floor 1"}},
	{"shared/offer", 2, []string{"floor 1", "shared/rule"}}, // an offer holds where its conditions do
	{"shared/rule", 2, []string{"floor 1"}},
	{"events", 2, []string{"floor 1"}},

	// Publishing checks a programme whole: its templates too, and that the facts it waits for are published ones.
	{"shared/programme", 3, []string{"floor 1", "floor 2", "shared/message", "shared/journey", "events", "shared/local/schedule"}}, // one reader of cron lines, for the template and for campaigns
	{"shared/programme/yamldoc", 3, []string{"shared/programme", yamlV3}},
	// A backtest decides as the tills do and stores nothing; beside the programme it stands, so that the law keeps it from every port.
	{"shared/whatif", 3, []string{"floor 1", "floor 2", "shared/programme"}},
	{"shared/programme/compare", 3, []string{"shared/programme"}}, // two documents side by side, for eyes: no decision needs it
	{"shared/message", 3, []string{"floor 1", "floor 2", "github.com/boombuler/barcode"}},
	{"shared/journey", 3, []string{"floor 1", "floor 2", "shared/message"}}, // hours by the clocks of a zone, as mail reckons them

	{"shared/loyalty", 4, with(decisions, "events", "shared/together")}, // how many calls go side by side is one question, asked in one place

	{"shared/*/*test", 0, []string{"anything", awsSDK, smithy}}, // kits; see brokenKits
	{"shared/*/*fault", 0, []string{"anything"}},
	{"shared/store/dynamo", 5, []string{"shared/store", awsSDK, smithy}},
	{"shared/store/bolt", 5, []string{"shared/store", "shared/together", "shared/mapped", "go.etcd.io/bbolt"}}, // its writers share commits
	{"shared/store", 5, with(decisions, "shared/loyalty", "events")},
	{"shared/aws/wire", 5, with(decisions, "shared/aws/*", "shared/store", "shared/store/dynamo", "shared/loyalty", "shared/edge", "shared/edge/desk", awsSDK, smithy)}, // desk writes the trail
	{"shared/aws/*", 5, with(decisions, "shared/loyalty", "events", awsSDK, smithy)},
	{"shared/hook", 5, []string{"shared/loyalty"}}, // calls out over https, so that no other room needs to
	// What a book must be is one answer, for the person who asks at the machine and for the worlds in which everything fails.
	{"shared/audit", 5, with(decisions, "shared/loyalty", "shared/store")},
	// What is held about a person is one answer, for whoever asks at the machine and over HTTP.
	{"shared/exporter", 5, with(decisions, "events", "shared/loyalty", "shared/store")},
	{"shared/person", 5, with(decisions, "shared/loyalty", "shared/store", "shared/exporter", "shared/vendor")}, // deliveries of vendors lie packed in the inbox
	{"shared/vendor", 5, []string{"floor 1", "events"}},
	{"shared/vendor/*", 5, []string{"floor 1", "events", "shared/vendor"}},
	{"shared/together", 0, nil},                                                // knows nothing of what goes together: the store's file and the queues' file both ask for it
	{"shared/mapped", 0, []string{"go.etcd.io/bbolt"}},                         // as together: knows no more than that it is a bbolt file
	{"shared/measure", 0, nil},                                                 // statistics of campaigns: it estimates, so it counts in floats and stands beside the floors where money is made
	{"shared/results", 5, with(decisions, "shared/loyalty", "shared/measure")}, // estimates of what was counted, for a report and for the winner of an experiment
	{"shared/web", 5, with(decisions, "shared/loyalty")},

	{"shared/edge/start", 0, []string{"shared/edge", awsLambda}},
	{"shared/edge/desk", 5, with(decisions, "shared/edge", "shared/loyalty", "events")}, // what the functions behind queues have in common
	{"shared/edge", 0, []string{"floor 1", "events", "shared/together", awsLambda + "/events"}},

	{"shared/acts", 5, []string{"floor 1", "shared/loyalty", "shared/edge"}}, // one hand that puts on record what people change, at the till's door and at this machine's own
	// One API in two functions, apart only in what they may touch: keys, bodies and problems are the same, and one contract describes both.
	{"functions/campaign", 6, []string{"functions/till", "shared/loyalty", "shared/edge"}},
	{"functions/person", 6, []string{"functions/till", "shared/loyalty", "shared/edge"}},
	{"functions/person/lambda", 6, []string{"own function", "shared/edge", "shared/edge/start", "shared/aws/wire", "shared/person"}},
	{"functions/*/lambda", 6, with(decisions, "own function", "shared/edge", "shared/edge/start", "shared/aws/*", "shared/store", "shared/store/dynamo", "shared/loyalty", "shared/vendor", "shared/hook", "events")},
	{"functions/*", 6, with(decisions, "events", "shared/loyalty", "shared/vendor", "shared/web", "shared/results", "shared/acts", "shared/edge", "shared/edge/desk")},

	{"shared/local/sam", 0, []string{yamlV3}}, // the template's own readers know nothing of the shop, so the laws can use them
	{"shared/local/pattern", 0, nil},
	{"shared/local/schedule", 0, nil},
	{"shared/local", 6, []string{"anything"}},
	{"shared/local/*", 6, []string{"anything"}},

	{"shared/kit", 7, []string{"anything"}}, // worlds are made of the whole run; only tests and infra make any

	{"infra/*", 7, []string{"anything", "infra/*", "infra/*/*"}}, // nobody imports infra but infra
	{"infra/*/*", 7, []string{"anything", "infra/*", "infra/*/*"}},
}

// outside is what the standard library offers to reach the world with; floors 1 to 3 have no use for any of it.
var outside = []string{
	"os", "io/fs", "io/ioutil", "log", "net", "database", "syscall", "math/rand", "crypto/rand", "context", "plugin", "unsafe", "testing",
}

// roomOf is the line of the table for a folder: the first that fits, so an exact path stands above a pattern.
func roomOf(folder string) (room, bool) {
	for _, r := range rooms {
		if ok, _ := path.Match(r.path, folder); ok {
			return r, true
		}
	}
	return room{}, false
}

// brokenRooms follows every import of production code. Tests may import whatever shows the behaviour best.
func brokenRooms(h House) []Finding {
	var findings []Finding
	for _, name := range h.goFiles(false) {
		folder := path.Dir(name)
		r, ok := roomOf(folder)
		if !ok {
			findings = append(findings, Finding{File: name, What: "folder " + folder + " is no room of the house",
				Do: "add it to the table in infra/law/rooms.go with what it may import"})
			continue
		}
		for _, spec := range h.syntax[name].Imports {
			imported, _ := strconv.Unquote(spec.Path.Value) // the parser has accepted it
			if why := refuses(r, folder, imported); why != "" {
				findings = append(findings, h.at(spec.Pos(), fmt.Sprintf("%s imports %s: %s", folder, imported, why),
					"declare the small interface you need in your own room, or argue for the arrow in infra/law/rooms.go"))
			}
		}
	}
	return findings
}

// refuses says why a room may not import a path, "" if it may.
func refuses(r room, folder, imported string) string {
	inside, ours := strings.CutPrefix(imported, module)
	first, _, _ := strings.Cut(imported, "/")
	if !ours && !strings.Contains(first, ".") {
		if r.floor >= 1 && r.floor <= 3 && reaches(outside, imported) {
			return "floors 1 to 3 do not reach outside"
		}
		return ""
	}
	for _, entry := range r.may {
		switch {
		case !ours && (entry == "anything" && !isSDK(imported) || imported == entry || strings.HasPrefix(imported, entry+"/")):
			return ""
		case ours && entry == "anything" && !strings.HasPrefix(inside, "infra/"):
			return ""
		case ours && entry == "own function" && inside == path.Dir(folder):
			return ""
		case ours && strings.HasPrefix(entry, "floor "):
			if other, ok := roomOf(inside); ok && entry == fmt.Sprint("floor ", other.floor) && other.path != "events" {
				return ""
			}
		case ours:
			if ok, _ := path.Match(entry, inside); ok {
				return ""
			}
		}
	}
	return "the table does not allow it"
}

// isSDK reports a package of the AWS SDK, which stays in shared/store/dynamo and shared/aws.
func isSDK(imported string) bool {
	return strings.HasPrefix(imported, awsSDK) || strings.HasPrefix(imported, smithy)
}

// onlyText lists packages under those of outside that reach nothing.
var onlyText = []string{"net/url", "net/mail", "net/textproto", "net/netip"}

// reaches reports that a standard package is on the list or lies under one that is, and is not onlyText.
func reaches(list []string, imported string) bool {
	if slices.Contains(onlyText, imported) {
		return false
	}
	return slices.ContainsFunc(list, func(p string) bool { return imported == p || strings.HasPrefix(imported, p+"/") })
}

// isKit reports that a path of ours is a test kit, as storetest and storefault are.
func isKit(imported string) bool {
	return strings.HasPrefix(imported, module) && (strings.HasSuffix(imported, "test") || strings.HasSuffix(imported, "fault"))
}

// brokenKits keeps fakes and suites, and package testing itself, out of what is deployed.
func brokenKits(h House) []Finding {
	var findings []Finding
	for _, name := range h.goFiles(false) {
		if isKit(module+path.Dir(name)) || strings.HasPrefix(name, "infra/bench/") { // a measurement is no part of the product
			continue
		}
		for _, spec := range h.syntax[name].Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if isKit(imported) || imported == "testing" || strings.HasPrefix(imported, "testing/") && imported != "testing/fstest" {
				findings = append(findings, h.at(spec.Pos(), "a production file imports "+imported, "move the code to a test, or the need out of the kit"))
			}
		}
	}
	return findings
}

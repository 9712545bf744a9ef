package law

import (
	"os"
	"strings"
	"sync"
	"testing"
)

// repository is opened once for all tests; nobody changes it.
var repository = sync.OnceValues(func() (House, error) { return Open(os.DirFS("../..")) })

func openHouse(t *testing.T) House {
	t.Helper()
	h, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestTheHouseObeysItsLaws(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	for _, law := range Laws {
		t.Run(law.Name, func(t *testing.T) {
			t.Parallel()
			for _, finding := range law.Broken(h) {
				t.Errorf("%s\n\t(the law: %s)", finding, law.Promise)
			}
		})
	}
}

// fault is a slip planted into the real house, and the law that must find it.
type fault struct {
	name string
	law  string
	file string
	old  string // what the slip replaces, which must be there; "" replaces the whole file, or makes it
	new  string
	want string // part of the finding
}

func lawNamed(t *testing.T, name string) Law {
	t.Helper()
	for _, law := range Laws {
		if law.Name == name {
			return law
		}
	}
	t.Fatalf("no law is called %q", name)
	return Law{}
}

// plant makes the house with the fault in it.
func (f fault) plant(t *testing.T, h House) House {
	t.Helper()
	text := f.new
	if f.old != "" {
		if !strings.Contains(h.texts[f.file], f.old) {
			t.Fatalf("%s has no %q to plant the fault in; plant it where the text stands now", f.file, f.old)
		}
		text = strings.Replace(h.texts[f.file], f.old, f.new, 1)
	}
	planted, err := h.With(f.file, text)
	if err != nil {
		t.Fatal(err)
	}
	return planted
}

// bites demands a finding that the sound house does not have.
func (f fault) bites(t *testing.T) {
	t.Helper()
	h := openHouse(t)
	law := lawNamed(t, f.law)
	before := map[string]bool{}
	for _, finding := range law.Broken(h) {
		before[finding.What] = true
	}
	after := law.Broken(f.plant(t, h))
	for _, finding := range after {
		if !before[finding.What] && strings.Contains(finding.String(), f.want) {
			if finding.File == "" || finding.Do == "" {
				t.Errorf("%+v does not say where, or what to do", finding)
			}
			return
		}
	}
	t.Errorf("the law %q does not see %s; it found %v", f.law, f.name, after)
}

func plantAll(t *testing.T, faults []fault) {
	t.Helper()
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			f.bites(t)
		})
	}
}

// Every law has a fault that it finds.
func TestEveryLawBites(t *testing.T) {
	t.Parallel()
	planted := map[string]bool{}
	for _, list := range [][]fault{codeFaults, templateFaults, blindSpots, runbookFaults} {
		for _, f := range list {
			planted[f.law] = true
		}
	}
	for _, law := range Laws {
		if !planted[law.Name] {
			t.Errorf("nothing shows that the law %q finds anything; plant a fault", law.Name)
		}
	}
}

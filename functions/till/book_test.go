package till_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Each testdata/*.http is a book of requests and answers, played from top to bottom over a fresh store.
//
//	### what it shows
//	At: 2026-11-21T10:00        (the clock; it stays there until it is moved)
//	Key: 0043                   (whose key is sent: 0042 if missing, 0043, all, wrong, none)
//	POST /v1/checkouts
//	{ ... }
//	=> 201
//	{ ... }                     (what the answer holds at least; "!absent" must not be there; "=name" keeps the value as {{name}})
//
// {{card N}} is the N-th number of ours, {{lines N}} so many lines of 1 euro, {{text N}} so many letters.
func TestBooks(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("no books: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			b := book{world: newWorld(t), kept: map[string]string{}}
			for _, row := range strings.Split(string(text), "\n### ")[1:] {
				b.play(row)
			}
			b.clean()
		})
	}
}

type book struct {
	*world
	kept map[string]string
}

func (b *book) play(row string) {
	b.t.Helper()
	title, rest, _ := strings.Cut(row, "\n")
	asked, want, found := strings.Cut(rest, "\n=> ")
	if !found {
		b.t.Fatalf("%s: there is no =>", title)
	}
	key, request, body := "0042", "", []string{}
	for _, line := range strings.Split(asked, "\n") {
		if value, ok := strings.CutPrefix(line, "At: "); ok {
			b.now = moment(b.t, value)
		} else if value, ok := strings.CutPrefix(line, "Key: "); ok {
			key = value
		} else if request == "" {
			request = b.fill(line)
		} else {
			body = append(body, line)
		}
	}
	method, path, _ := strings.Cut(request, " ")
	got := b.ask(method, path, key, b.fill(strings.Join(body, "\n")))
	status, holds, _ := strings.Cut(want, "\n")
	if n, _ := strconv.Atoi(strings.TrimSpace(status)); got.Code != n {
		b.t.Errorf("%s: status %d, want %s: %s", title, got.Code, status, got.Body)
		return
	}
	if holds = strings.TrimSpace(b.fill(holds)); holds == "" {
		return
	}
	if wrong := b.holds("", tree(b.t, got.Body.Bytes()), tree(b.t, []byte(holds))); wrong != "" {
		b.t.Errorf("%s: %s\nanswer: %s", title, wrong, got.Body)
	}
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

var macro = regexp.MustCompile(`\{\{([a-z_]+)( [0-9]+)?\}\}`)

func (b *book) fill(text string) string {
	return macro.ReplaceAllStringFunc(text, func(found string) string {
		part := macro.FindStringSubmatch(found)
		n, _ := strconv.Atoi(strings.TrimSpace(part[2]))
		switch part[1] {
		case "card":
			return b.card(uint64(n))
		case "lines":
			return strings.TrimSuffix(strings.Repeat(`{"quantity": 1, "amount": {"amount": 100, "currency": "EUR"}},`, n), ",")
		case "text":
			return strings.Repeat("x", n)
		}
		value, ok := b.kept[part[1]]
		if !ok {
			b.t.Fatalf("nothing is kept as %s", part[1])
		}
		return value
	})
}

// holds says where got does not hold what is wanted, "" if it does.
func (b *book) holds(at string, got, want any) string {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return at + " is no object"
		}
		for name, wanted := range want {
			value, there := object[name]
			if wanted == "!absent" {
				if there {
					return at + "/" + name + " is there"
				}
				continue
			}
			if wrong := b.holds(at+"/"+name, value, wanted); wrong != "" {
				return wrong
			}
		}
		return ""
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return fmt.Sprintf("%s is no list of %d", at, len(want))
		}
		for i := range want {
			if wrong := b.holds(fmt.Sprintf("%s/%d", at, i), list[i], want[i]); wrong != "" {
				return wrong
			}
		}
		return ""
	case string:
		if name, ok := strings.CutPrefix(want, "="); ok {
			b.kept[name] = fmt.Sprint(got)
			return ""
		}
	}
	if got != want {
		return fmt.Sprintf("%s is %v, want %v", at, got, want)
	}
	return ""
}

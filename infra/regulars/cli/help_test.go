package cli

import (
	"strings"
	"testing"
)

// What --help says is a promise; each command's stands in a file.
func TestHelp(t *testing.T) {
	t.Parallel()
	var walk func(path []string, list []*command)
	walk = func(path []string, list []*command) {
		for _, c := range list {
			here := append(path[:len(path):len(path)], c.name)
			t.Run(strings.Join(here, " "), func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				code, out, faults := b.run(append(here[:len(here):len(here)], "--help")...)
				if code != exitOK || faults != "" {
					t.Fatalf("exit %d, %s", code, faults)
				}
				golden(t, "help/"+strings.Join(here, "_")+".txt", out)
			})
			walk(here, c.subs)
		}
	}
	walk(nil, commands())
}

// A person who mistypes is told what was meant, where help is, and gets the exit code of wrong usage.
func TestWrongUsage(t *testing.T) {
	t.Parallel()
	for line, says := range map[string]string{
		"":                                "say what to do",
		"verfy":                           "did you mean `regulars verify`?",
		"expo":                            "did you mean `regulars export`?",
		"frobnicate":                      "there is no `regulars frobnicate`",
		"key":                             "say what to do",
		"key creat":                       "did you mean `regulars key create`?",
		"key create":                      "--store is missing",
		"key list extra":                  `"extra" is one argument too many`,
		"key revoke":                      "the key to revoke is missing",
		"card":                            "say what to do",
		"card show":                       "the card's number is missing",
		"card 0400123456782 --jsn":        "did you mean --json?",
		"send":                            "the receipt's file is missing",
		"send a b":                        `"b" is one argument too many`,
		"send a --url ftp://shop --key k": "does not begin with http",
		"send a --url http://shop":        "needs the --key of a till",
		"replay":                          "the file to replay is missing",
		"replay a --vendor lemonade":      "it is shopify or square",
		"inbox drop X":                    "--reason is missing",
		"inbox show":                      "the letter is missing",
		"import":                          "say what to do",
		"import receipts":                 "the file to import is missing",
		"import receipts a --map":         "flag needs an argument: --map",
		"export":                          "the folder to write into is missing",
		"verify now":                      `"now" is one argument too many`,
		"programme check":                 "the programme's file is missing",
		"giftcard issue":                  "--amount is missing",
		"giftcard issue --amount 25":      "no amount such as",
		"giftcard G7K2M9 QX4T8B":          "without spaces",
		"version --speed 3":               "there is no flag --speed",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			args := words(line)
			if len(args) == 0 || len(args) == 1 && (args[0] == "key" || args[0] == "card" || args[0] == "import") || line == "import receipts a --map" {
				b.data = "" // no flag behind: the words alone
			}
			code, _, faults := b.plain(args)
			if code != exitUsage || !strings.Contains(faults, says) || !strings.Contains(faults, "--help") {
				t.Errorf("exit %d and %q, want %d and %q", code, faults, exitUsage, says)
			}
		})
	}
}

// plain types a command without the flag of the folder where there is none.
func (b *bench) plain(args []string) (int, string, string) {
	if b.data != "" {
		return b.run(args...)
	}
	var out, faults strings.Builder
	p := program{now: nil, lookup: func(string) (string, bool) { return "", false }, stdin: strings.NewReader(""), stdout: &out, stderr: &faults}
	return p.main(b.t.Context(), args), out.String(), faults.String()
}

func TestHelpOfOthers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, args := range [][]string{{"help"}, {"--help"}, {"-h"}} {
		b.data = ""
		if code, out, _ := b.plain(args); code != exitOK || !strings.Contains(out, "usage: regulars COMMAND") {
			t.Errorf("%v: exit %d, %s", args, code, out)
		}
	}
	if code, out, _ := b.plain([]string{"help", "card", "enrol"}); code != exitOK || !strings.Contains(out, "usage: regulars card enrol") {
		t.Errorf("help card enrol: exit %d, %s", code, out)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	among := []*command{{name: "send"}, {name: "card"}, {name: "version"}, {name: "verify"}}
	for typed, want := range map[string]string{"snd": "send", "crad": "card", "verison": "version", "ver": "version", "x": "", "zzzzzz": ""} {
		if got := nearest(typed, among); got != want {
			t.Errorf("%s is near %q, want %q", typed, got, want)
		}
	}
}

package main

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

var update = flag.Bool("update", false, "write infra/licences.md")

func TestEveryDependencyHasALicenceThatIsAllowedAndListed(t *testing.T) {
	t.Parallel()
	list, err := modules(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	const file = "../licences.md"
	if *update {
		if err := os.WriteFile(file, []byte(page(list)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != page(list) {
		t.Errorf("infra/licences.md is not what the modules say; look at what has changed, then go test ./infra/sbom -update")
	}
	text, err := json.Marshal(bill(list))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"bomFormat":"CycloneDX"`, `"purl":"pkg:golang/go.etcd.io/bbolt@v`, `"scope":"required"`, `"scope":"excluded"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the bill has no %s", want)
		}
	}
}

func TestALicenceIsKnownByItsTextAndRefusedByItsTerms(t *testing.T) {
	t.Parallel()
	const mit = "Permission is hereby granted, free\nof charge, to any person"
	for _, row := range []struct{ name, text, want, refused string }{
		{"LICENSE", mit + " ... this permission\n notice shall be included", "MIT", ""},
		{"LICENSE-SAMPLES", mit, "MIT-0", ""},
		{"COPYING", "Redistribution and use in source and binary forms ... Neither the name of", "BSD-3-Clause", ""},
		{"licence.md", "Apache License\n  Version 2.0 ... " + mit + " this permission notice shall be included", "Apache-2.0 MIT", ""},
		{"COPYING", "GNU AFFERO GENERAL PUBLIC LICENSE\n Version 3", "", "AGPL-3.0 may not be used"},
		{"COPYING", "GNU GENERAL PUBLIC LICENSE\n Version 2", "", "GPL may not be used"},
		{"LICENSE", "All rights reserved.", "", "no licence that is known"},
		{"LICENSE-SUMMARY", mit, "", "no licence file"},
		{"README", mit, "", "no licence file"},
	} {
		ids, err := licencesIn(fstest.MapFS{row.name: {Data: []byte(row.text)}})
		switch {
		case row.refused == "" && (err != nil || strings.Join(ids, " ") != row.want):
			t.Errorf("%s %q: %v, %v; want %s", row.name, row.text, ids, err, row.want)
		case row.refused != "" && (err == nil || !strings.Contains(err.Error(), row.refused)):
			t.Errorf("%s %q: %v, %v; want it refused: %s", row.name, row.text, ids, err, row.refused)
		}
	}
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// allowed are the licences whose terms we can keep by naming the authors; MPL-2.0 asks for its own files alone to stay open.
var allowed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0"}

var errUnknown = errors.New("the text is of no licence that is known here; read it, then add it to licence.go or leave the module")

// licencesIn reads the licence files at the root of a module. A summary beside them only says which holds for what.
func licencesIn(root fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(root, ".")
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		is := strings.HasPrefix(name, "LICENSE") || strings.HasPrefix(name, "LICENCE") || strings.HasPrefix(name, "COPYING")
		if e.IsDir() || !is || path.Ext(name) == ".GO" || strings.Contains(name, "SUMMARY") {
			continue
		}
		text, err := fs.ReadFile(root, e.Name())
		if err != nil {
			return nil, err
		}
		found := recognise(string(text))
		if len(found) == 0 {
			return nil, fmt.Errorf("%s: %w", e.Name(), errUnknown)
		}
		ids = append(ids, found...)
	}
	if len(ids) == 0 {
		return nil, errors.New("there is no licence file, so nothing is allowed")
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for _, id := range ids {
		if !slices.Contains(allowed, id) {
			return nil, fmt.Errorf("%s may not be used here", id)
		}
	}
	return ids, nil
}

// recognise names the licences whose own sentences stand in a text, whatever the file is called and however its lines are broken.
func recognise(text string) []string {
	words := strings.ToLower(strings.Join(strings.Fields(text), " "))
	has := func(sentence string) bool { return strings.Contains(words, sentence) }
	var ids []string
	switch {
	case strings.HasPrefix(words, "mozilla public license version 2.0"): // first, for its text names the GNU licences
		ids = append(ids, "MPL-2.0")
	case has("gnu affero general public license version 3") || has("gnu affero general public license, version 3"):
		ids = append(ids, "AGPL-3.0")
	case has("gnu lesser general public license version") || has("gnu library general public license"):
		ids = append(ids, "LGPL")
	case has("gnu general public license version"):
		ids = append(ids, "GPL")
	}
	if has("apache license version 2.0") || has("apache license, version 2.0") {
		ids = append(ids, "Apache-2.0")
	}
	if has("permission is hereby granted, free of charge") {
		if has("this permission notice shall be included") {
			ids = append(ids, "MIT")
		} else {
			ids = append(ids, "MIT-0")
		}
	}
	if has("redistribution and use in source and binary forms") {
		if has("neither the name") {
			ids = append(ids, "BSD-3-Clause")
		} else {
			ids = append(ids, "BSD-2-Clause")
		}
	}
	if has("permission to use, copy, modify, and/or distribute this software for any purpose") {
		ids = append(ids, "ISC")
	}
	return ids
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
)

// module is one dependency of the repository.
type module struct {
	Path, Version string
	Dir           string // in the module cache
	Main          bool
	Shipped       bool     `json:"-"` // linked into a program; the others serve tests alone
	Licences      []string `json:"-"` // SPDX ids; all of them apply
}

// modules lists what the packages under folder and their tests are built from, by path, each with its licences. The repository itself
// is not among them. It fails where the cache lacks a module (build the tests once) or a licence is not one of allowed.
func modules(ctx context.Context, folder string) ([]module, error) {
	all, err := listed(ctx, folder, "-test")
	if err != nil {
		return nil, err
	}
	shipped, err := listed(ctx, folder)
	if err != nil {
		return nil, err
	}
	var list []module
	for _, path := range slices.Sorted(maps.Keys(all)) {
		m := all[path]
		_, m.Shipped = shipped[path]
		if m.Licences, err = licencesIn(os.DirFS(m.Dir)); err != nil {
			return nil, fmt.Errorf("licence of %s %s: %w", m.Path, m.Version, err)
		}
		list = append(list, m)
	}
	return list, nil
}

// listed asks the Go tool, which is kept off the network.
func listed(ctx context.Context, folder string, flags ...string) (map[string]module, error) {
	args := append([]string{"list", "-deps", "-json=Module"}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, "./...")...)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), "GOPROXY=off")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, said.String())
	}
	found := map[string]module{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ Module *module }
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return nil, fmt.Errorf("read go list: %w", err)
		}
		if p.Module != nil && !p.Module.Main {
			found[p.Module.Path] = *p.Module
		}
	}
}

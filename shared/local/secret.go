package local

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Secret reads what a folder keeps at path, or keeps and returns what draw makes.
//
// A file is there whole or not at all, whenever the process ends. An empty one, which a full disk or a crash of the machine leaves
// behind, counts as none: a run that took it for a secret would be open to everybody, or never start again.
func Secret(path string, draw func() (string, error)) (string, error) {
	text, err := os.ReadFile(path)
	if text = bytes.TrimSpace(text); err == nil && len(text) > 0 {
		return string(text), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	made, err := draw()
	if err != nil {
		return "", err
	}
	fresh := path + ".new"
	err = os.WriteFile(fresh, []byte(made), 0o600)
	if err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		return "", fmt.Errorf("keep %s: %w", path, err)
	}
	return made, nil
}

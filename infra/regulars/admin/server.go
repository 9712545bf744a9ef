package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/regulars-dev/regulars/shared/local/shop"
)

// Server is how a running server is found by the commands of the same machine: URL without a slash at the end, Key the token of
// Handler.
type Server struct {
	URL string `json:"url"`
	Key string `json:"key"`
	PID int    `json:"pid"`
}

const (
	serverFile = "server.json"
	pingWait   = 2 * time.Second
)

// Write puts the server's address into the folder of its store, readable by its owner alone. `regulars run` calls it once it listens.
func (s Server) Write(dir string) error {
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write %s: %w", serverFile, err)
	}
	path := filepath.Join(dir, serverFile)
	if err := os.WriteFile(path+".new", append(body, '\n'), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// Remove takes the address away again if it is still this server's.
func (s Server) Remove(dir string) {
	if found, err := readServer(dir); err == nil && found == s {
		_ = os.Remove(filepath.Join(dir, serverFile)) // one that stays is found dead by Find
	}
}

func readServer(dir string) (Server, error) {
	body, err := os.ReadFile(filepath.Join(dir, serverFile))
	var s Server
	if err == nil {
		err = json.Unmarshal(body, &s)
	}
	return s, err
}

// Find returns a client of the server that has the store of dir open, and false where none answers. A file that a killed server left
// behind, or that somebody else's server now answers for, counts as none.
func Find(ctx context.Context, dir string) (*Client, Server, bool) {
	s, err := readServer(dir)
	if err != nil || s.URL == "" {
		return nil, s, false
	}
	c := Over(s.URL+"/local", s.Key)
	c.Where = "the running server at " + s.URL
	ctx, stop := context.WithTimeout(ctx, pingWait)
	defer stop()
	if err := c.Do(ctx, http.MethodGet, "/ping", nil, nil); err != nil {
		return nil, s, false
	}
	return c, s, true
}

// HasStore reports whether dir holds a store.
func HasStore(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, StoreFile))
	return !errors.Is(err, fs.ErrNotExist)
}

// StoreFile is the store within the folder of a shop's data.
const StoreFile = shop.File

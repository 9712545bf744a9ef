package server_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/infra/regulars/server"
)

// start runs a server on a free port and returns its address once it has greeted, and a function that stops it.
func start(t *testing.T, o server.Options) (url, greeting string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	o.Template, o.Out, o.Log, o.Port = regulars.Template, write, slog.New(slog.DiscardHandler), "0"
	ended := make(chan error, 1)
	go func() {
		err := server.Run(ctx, o)
		_ = write.CloseWithError(io.EOF) // nobody reads any more
		ended <- err
	}()
	lines := bufio.NewScanner(read)
	var said strings.Builder
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if _, after, ok := strings.Cut(lines.Text(), "Regulars is open at "); ok {
			url = after
		}
		if strings.HasPrefix(lines.Text(), "Ctrl-C") {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, read) }() // the feed goes on
	return url, said.String(), func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server ends with %v", err)
		}
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestAFirstStartMakesAShopAndTheNextFindsIt(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	url, greeting, stop := start(t, server.Options{Dir: dir})
	for _, want := range []string{"Made a small shop: 200 cards", "/mailbox", "rk_", "curl "} {
		if !strings.Contains(greeting, want) {
			t.Errorf("the greeting lacks %q:\n%s", want, greeting)
		}
	}
	for path, want := range map[string]string{"/healthz": "", "/": "Harbour Coffee", "/mailbox": "", "/openapi.json": "openapi"} {
		if status, body := get(t, url+path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s gives %d and not %q", path, status, want)
		}
	}
	if status, _ := get(t, url+"/v1/cards/0425151385989"); status != http.StatusUnauthorized {
		t.Errorf("a card without a key gives %d", status)
	}
	key, err := os.ReadFile(filepath.Join(dir, "demo.key"))
	if err != nil || !strings.Contains(greeting, string(key)) {
		t.Errorf("the key that is kept is not the one that is shown (%v)", err)
	}
	stop()
	if _, err := os.Stat(filepath.Join(dir, "server.json")); !os.IsNotExist(err) {
		t.Errorf("a stopped server can still be found: %v", err)
	}

	_, greeting, stop = start(t, server.Options{Dir: dir})
	if strings.Contains(greeting, "Made a small shop") || !strings.Contains(greeting, string(key)) {
		t.Errorf("the second start says:\n%s", greeting)
	}
	stop()
}

func TestAnEmptyShopHasNothingToPlayWith(t *testing.T) {
	t.Parallel()
	_, greeting, stop := start(t, server.Options{Dir: t.TempDir(), Empty: true})
	stop()
	if strings.Contains(greeting, "curl") {
		t.Errorf("an empty shop has no card to try:\n%s", greeting)
	}
}

func TestAPortThatIsTaken(t *testing.T) {
	t.Parallel()
	url, _, stop := start(t, server.Options{Dir: t.TempDir(), Empty: true})
	defer stop()
	err := server.Run(t.Context(), server.Options{
		Dir: t.TempDir(), Port: url[strings.LastIndexByte(url, ':')+1:], Template: regulars.Template, Out: io.Discard, Log: slog.New(slog.DiscardHandler),
	})
	if err == nil || !strings.Contains(err.Error(), "choose another") {
		t.Errorf("a taken port gives %v", err)
	}
}

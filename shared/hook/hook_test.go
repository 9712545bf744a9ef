package hook

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

func TestOnlyPublicAddressesAreCalled(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"93.184.215.14": true, "2606:2800:21f:cb07:6820:80da:af6b:8b2c": true, "::ffff:93.184.215.14": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "169.254.170.2": false,
		"100.64.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "192.0.0.192": false, "198.18.0.1": false, "203.0.113.9": false, "224.0.0.1": false,
		"240.0.0.1": false, "255.255.255.255": false, "::1": false, "::": false, "::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false,
		"::ffff:10.0.0.1": false, "::127.0.0.1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b:1::1": false, "2002:7f00:1::": false, "2001::1": false,
		"2001:db8::1": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "fec0::1": false, "ff02::1": false, "100::1": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %t, want %t", address, got, want)
		}
	}
	for _, address := range []string{"93.184.215.14:80", "93.184.215.14:22", "127.0.0.1:443", "[::1]:443", "nonsense"} {
		if onlyPublic("tcp", address, nil) == nil {
			t.Errorf("%s is called", address)
		}
	}
	if err := onlyPublic("tcp", "93.184.215.14:443", nil); err != nil {
		t.Error(err)
	}
}

var now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// receiver is a server that the client reaches although it is here.
func receiver(t *testing.T, h http.HandlerFunc) (*Client, string) {
	t.Helper()
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	c := New(func() time.Time { return now }, "new", "old")
	transport, _ := c.http.Transport.(*http.Transport)
	transport.DialContext = (&net.Dialer{}).DialContext
	transport.TLSClientConfig = &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, MinVersion: tls.VersionTLS12}
	return c, server.URL
}

func TestACallIsSignedAndNamed(t *testing.T) {
	t.Parallel()
	c, url := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		id, signature := r.Header.Get(HeaderID), r.Header.Get(HeaderSignature)
		if r.Method != http.MethodPost || id != "K1" || signature != Sign(now, body, "new", "old") || !strings.HasPrefix(signature, "t=1795251600,v1=") || strings.Count(signature, ",") != 2 {
			w.WriteHeader(http.StatusTeapot)
		}
	})
	if err := c.Call(t.Context(), loyalty.HookCall{URL: url + "/in", ID: "K1", Body: []byte(`{}`)}); err != nil {
		t.Error(err)
	}
	if Sign(now, []byte("a"), "s") == Sign(now.Add(time.Second), []byte("a"), "s") {
		t.Error("the time is not signed")
	}
}

func TestWhatAnAnswerMeans(t *testing.T) {
	t.Parallel()
	for code, refused := range map[int]bool{204: false, 302: true, 307: true, 400: true, 404: true, 410: true, 408: false, 429: false, 500: false, 503: false} {
		calls := 0
		c, url := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
			calls++
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, strings.Repeat("x", 100_000)) // nobody reads it all
		})
		err := c.Call(t.Context(), loyalty.HookCall{URL: url + "/secret-path", ID: "K1"})
		if (err == nil) != (code < 300) || errors.Is(err, loyalty.ErrRefused) != refused || calls != 1 {
			t.Errorf("%d: %v after %d calls", code, err, calls)
		}
		if err != nil && strings.Contains(err.Error(), "secret-path") {
			t.Errorf("the path is told: %v", err)
		}
	}
}

func TestWhoIsNeverCalled(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("called") }))
	t.Cleanup(server.Close)
	c := New(func() time.Time { return now }, "s")
	for _, url := range []string{server.URL, "http://shop.example/", "https://", "https://a:b@shop.example/", "file:///etc/passwd", "https://localhost/", "https://[::ffff:127.0.0.1]/", "https://2130706433/"} {
		if err := c.Call(t.Context(), loyalty.HookCall{URL: url, ID: "K1"}); err == nil || !errors.Is(err, loyalty.ErrRefused) && !strings.Contains(url, "2130706433") {
			t.Errorf("%s: %v", url, err)
		}
	}
	if err := New(time.Now).Call(t.Context(), loyalty.HookCall{URL: server.URL}); !errors.Is(err, loyalty.ErrRefused) {
		t.Errorf("without a secret: %v", err)
	}
}

// A receiver that hangs or fails is left alone for a while: others are not held up by it.
func TestAReceiverThatFailsRests(t *testing.T) {
	t.Parallel()
	calls := 0
	c, url := receiver(t, func(w http.ResponseWriter, _ *http.Request) { calls++; w.WriteHeader(http.StatusBadGateway) })
	at := now
	c.now = func() time.Time { return at }
	for range 9 {
		if err := c.Call(t.Context(), loyalty.HookCall{URL: url, ID: "K1"}); err == nil || errors.Is(err, loyalty.ErrRefused) {
			t.Fatal(err)
		}
	}
	if calls != maxFailures {
		t.Errorf("%d calls", calls)
	}
	at = at.Add(failurePause)
	if _ = c.Call(t.Context(), loyalty.HookCall{URL: url, ID: "K1"}); calls != maxFailures+1 {
		t.Errorf("%d calls after the pause", calls)
	}
}

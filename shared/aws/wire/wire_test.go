package wire

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func environment(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func TestConfigIsWhatLambdaSets(t *testing.T) {
	t.Parallel()
	cfg, err := Config(environment("AWS_REGION", "eu-central-1", "AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret",
		"AWS_SESSION_TOKEN", "session", "AWS_ENDPOINT_URL", "http://127.0.0.1:8000"))
	if err != nil {
		t.Fatal(err)
	}
	who, err := cfg.Credentials.Retrieve(context.Background())
	if err != nil || who.AccessKeyID != "key" || who.SecretAccessKey != "secret" || who.SessionToken != "session" {
		t.Errorf("credentials %+v, %v", who, err)
	}
	if cfg.Region != "eu-central-1" || *cfg.BaseEndpoint != "http://127.0.0.1:8000" || cfg.Retryer().MaxAttempts() != maxAttempts {
		t.Errorf("%+v", cfg)
	}
	plain, err := Config(environment("AWS_REGION", "eu-central-1", "AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret"))
	if err != nil || plain.BaseEndpoint != nil {
		t.Errorf("without an endpoint of our own: %v, %v", plain.BaseEndpoint, err)
	}
}

func TestAllMissingNamesAreToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Config(environment("AWS_ACCESS_KEY_ID", "key"))
	if err == nil || !strings.Contains(err.Error(), "AWS_REGION, AWS_SECRET_ACCESS_KEY") || strings.Contains(err.Error(), "AWS_ACCESS_KEY_ID") {
		t.Errorf("%v", err)
	}
	full := []string{"AWS_REGION", "eu-central-1", "AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret", "AWS_ENDPOINT_URL", "localhost"}
	if _, err := Config(environment(full...)); err == nil || !strings.Contains(err.Error(), "AWS_ENDPOINT_URL") {
		t.Errorf("an address without scheme: %v", err)
	}
}

// The roots are to be looked at again by 2035, when each still has a year to live.
func TestEmbeddedRootsHaveYearsToLive(t *testing.T) {
	t.Parallel()
	lookAgain := time.Date(2035, 1, 1, 0, 0, 0, 0, time.UTC)
	count := 0
	for rest := rootsPEM; ; count++ {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if !cert.IsCA || cert.NotAfter.Before(lookAgain.AddDate(1, 0, 0)) || cert.NotBefore.After(lookAgain) {
			t.Errorf("%s holds from %s to %s", cert.Subject.CommonName, cert.NotBefore, cert.NotAfter)
		}
		if err := cert.CheckSignatureFrom(cert); err != nil {
			t.Errorf("%s is no root: %v", cert.Subject.CommonName, err)
		}
	}
	if count != 5 {
		t.Errorf("%d roots are embedded, want Amazon's four and Starfield's", count)
	}
}

// secured is a server with a certificate of its own making.
func secured(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are what these tests want
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func TestAServerThatNobodyVouchesForGetsNothing(t *testing.T) {
	t.Parallel()
	var asked atomic.Bool
	server := secured(t, func(http.ResponseWriter, *http.Request) { asked.Store(true) })
	res, err := client().Post(server.URL, "text/plain", strings.NewReader("secret"))
	if err == nil {
		_ = res.Body.Close()
	}
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) || asked.Load() {
		t.Errorf("%v, asked %v", err, asked.Load())
	}
}

func TestAServerThatOnlyTheSystemKnowsIsReached(t *testing.T) {
	t.Parallel()
	server := secured(t, func(http.ResponseWriter, *http.Request) {})
	dials := 0
	others := x509.NewCertPool()
	others.AddCert(server.Certificate())
	known := &trust{others: others, dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		dials++
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}
	for _, want := range []int{2, 3} { // the second time the embedded roots are not asked
		conn, err := known.dialTLS(t.Context(), "tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
		if dials != want {
			t.Errorf("%d connections were opened, want %d", dials, want)
		}
	}
}

func TestPlainHTTPReachesALocalEndpoint(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	defer server.Close()
	res, err := client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if body, err := io.ReadAll(res.Body); err != nil || string(body) != "hello" {
		t.Errorf("%s, %v", body, err)
	}
}

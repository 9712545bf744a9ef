package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

const accepted = `{"MessageId":"0102-ses"}`

// The header that is written by hand has the signature that the SDK's signer gives to the same request, on the first day and on the next.
func TestTheSignatureIsThatOfTheSDK(t *testing.T) {
	t.Parallel()
	s := signer{path: sendEmail, host: "email.eu-central-1.amazonaws.com", region: "eu-central-1"}
	body := []byte(`{"Content":{"Raw":{"Data":"aGVsbG8="}}}`)
	for _, identity := range []aws.Credentials{
		{AccessKeyID: "key", SecretAccessKey: "secret"}, {AccessKeyID: "key", SecretAccessKey: "other", SessionToken: strings.Repeat("token/+=", 300)},
	} {
		for _, now := range []time.Time{time.Date(2026, 11, 22, 23, 59, 59, 0, time.UTC), time.Date(2026, 11, 23, 1, 0, 0, 0, time.FixedZone("", 3600))} {
			req, err := http.NewRequest(http.MethodPost, "https://"+s.host+s.path, bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", contentType)
			sum := sha256.Sum256(body)
			if err := v4.NewSigner().SignHTTP(t.Context(), identity, req, hex.EncodeToString(sum[:]), signedAs, s.region, now); err != nil {
				t.Fatal(err)
			}
			head := string(s.head(nil, identity, body, now))
			if want := "\r\nAuthorization: " + req.Header.Get("Authorization") + "\r\n"; !strings.Contains(head, want) {
				t.Errorf("%s\nhas not%s", head, want)
			}
		}
	}
}

// counting is a Mail at the server that counts its connections.
func counting(t *testing.T, server *httptest.Server) (m *Mail, connections *atomic.Int32) {
	t.Helper()
	connections = &atomic.Int32{}
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	if server.TLS == nil {
		server.Start()
	} else {
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	return Open(config(server.URL), "regulars-test"), connections
}

func sends(t *testing.T, m *Mail) {
	t.Helper()
	if id, err := m.Mail(t.Context(), envelope()); err != nil || id != "0102-ses" {
		t.Errorf("%q, %v", id, err)
	}
}

func TestAConnectionCarriesOneMailAfterTheOther(t *testing.T) {
	t.Parallel()
	m, connections := counting(t, httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush() // so that the answer comes in chunks
		_, _ = io.WriteString(w, accepted)
	})))
	for range 3 {
		sends(t, m)
	}
	if got := connections.Load(); got != 1 {
		t.Errorf("%d connections for three mails, one after the other", got)
	}
}

// What a server has closed while it rested carries no mail: nobody would know whether that went out.
func TestAConnectionThatWasClosedAtRestIsNotUsed(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, accepted) }))
	m, connections := counting(t, server)
	for range 2 {
		sends(t, m)
		for c := m.ses.lines; stands(peek(t, c)); {
			server.CloseClientConnections()
		}
	}
	if got := connections.Load(); got != 2 {
		t.Errorf("%d connections; want one for each mail", got)
	}
}

// peek looks at the connection that rests.
func peek(t *testing.T, l *lines) net.Conn {
	t.Helper()
	c := <-l.idle
	l.idle <- c
	return c.Conn
}

func TestAnAnswerThatEndsTheConnectionIsHeeded(t *testing.T) {
	t.Parallel()
	m, connections := counting(t, httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusEarlyHints) // is no answer yet
		_, _ = io.WriteString(w, accepted)
	})))
	for range 2 {
		sends(t, m)
	}
	if got := connections.Load(); got != 2 {
		t.Errorf("%d connections for two mails", got)
	}
}

func TestManyMailsAtOnceEachGetTheirOwnAnswer(t *testing.T) {
	t.Parallel()
	m := open(t, func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		_, after, _ := strings.Cut(string(text), `"Name":"message","Value":"`)
		id, _, _ := strings.Cut(after, `"`)
		_, _ = io.WriteString(w, `{"MessageId":"of-`+id+`"}`)
		if err != nil {
			t.Error(err)
		}
	})
	var all sync.WaitGroup
	for _, id := range strings.Fields("a b c d e f g h i j k l") {
		all.Go(func() {
			for range 20 {
				e := envelope()
				e.ID, e.Tags, e.Raw = id, nil, bytes.Repeat([]byte(id), 9000)
				if got, err := m.Mail(t.Context(), e); err != nil || got != "of-"+id {
					t.Errorf("%s: %q, %v", id, got, err)
				}
			}
		})
	}
	all.Wait()
}

func TestOverTLSTheServerIsTrustedAsTheConfigurationSays(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, accepted) }))
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS13}
	m, connections := counting(t, server)
	if _, err := m.Mail(t.Context(), envelope()); !errors.Is(err, loyalty.ErrThrottled) {
		t.Errorf("a server that nobody vouches for: %v", err)
	}
	cfg := config(server.URL)
	trusted := tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, MinVersion: tls.VersionTLS13}
	cfg.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: new(net.Dialer).DialContext, DialTLSContext: (&tls.Dialer{Config: &trusted}).DialContext}}
	m = Open(cfg, "")
	for range 3 {
		sends(t, m)
	}
	if got := connections.Load(); got != 2 {
		t.Errorf("%d connections; want the one without trust and one for all mails", got)
	}
}

// An answer without an end, or none, is the server's fault, and the mail stays in doubt.
func TestWhatIsNoAnswerLeavesTheMailInDoubt(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]string{
		"no header's end": "HTTP/1.1 200 OK\r\n" + strings.Repeat("X-More: "+strings.Repeat("a", 500)+"\r\n", 300),
		"a short body":    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
		"no HTTP":         "220 mail.example ESMTP\r\n",
	} {
		server, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = server.Close() })
		go func() {
			for {
				conn, err := server.Accept()
				if err != nil {
					return
				}
				_, _ = conn.Read(make([]byte, 1<<10))
				_, _ = io.WriteString(conn, says)
				_ = conn.(*net.TCPConn).CloseWrite()
				_, _ = io.Copy(io.Discard, conn)
				_ = conn.Close()
			}
		}()
		_, err = Open(config("http://"+server.Addr().String()), "").Mail(t.Context(), envelope())
		if err == nil || errors.Is(err, loyalty.ErrThrottled) || errors.Is(err, loyalty.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACallThatIsCalledOffEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan bool)
	defer close(over)
	m := open(t, func(http.ResponseWriter, *http.Request) {
		cancel()
		<-over
	})
	if _, err := m.Mail(ctx, envelope()); err == nil || errors.Is(err, loyalty.ErrThrottled) {
		t.Errorf("%v", err)
	}
}

// Package hook calls the webhooks of campaigns with steps: over https alone, to public addresses alone, once and without following anybody
// elsewhere, and signed, so that the receiver knows whose call it is and when it was made.
//
// A receiver verifies a call like this: split the header Regulars-Signature at its commas into t (seconds since 1970) and one or more v1;
// refuse a t that lies more than five minutes from now; take HMAC-SHA256, keyed by the secret, of t, a full stop and the body as it came;
// accept if one of the v1 is its hexadecimal form, compared in constant time. The header Regulars-Id is the same whenever the same step of
// the same journey is called again: what it has done already it need not do twice.
package hook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// The headers of a call.
const (
	HeaderID        = "Regulars-Id"
	HeaderSignature = "Regulars-Signature"
)

// Bounds of a call. What a receiver answers is not kept, so little of it is read.
const (
	callTimeout   = 5 * time.Second
	answerBytes   = 4 << 10
	maxHeader     = 16 << 10 // bytes
	maxFailures   = 3        // in a row of one host; then it is left alone for a while, so that it does not hold up all the others
	failurePause  = 30 * time.Second
	maxHostsKnown = 1_000
)

// Client calls webhooks. It may be used by many goroutines.
type Client struct {
	secrets []string
	http    *http.Client
	now     func() time.Time

	mu    sync.Mutex
	hosts map[string]failing
}

type failing struct {
	times int
	until time.Time
}

// New makes a Client that signs with each of the secrets, so that one can be changed while receivers know the other. Without any it calls
// nobody.
func New(now func() time.Time, secrets ...string) *Client {
	return over(net.Dialer{Timeout: callTimeout, Control: onlyPublic}, now, secrets...)
}

// over is New with a dialer.
func over(dial net.Dialer, now func() time.Time, secrets ...string) *Client {
	return &Client{secrets: secrets, now: now, hosts: map[string]failing{}, http: &http.Client{
		Timeout:       callTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DialContext: dial.DialContext, Proxy: nil, TLSHandshakeTimeout: callTimeout, MaxResponseHeaderBytes: maxHeader, ForceAttemptHTTP2: true, IdleConnTimeout: 30 * time.Second},
	}}
}

// Sign is the value of HeaderSignature for a body, by each of the secrets.
func Sign(at time.Time, body []byte, secrets ...string) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	parts := []string{"t=" + seconds}
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(seconds + "."))
		mac.Write(body)
		parts = append(parts, "v1="+hex.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(parts, ",")
}

// Call implements loyalty.Hooks: any answer of 2xx is taken. Its errors name no path, which may hold what only the receiver should know.
func (c *Client) Call(ctx context.Context, call loyalty.HookCall) error {
	if len(c.secrets) == 0 {
		return fmt.Errorf("%w: there is no secret to sign with; set WEBHOOK_SECRET", loyalty.ErrRefused)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, call.URL, bytes.NewReader(call.Body))
	if err != nil || request.URL.Scheme != "https" || request.URL.Hostname() == "" || request.URL.User != nil {
		return fmt.Errorf("%w: the address is no https:// address of a host", loyalty.ErrRefused)
	}
	host := request.URL.Host
	if c.resting(host) {
		return fmt.Errorf("%s has failed %d times in a row and rests", host, maxFailures)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Regulars")
	request.Header.Set(HeaderID, call.ID)
	request.Header.Set(HeaderSignature, Sign(c.now(), call.Body, c.secrets...))
	err = c.do(request)
	c.settle(host, err == nil || errors.Is(err, loyalty.ErrRefused))
	return err
}

// do makes the call and judges the answer.
func (c *Client) do(request *http.Request) error {
	answer, err := c.http.Do(request)
	if err != nil {
		if outer := (*url.Error)(nil); errors.As(err, &outer) {
			err = outer.Err // without the address
		}
		if errors.Is(err, errNotPublic) {
			return fmt.Errorf("%w: %w", loyalty.ErrRefused, errNotPublic)
		}
		return fmt.Errorf("call %s: %w", request.URL.Hostname(), err)
	}
	_, _ = io.CopyN(io.Discard, answer.Body, answerBytes) // so that the line may be used again; what it says matters to nobody
	_ = answer.Body.Close()
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusRequestTimeout || code == http.StatusTooEarly || code == http.StatusTooManyRequests || code >= 500:
		return fmt.Errorf("%s answered %d", request.URL.Hostname(), code)
	case code >= 300 && code < 400:
		return fmt.Errorf("%w: %s answered %d, and nobody is followed elsewhere", loyalty.ErrRefused, request.URL.Hostname(), code)
	default:
		return fmt.Errorf("%w: %s answered %d", loyalty.ErrRefused, request.URL.Hostname(), code)
	}
}

func (c *Client) resting(host string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now().Before(c.hosts[host].until)
}

// settle counts failures in a row.
func (c *Client) settle(host string, answered bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if answered || len(c.hosts) >= maxHostsKnown {
		delete(c.hosts, host)
		return
	}
	f := c.hosts[host]
	if f.times++; f.times >= maxFailures {
		f = failing{until: c.now().Add(failurePause)}
	}
	c.hosts[host] = f
}

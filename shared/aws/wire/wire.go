// Package wire turns a Lambda function's environment into the one configuration that every AWS client of the function is made from.
//
// It reads the environment by hand and knows no client: each adapter has its own Open, so that a function links only what it
// calls. The SDK's own loader would look for files, profiles and metadata services that a function does not have, and takes
// 0.7 ms and 1.8 MB for it.
package wire

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// Limits of one call to AWS. Three attempts with their waits end well within a function's own timeout.
const (
	maxAttempts   = 3
	maxBackoff    = 500 * time.Millisecond
	dialTimeout   = 2 * time.Second
	secureTimeout = 2 * time.Second // TLS handshake
	answerTimeout = 5 * time.Second // from the request's last byte to the answer's first
	callTimeout   = 8 * time.Second // one attempt as a whole
	idleTimeout   = 90 * time.Second
	idlePerHost   = 512      // connections kept; a run on one machine sends from many goroutines
	writeBytes    = 16 << 10 // a request that fits is one packet to the system, an e-mail too
)

// Config is the configuration that AWS gives a function: AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN;
// AWS_ENDPOINT_URL, if set, takes the place of every service's address. lookup is os.LookupEnv.
//
// It returns an error that names all missing variables at once.
func Config(lookup func(string) (string, bool)) (aws.Config, error) {
	get := func(name string) string { v, _ := lookup(name); return v }
	var missing []string
	for _, name := range []string{"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		if get(name) == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return aws.Config{}, fmt.Errorf("not set: %s; AWS sets them for every Lambda function", strings.Join(missing, ", "))
	}
	identity := aws.Credentials{
		AccessKeyID: get("AWS_ACCESS_KEY_ID"), SecretAccessKey: get("AWS_SECRET_ACCESS_KEY"), SessionToken: get("AWS_SESSION_TOKEN"),
		Source: "environment",
	}
	cfg := aws.Config{
		Region:      get("AWS_REGION"),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return identity, nil }),
		HTTPClient:  client(),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = maxAttempts, maxBackoff })
		},
	}
	if address := get("AWS_ENDPOINT_URL"); address != "" {
		if u, err := url.Parse(address); err != nil || u.Host == "" {
			return aws.Config{}, fmt.Errorf("AWS_ENDPOINT_URL %q is not an address like http://127.0.0.1:8000", address)
		}
		cfg.BaseEndpoint = &address
	}
	return cfg, nil
}

// client speaks HTTP/1.1 over connections that trust (see roots.go) has checked.
func client() *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout}
	t := &trust{dial: dialer.DialContext}
	return &http.Client{
		Timeout: callTimeout,
		Transport: &http.Transport{
			DialContext:           dialer.DialContext,
			DialTLSContext:        t.dialTLS,
			ResponseHeaderTimeout: answerTimeout,
			IdleConnTimeout:       idleTimeout,
			MaxIdleConnsPerHost:   idlePerHost,
			WriteBufferSize:       writeBytes,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a signed request goes nowhere else
	}
}

package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
)

// rootsPEM holds the roots that AWS's own endpoints chain to, as they stand in the public bundle of Mozilla's roots. Reading the
// system's bundle of some 140 is two thirds of a cold function's first call.
//
//go:embed roots.pem
var rootsPEM []byte

var embedded = sync.OnceValues(func() (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(rootsPEM) {
		return nil, errors.New("the embedded roots cannot be read")
	}
	return pool, nil
})

// trust opens connections to servers that prove who they are by one of the few embedded roots or, where AWS or a proxy uses
// another, by one of the system's. Nothing is sent before the proof.
type trust struct {
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
	others *x509.CertPool // asked where the embedded roots do not know the server; nil means the system's
	met    atomic.Bool    // such a server was met: ask the others at once
}

// dialTLS fails with the proof's own error if neither set of roots vouches for the server.
func (t *trust) dialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	if !t.met.Load() {
		pool, err := embedded()
		if err != nil {
			return nil, err
		}
		conn, err := t.secure(ctx, network, address, pool)
		var unknown x509.UnknownAuthorityError
		if !errors.As(err, &unknown) {
			return conn, err
		}
	}
	conn, err := t.secure(ctx, network, address, t.others)
	if err == nil {
		t.met.Store(true)
	}
	return conn, err
}

func (t *trust) secure(ctx context.Context, network, address string, roots *x509.CertPool) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", address, err)
	}
	plain, err := t.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	conn := tls.Client(plain, &tls.Config{ServerName: host, RootCAs: roots, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	ctx, stop := context.WithTimeout(ctx, secureTimeout)
	defer stop()
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = plain.Close() // the handshake's error says more
		return nil, fmt.Errorf("secure the connection to %s: %w", address, err)
	}
	return conn, nil
}

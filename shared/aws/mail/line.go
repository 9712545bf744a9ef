package mail

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Bounds of one call and of the connections that are kept between calls.
const (
	dialTimeout = 2 * time.Second
	callTimeout = 8 * time.Second  // of one call as a whole
	idleTimeout = 60 * time.Second // a connection that rested longer is not used again
	maxIdle     = 512              // connections kept; a run on one machine sends from many goroutines
	maxHeader   = 64 << 10         // bytes of an answer's header and of what was read ahead of its body
)

type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// lines are connections to one server that speaks HTTP/1.1. Each carries one call at a time, made by whoever waits for it: net/http's client has
// two goroutines for each connection, and handing a request to them and its answer back costs more than the call.
type lines struct {
	dial dialer
	host string // with its port
	idle chan *line
}

// line is one connection. left is what may still be read of an answer's header.
type line struct {
	net.Conn
	in     *bufio.Reader
	left   int
	rested time.Time // since when nobody uses it
}

var errHeader = errors.New("the answer's header does not end")

func (l *line) Read(b []byte) (int, error) {
	if l.left <= 0 {
		return 0, errHeader
	}
	n, err := l.Conn.Read(b[:min(len(b), l.left)])
	l.left -= n
	return n, err
}

// newLines takes how to reach and to trust the server from the configuration's client, where that says so.
func newLines(cfg aws.Config, u *url.URL) *lines {
	plain := (&net.Dialer{Timeout: dialTimeout}).DialContext
	secure := dialer((&tls.Dialer{NetDialer: &net.Dialer{Timeout: dialTimeout}}).DialContext)
	if client, ok := cfg.HTTPClient.(*http.Client); ok {
		if t, ok := client.Transport.(*http.Transport); ok && t.DialContext != nil && t.DialTLSContext != nil {
			plain, secure = t.DialContext, t.DialTLSContext
		}
	}
	l := &lines{dial: plain, host: u.Host, idle: make(chan *line, maxIdle)}
	port := "80"
	if u.Scheme == "https" {
		l.dial, port = secure, "443"
	}
	if u.Port() == "" {
		l.host = net.JoinHostPort(u.Hostname(), port)
	}
	return l
}

// open returns a connection that has rested and still stands, or a new one. What fails here has sent nothing: its error is a dial's.
func (l *lines) open(ctx context.Context) (*line, error) {
	for {
		select {
		case c := <-l.idle:
			if time.Since(c.rested) < idleTimeout && stands(c.Conn) {
				return c, nil
			}
			_ = c.Close() // nobody waits for anything on it
			continue
		default:
		}
		break
	}
	ctx, stop := context.WithTimeout(ctx, callTimeout)
	defer stop()
	conn, err := l.dial(ctx, "tcp", l.host)
	if err != nil {
		var known *net.OpError
		if !errors.As(err, &known) || known.Op != "dial" {
			err = &net.OpError{Op: "dial", Net: "tcp", Err: err}
		}
		return nil, err
	}
	c := &line{Conn: conn}
	c.in = bufio.NewReader(c)
	return c, nil
}

// rest keeps the connection for the next call.
func (l *lines) rest(c *line) {
	c.rested = time.Now()
	select {
	case l.idle <- c:
	default:
		_ = c.Close() // enough are kept
	}
}

var past = time.Unix(1, 0)

// post is what request an answer is to.
var post = &http.Request{Method: http.MethodPost}

// call sends a request that is whole and returns the answer with its body. A request is sent once: whatever fails after its first byte leaves open
// whether the server has taken it.
func (l *lines) call(ctx context.Context, request []byte) (*http.Response, []byte, error) {
	c, err := l.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	end := time.Now().Add(callTimeout)
	if sooner, ok := ctx.Deadline(); ok && sooner.Before(end) {
		end = sooner
	}
	if err := c.SetDeadline(end); err != nil {
		return nil, nil, errors.Join(err, c.Close())
	}
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(past) }) // wakes whoever reads
	got, text, err := c.exchange(request)
	if unharmed := stop(); err != nil || !unharmed || got.Close || c.in.Buffered() > 0 {
		_ = c.Close() // the answer, or the lack of one, says more
	} else {
		l.rest(c)
	}
	return got, text, err
}

// exchange writes the request and reads its answer.
func (l *line) exchange(request []byte) (*http.Response, []byte, error) {
	if _, err := l.Write(request); err != nil {
		return nil, nil, err
	}
	for {
		l.left = maxHeader
		got, err := http.ReadResponse(l.in, post)
		if err != nil {
			return nil, nil, err
		}
		if got.StatusCode < http.StatusOK { // that it goes on is no answer yet
			continue
		}
		l.left = maxAnswerBytes + maxHeader
		text, err := io.ReadAll(io.LimitReader(got.Body, maxAnswerBytes))
		if len(text) == maxAnswerBytes {
			got.Close = true // the rest of it is in the way
		}
		return got, text, err
	}
}

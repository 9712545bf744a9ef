package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/acts"
	"github.com/regulars-dev/regulars/shared/edge"
)

// Client asks a handler: one in this process, or a server's.
type Client struct {
	Base  string // "http://127.0.0.1:8080/local"
	Key   string
	HTTP  *http.Client
	Where string // how a person knows it, for errors
	By    string // who asks, for the record of what people change
}

// maxAnswer bounds an answer that is read whole.
const maxAnswer = 16 << 20 // bytes

// Direct is a client of a handler within this process.
func Direct(h http.Handler, token string) *Client {
	return &Client{Base: "http://127.0.0.1/local", Key: token, HTTP: &http.Client{Transport: direct{h}}, Where: "the store"}
}

// Do sends in as JSON (a []byte as it stands, nil for no body) and reads the answer into out, which may be nil.
//
// A problem document comes back as an error of type edge.Problem whose text is for a person.
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	body, err := c.Stream(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer body.Close()
	raw, err := io.ReadAll(io.LimitReader(body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.Where, err)
	}
	if keep, ok := out.(*json.RawMessage); ok {
		*keep = raw
		return nil
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("the answer of %s is not what this command expects; are both of one version?", c.Where)
	}
	return nil
}

// Stream is Do for an answer of any length; the caller closes it.
func (c *Client) Stream(ctx context.Context, method, path string, in any) (io.ReadCloser, error) {
	var body io.Reader
	switch in := in.(type) {
	case nil:
	case []byte:
		body = bytes.NewReader(in)
	default:
		raw, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("write the request: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.Base+path, body)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", c.Where, err)
	}
	r.Header.Set("Authorization", "Bearer "+c.Key)
	if c.By != "" {
		r.Header.Set(acts.HeaderBy, c.By)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.HTTP.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("ask %s: %w", c.Where, err)
	}
	if answer.StatusCode < http.StatusBadRequest {
		return answer.Body, nil
	}
	defer answer.Body.Close()
	return nil, c.problem(answer)
}

// Failure is an answer that says no.
type Failure struct{ edge.Problem }

// Error is the sentence of the problem, and each field at fault on a line of its own.
func (f *Failure) Error() string {
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(f.Detail, "."))
	for _, e := range f.Errors {
		fmt.Fprintf(&b, "\n  %s: %s", e.Pointer, e.Detail)
	}
	return b.String()
}

// problem reads an answer that says no. What is no problem document did not come from a door of ours.
func (c *Client) problem(answer *http.Response) error {
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	var p edge.Problem
	if err != nil || json.Unmarshal(raw, &p) != nil || p.Code == "" {
		return fmt.Errorf("%s answers %s and does not say why; is it a server of Regulars?", c.Where, answer.Status)
	}
	if p.Detail == "" {
		p.Detail = p.Title
	}
	return &Failure{p}
}

// direct answers requests by a handler of this process, streaming as a connection would.
type direct struct{ h http.Handler }

// RoundTrip implements http.RoundTripper. It returns once the handler has begun to answer; the body follows as it is written. A
// context that ends breaks the body off, and the handler sees it end. Closing the body waits for the handler: what it does at its end is done
// before the store may be closed.
func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	r = r.Clone(ctx)
	r.RemoteAddr, r.RequestURI, r.Host = "127.0.0.1:0", r.URL.RequestURI(), r.URL.Host
	if r.Body == nil {
		r.Body = http.NoBody
	}
	out, in := io.Pipe()
	w := &piped{header: http.Header{}, body: in, began: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.h.ServeHTTP(w, r)
		w.WriteHeader(http.StatusOK)
		in.Close()
	}()
	select {
	case <-w.began:
	case <-ctx.Done():
		out.CloseWithError(ctx.Err())
		cancel()
		<-ended
		return nil, ctx.Err()
	}
	return &http.Response{
		StatusCode: w.status, Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), Header: w.sent, Body: awaited{out, cancel, ended}, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// awaited is a body whose Close waits for the handler that writes it.
type awaited struct {
	*io.PipeReader
	cancel func()
	ended  chan struct{}
}

// Close tells the handler that nobody reads on, and waits for its end.
func (a awaited) Close() error {
	err := a.PipeReader.Close()
	a.cancel()
	<-a.ended
	return err
}

// piped is a http.ResponseWriter into a pipe.
type piped struct {
	header, sent http.Header
	status       int
	body         *io.PipeWriter
	began        chan struct{} // closed when status and sent are set
}

func (w *piped) Header() http.Header { return w.header }

func (w *piped) WriteHeader(status int) {
	if w.status == 0 {
		w.status, w.sent = status, w.header.Clone()
		close(w.began)
	}
}

func (w *piped) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// Flush lets handlers stream; a pipe keeps nothing back.
func (w *piped) Flush() {}

// answerWait is how long a server may take to begin its answer; how long that goes on is bounded by the caller alone.
const answerWait = 10 * time.Minute

// Over is a client of a server.
func Over(base, key string) *Client {
	wire := &http.Transport{ResponseHeaderTimeout: answerWait}
	return &Client{Base: strings.TrimSuffix(base, "/"), Key: key, HTTP: &http.Client{Transport: wire}, Where: base}
}

// Code is the stable code of a failure, "" of any other error.
func Code(err error) string {
	if f := (*Failure)(nil); errors.As(err, &f) {
		return f.Code
	}
	return ""
}

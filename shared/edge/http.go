package edge

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Limits of the HTTP edge.
const (
	MaxBody     = 256 << 10 // bytes of a request after base64; as much as a queue takes
	maxResponse = 5_500_000 // bytes of a response as written into JSON; Lambda takes 6 MB with everything around it
)

// request is payload format 2.0, as an HTTP API and a Function URL send it.
type request struct {
	Version        string            `json:"version"`
	RawPath        string            `json:"rawPath"`
	RawQueryString string            `json:"rawQueryString"`
	Cookies        []string          `json:"cookies"`
	Headers        map[string]string `json:"headers"`
	Body           string            `json:"body"`
	Base64         bool              `json:"isBase64Encoded"`
	Context        struct {
		DomainName string `json:"domainName"`
		RequestID  string `json:"requestId"`
		Stage      string `json:"stage"`
		HTTP       struct {
			Method   string `json:"method"`
			Protocol string `json:"protocol"`
			SourceIP string `json:"sourceIp"`
		} `json:"http"`
	} `json:"requestContext"`
}

type response struct {
	StatusCode int               `json:"statusCode"`
	Headers    map[string]string `json:"headers"`
	Cookies    []string          `json:"cookies,omitempty"`
	Body       string            `json:"body"`
	Base64     bool              `json:"isBase64Encoded"`
}

// HTTP serves h behind an HTTP API (payload 2.0) or a Function URL.
//
// Repeated query keys come from the raw query, cookies from their own list, binary bodies through base64 both ways. The request id
// becomes the correlation id. A body over the limit is answered with 413 and a panic of h with 500, both as problem documents.
// An error means that the payload was no HTTP event at all.
func HTTP(h http.Handler, opts ...Option) Handler {
	o := settings(opts)
	return func(ctx context.Context, payload []byte) ([]byte, error) {
		var in request
		if err := json.Unmarshal(payload, &in); err != nil {
			return nil, fmt.Errorf("read HTTP event: %w", err)
		}
		if in.Context.HTTP.Method == "" {
			return nil, errors.New("read HTTP event: requestContext.http.method is missing; the trigger must use payload format 2.0")
		}
		ctx = WithCorrelation(ctx, in.Context.RequestID)
		w := newRecorder()
		if r, problem := in.build(ctx, o.maxBody); problem != nil {
			WriteProblem(w, *problem)
		} else if err := guarded(ctx, o.log, "a request, "+r.Method, func() error { h.ServeHTTP(w, r); return nil }); err != nil {
			w = newRecorder()
			WriteProblem(w, Problem{Status: http.StatusInternalServerError, Code: "internal", Detail: "Something went wrong here. Try again."})
		}
		return w.encode(in)
	}
}

// newRecorder begins an answer. No browser shall take it for what it does not say it is, for it may hold a shopper's words.
func newRecorder() *recorder { return &recorder{header: http.Header{noSniff: {"nosniff"}}} }

// noSniff is the header that binds a browser to the content type.
const noSniff = "X-Content-Type-Options"

// build makes the http.Request that a net/http server would have made.
func (in request) build(ctx context.Context, maxBody int) (*http.Request, *Problem) {
	body := []byte(in.Body)
	if in.Base64 {
		if base64.StdEncoding.DecodedLen(len(in.Body)) > maxBody+2 {
			return nil, tooLarge(maxBody)
		}
		decoded, err := base64.StdEncoding.DecodeString(in.Body)
		if err != nil {
			return nil, &Problem{Status: http.StatusBadRequest, Code: "malformed_body", Detail: "The body is marked as base64 and is not."}
		}
		body = decoded
	}
	if len(body) > maxBody {
		return nil, tooLarge(maxBody)
	}
	u := in.url()
	r, err := http.NewRequestWithContext(ctx, in.Context.HTTP.Method, "/", bytes.NewReader(body))
	if err != nil {
		return nil, &Problem{Status: http.StatusBadRequest, Code: "malformed_request", Detail: "The method is not one HTTP knows."}
	}
	r.URL, r.RequestURI = u, u.RequestURI()
	for name, value := range in.Headers {
		r.Header.Set(name, value)
	}
	if len(in.Cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(in.Cookies, "; "))
	}
	if r.Host = r.Header.Get("Host"); r.Host == "" {
		r.Host = in.Context.DomainName
	}
	r.Header.Del("Host")
	r.RemoteAddr = net.JoinHostPort(in.Context.HTTP.SourceIP, "0")
	if major, minor, ok := http.ParseHTTPVersion(in.Context.HTTP.Protocol); ok {
		r.Proto, r.ProtoMajor, r.ProtoMinor = in.Context.HTTP.Protocol, major, minor
	}
	return r, nil
}

// url takes the stage off the path: a named stage stands in front of it, "$default" does not. A Function URL leaves the path escaped
// and an HTTP API may not, so a path that does not unescape is taken as it stands.
func (in request) url() *url.URL {
	path := in.RawPath
	if s := in.Context.Stage; s != "" && s != "$default" {
		if rest, ok := strings.CutPrefix(path, "/"+s); ok && (rest == "" || rest[0] == '/') {
			path = rest
		}
	}
	if path == "" {
		path = "/"
	}
	u := &url.URL{Path: path, RawQuery: in.RawQueryString}
	if plain, err := url.PathUnescape(path); err == nil {
		u.Path, u.RawPath = plain, path
	}
	return u
}

func tooLarge(limit int) *Problem {
	return &Problem{Status: http.StatusRequestEntityTooLarge, Code: "body_too_large",
		Detail: fmt.Sprintf("The body is larger than %d KiB. Send less at once.", limit>>10)}
}

// recorder keeps what a handler writes.
type recorder struct {
	header http.Header
	sent   http.Header // as it stood when the status was written
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status, w.sent = status, w.header.Clone()
	}
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		if w.header.Get("Content-Type") == "" {
			w.header.Set("Content-Type", http.DetectContentType(p))
		}
		w.WriteHeader(http.StatusOK)
	}
	return w.body.Write(p)
}

// encode writes the response. Text goes as it is, what is not UTF-8 or is compressed as base64; several values of one header are
// joined by commas, which payload 2.0 asks for, and cookies go in their own list.
func (w *recorder) encode(in request) ([]byte, error) {
	w.WriteHeader(http.StatusOK)
	out := response{StatusCode: w.status, Headers: make(map[string]string, len(w.sent)+1), Cookies: w.sent["Set-Cookie"]}
	for name, values := range w.sent {
		if name != "Set-Cookie" {
			out.Headers[name] = strings.Join(values, ", ")
		}
	}
	if id := in.Context.RequestID; id != "" && w.sent.Get("X-Correlation-Id") == "" {
		out.Headers["X-Correlation-Id"] = id
	}
	switch body := w.body.Bytes(); {
	case in.Context.HTTP.Method == http.MethodHead:
	case w.sent.Get("Content-Encoding") == "" && utf8.Valid(body):
		out.Body = string(body)
	default:
		out.Body, out.Base64 = base64.StdEncoding.EncodeToString(body), true
	}
	encoded, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("write HTTP response: %w", err)
	}
	if len(encoded) > maxResponse {
		return nil, fmt.Errorf("write HTTP response: %d bytes are more than the %d that fit; page the answer", len(encoded), maxResponse)
	}
	return encoded, nil
}

package local

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local/sam"
)

// maxRequest is the largest body the front reads, as HTTP API does; functions take less.
const maxRequest = 10 << 20 // bytes

// route is one path of the HTTP API and the function behind it.
type route struct {
	method   string // "" for any
	segments []string
	key      string // "POST /webhooks/{vendor}"
	f        *function
}

func newRoute(f *function, r sam.Route) route {
	method := r.Method
	if method == "ANY" || method == "" {
		method = ""
	}
	return route{method: method, segments: strings.Split(strings.Trim(r.Path, "/"), "/"), key: r.Method + " " + r.Path, f: f}
}

// match tells the path parameters and how exact the match is: whole segments count before parameters, those before the rest of the
// path. 0 is no match.
func (r route) match(method, path string) (map[string]string, int) {
	if r.method != "" && r.method != method {
		return nil, 0
	}
	parts, exact, found := strings.Split(strings.Trim(path, "/"), "/"), 1, map[string]string{}
	for i, segment := range r.segments {
		name, isParameter := strings.CutPrefix(segment, "{")
		name = strings.TrimSuffix(name, "}")
		rest, greedy := strings.CutSuffix(name, "+")
		switch {
		case i >= len(parts):
			return nil, 0
		case isParameter && greedy && parts[i] != "":
			found[rest] = strings.Join(parts[i:], "/")
			return found, exact*4 + 1
		case isParameter && !greedy && parts[i] != "":
			found[name] = parts[i]
			exact = exact*4 + 2
		case segment == parts[i]:
			exact = exact*4 + 3
		default:
			return nil, 0
		}
	}
	if len(parts) != len(r.segments) {
		return nil, 0
	}
	return found, exact
}

// Handler is the HTTP API of the template. Paths of extra go before it, as http.ServeMux patterns ("/mailbox/", "GET /local/clock").
func (r *Runtime) Handler(extra map[string]http.Handler) http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range extra {
		mux.Handle(pattern, h)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff") // exports and answers hold shoppers' words; no browser shall take them for pages
		if _, pattern := mux.Handler(req); pattern != "" {
			mux.ServeHTTP(w, req)
			return
		}
		r.serve(w, req)
	})
}

func (r *Runtime) serve(w http.ResponseWriter, req *http.Request) {
	var chosen route
	var parameters map[string]string
	best := 0
	for _, candidate := range r.routes {
		if found, exact := candidate.match(req.Method, req.URL.EscapedPath()); exact > best {
			chosen, parameters, best = candidate, found, exact
		}
	}
	if best == 0 {
		edge.WriteProblem(w, edge.Problem{Status: http.StatusNotFound, Code: "no_such_route", Detail: "There is nothing at this path and method."})
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxRequest))
	if err != nil {
		edge.WriteProblem(w, edge.Problem{Status: http.StatusRequestEntityTooLarge, Code: "body_too_large", Detail: "The body is larger than 10 MiB or broke off."})
		return
	}
	r.begin()
	defer r.end()
	payload, err := r.request(req, body, chosen, parameters)
	var out []byte
	if err == nil {
		out, err = chosen.invoke(context.WithoutCancel(req.Context()), payload)
	}
	if err == nil {
		err = answer(w, out)
	}
	switch {
	case errors.Is(err, errBusy):
		w.Header().Set("Retry-After", comeAgain)
		edge.WriteProblem(w, edge.Problem{Status: http.StatusTooManyRequests, Code: "too_busy", Detail: "More is asked at once than can be done. Nothing was done; send the same request again after " + comeAgain + " second."})
	case err != nil:
		r.log.ErrorContext(req.Context(), "a request failed", "route", chosen.key, "error", err)
		edge.WriteProblem(w, edge.Problem{Status: http.StatusInternalServerError, Code: "internal", Detail: "Something went wrong here. Try again."})
	}
}

// comeAgain is what Retry-After says to whoever is turned away: the least there is, for a full house empties within it.
const comeAgain = "1" // seconds

// probe is the path by which others see whether the shop lives. It is answered however much is asked, since a shop that is taken for dead
// under load is restarted under load.
const probe = "/healthz"

// invoke runs the function behind the route. One that is at its limit makes nobody wait: whoever is let in is served as fast as ever.
func (r route) invoke(ctx context.Context, payload []byte) ([]byte, error) {
	if r.method == http.MethodGet && "/"+strings.Join(r.segments, "/") == probe {
		return r.f.run(ctx, r.key, payload)
	}
	return r.f.invokeNow(ctx, r.key, payload)
}

// request writes payload format 2.0, as HTTP API does: lower-case names, values joined by commas, cookies in their own list.
func (r *Runtime) request(req *http.Request, body []byte, to route, parameters map[string]string) ([]byte, error) {
	ip, _, err := net.SplitHostPort(req.RemoteAddr)
	if err != nil {
		ip = req.RemoteAddr
	}
	now := r.clock.Now()
	in := events.APIGatewayV2HTTPRequest{Version: "2.0", RouteKey: to.key, RawPath: req.URL.EscapedPath(), RawQueryString: req.URL.RawQuery,
		Headers: map[string]string{"host": req.Host, "x-forwarded-for": ip, "x-forwarded-proto": "http"}, PathParameters: parameters,
		RequestContext: events.APIGatewayV2HTTPRequestContext{RouteKey: to.key, AccountID: account, Stage: "$default", RequestID: rand.Text(), APIID: region,
			DomainName: req.Host, Time: now.UTC().Format("02/Jan/2006:15:04:05 -0700"), TimeEpoch: now.UnixMilli(),
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: req.Method, Path: req.URL.Path, Protocol: req.Proto, SourceIP: ip,
				UserAgent: req.UserAgent()}}}
	for name, values := range req.Header {
		if name != "Cookie" {
			in.Headers[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	for _, line := range req.Header["Cookie"] {
		in.Cookies = append(in.Cookies, strings.Split(line, "; ")...)
	}
	if query := req.URL.Query(); len(query) > 0 {
		in.QueryStringParameters = map[string]string{}
		for name, values := range query {
			in.QueryStringParameters[name] = strings.Join(values, ",")
		}
	}
	if in.Body = string(body); !utf8.Valid(body) {
		in.Body, in.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return json.Marshal(in)
}

// answer writes what the function answered.
func answer(w http.ResponseWriter, out []byte) error {
	var a struct {
		StatusCode int               `json:"statusCode"`
		Headers    map[string]string `json:"headers"`
		Cookies    []string          `json:"cookies"`
		Body       string            `json:"body"`
		Base64     bool              `json:"isBase64Encoded"`
	}
	if err := json.Unmarshal(out, &a); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	body := []byte(a.Body)
	if a.Base64 {
		var err error
		if body, err = base64.StdEncoding.DecodeString(a.Body); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
	}
	if a.StatusCode < 200 || a.StatusCode > 599 {
		return fmt.Errorf("read the answer: status %d is none", a.StatusCode)
	}
	for name, value := range a.Headers {
		w.Header().Set(name, value)
	}
	for _, cookie := range a.Cookies {
		w.Header().Add("Set-Cookie", cookie)
	}
	w.WriteHeader(a.StatusCode)
	_, _ = w.Write(body) // a caller that has gone away is not our fault
	return nil
}

// Serve answers on l until ctx ends, then lets the requests in hand finish within Grace.
func (r *Runtime) Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), Grace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}

// ClockHandler shows the clock (GET) and moves it (POST {"advance": "24h"}, {"set": "2026-12-24T08:00:00+01:00"} or {"speed": 60}).
func (r *Runtime) ClockHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodPost {
			if problem := r.moveClock(req); problem != nil {
				edge.WriteProblem(w, *problem)
				return
			}
		}
		edge.WriteJSON(w, http.StatusOK, map[string]any{"now": r.clock.Now().Format(time.RFC3339), "speed": r.clock.Speed()})
	})
}

func (r *Runtime) moveClock(req *http.Request) *edge.Problem {
	var order struct {
		Advance string    `json:"advance"`
		Set     time.Time `json:"set"`
		Speed   *int64    `json:"speed"`
	}
	if problem := edge.ReadJSON(req, &order, 0); problem != nil {
		return problem
	}
	if order.Speed != nil && (*order.Speed < 0 || *order.Speed > MaxSpeed) {
		return &edge.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid_fields", Detail: fmt.Sprintf("Speed takes 0 to %d virtual seconds in a real one.", MaxSpeed)}
	}
	if order.Speed != nil {
		r.clock.SetSpeed(*order.Speed)
	}
	to := order.Set
	if order.Advance != "" {
		d, err := time.ParseDuration(order.Advance)
		if err != nil || d < 0 {
			return &edge.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid_fields", Detail: "Advance takes a duration such as 90m or 24h."}
		}
		to = r.clock.Now().Add(d)
	}
	if to.IsZero() {
		return nil
	}
	if err := r.clock.Set(to); err != nil {
		return &edge.Problem{Status: http.StatusConflict, Code: "backwards", Detail: err.Error()}
	}
	return nil
}

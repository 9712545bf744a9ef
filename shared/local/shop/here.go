package shop

import (
	"net"
	"net/http"
	"net/url"

	"github.com/regulars-dev/regulars/shared/edge"
)

// here lets only this machine through, whatever host the server listens on: the pages behind it show shoppers, mails and the demo's
// key, and move the clock. A page of a stranger's site that a browser on this machine has open counts as outside, by the name it calls
// us (Host) and by where it comes from (Origin).
func here(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil || !loopback(from) || !loopback(hostOf(r.Host)) || !ownOrigin(r) {
			edge.WriteProblem(w, edge.Problem{Status: http.StatusForbidden, Code: "not_local",
				Detail: "This page is for the machine that runs the shop alone; open it there at http://127.0.0.1."})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func hostOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return hostport
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// ownOrigin reports whether a browser's request comes from a page of ours; other clients send no Origin.
func ownOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}

package web

import "net/http"

// HomeView is what the start page of one machine shows.
type HomeView struct {
	Shop      string
	Programme string // the version that holds, in words
	Address   string // where this machine answers: "http://127.0.0.1:8080"
	Data      string // folder of the store
	DemoKey   string // key of the demo till; shown only because this page is never served beyond this machine
	Curl      string // one command to try
	Links     []Link
	Cards     []CardLink
	Functions []FunctionView
}

// CardLink is one card worth a look.
type CardLink struct {
	Number string
	Name   string
	Points int64
	Tier   string
}

// FunctionView is one function that runs here, and what wakes it.
type FunctionView struct {
	Name     string
	Triggers []string
	Calls    int64
	Failed   int64
}

// Home is the start page at exactly "/", made anew from view for each request. Serve it on a loopback address only.
func Home(view func(*http.Request) HomeView) http.Handler {
	page := parse("home.html")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			fail(w, r, ErrNotFound, "page at "+r.URL.Path, Link{Title: "Start", URL: "/"})
			return
		}
		show(w, page, http.StatusOK, view(r))
	})
}

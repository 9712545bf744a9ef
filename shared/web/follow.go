package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/regulars-dev/regulars/shared/message"
)

// Follower knows where the links of e-mails lead, and counts who follows them.
type Follower interface {
	// Follow returns the target that the token names and counts the visit. Without a target the token is not ours; a target holds with
	// any error.
	Follow(ctx context.Context, token string, v message.Visit) (target string, err error)

	// Opened notes that the picture which the token names was fetched.
	Opened(ctx context.Context, token string) error
}

// FollowPath is where Follow is mounted, with all below it; the token of an e-mail's link follows.
const FollowPath = "/c/"

// Follow sends the reader of an e-mail on to where a link leads. There is no way to name a target but by a token of ours, so it leads nowhere
// else. It sets no cookie and reads nothing of the request but what the program calls itself. missed is told what could not be counted.
func Follow(host func() Host, f Follower, missed func(error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			p := page{host(), r}
			said := p.says("")
			p.show(w, http.StatusMethodNotAllowed, said, said.cannot, says(said.linkHelp))
			return
		}
		token := strings.TrimPrefix(r.URL.Path, FollowPath)
		target, err := f.Follow(r.Context(), token, message.Visit{Agent: r.UserAgent(), Peek: r.Method == http.MethodHead})
		if target == "" {
			p := page{host(), r}
			said := p.says("")
			p.show(w, http.StatusOK, said, said.nowhere, says(said.linkHelp))
			return
		}
		if err != nil {
			missed(err)
		}
		guard(w.Header())
		w.Header().Set("Location", target)
		w.WriteHeader(http.StatusFound)
	})
}

// OpenPath is where Pixel is mounted, with all below it; the token follows.
const OpenPath = "/o/"

// point is a GIF of one transparent point.
const point = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"

// Pixel answers with a picture of one point, whatever the token, and notes that it was fetched.
func Pixel(f Follower, missed func(error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			if err := f.Opened(r.Context(), strings.TrimPrefix(r.URL.Path, OpenPath)); err != nil {
				missed(err)
			}
		}
		guard(w.Header())
		w.Header().Set("Content-Type", "image/gif")
		_, _ = w.Write([]byte(point))
	})
}

// Package till is the HTTP API that tills, web shops and the pages of a shop speak: quotes, checkouts, returns, cards, carts, events
// and messages, and the page behind an unsubscribe link.
//
// Every door under /v1 wants a key. A body is judged whole before anything is done, so that a caller learns of all its faults at once
// and nothing of a faulty one is stored; what looks like a payment card is refused before anything else looks at it. openapi.json
// says what goes in and comes out, and a test holds it and the handlers to each other.
package till

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/web"
)

// Config is what the environment says.
type Config struct {
	CardsTable     string   `env:"CARDS_TABLE"`     // cards, shoppers and carts
	RecordsTable   string   `env:"RECORDS_TABLE"`   // receipts, older ledger entries, messages
	ProgrammeTable string   `env:"PROGRAMME_TABLE"` // the rules, and the keys of tills
	MailQueueURL   string   `env:"MAIL_QUEUE_URL"`  // where e-mails are ordered in which shoppers confirm what they allowed
	LinkSecrets    []string `env:"LINK_SECRET"`     // unsubscribe links made with any of these are accepted
}

// Deps is what the till works with.
type Deps struct {
	Service *loyalty.Service     // every use case; Letters needs its Secrets alone
	Keys    loyalty.Keys         // who may call
	Misses  loyalty.Misses       // counts for all copies of the function; nil: each counts for itself
	Issue   loyalty.NumberSource // bodies of new card numbers; nil draws them at random

	// Authors names those who have published a campaign as it is now, by its hash: they do not approve it. nil: no campaign is steered here.
	Authors func(ctx context.Context, campaign, hash string) ([]string, error)

	Persons loyalty.Persons // what shoppers may ask for; nil: that is not asked here

	Log *slog.Logger // nil: nothing is logged
}

// New returns the function.
func New(d Deps) edge.Handler { return behind(d, "") }

// NewCampaign returns the function that steers campaigns. It is one of its own because it may write what the till's may not.
func NewCampaign(d Deps) edge.Handler { return behind(d, ofCampaigns) }

// NewPerson returns the function that gives shoppers what is held about them and takes them out: it may look through everything.
func NewPerson(d Deps) edge.Handler { return behind(d, ofPersons) }

// Names of the functions that have doors of this API, beside the till's.
const (
	ofCampaigns = "campaign"
	ofPersons   = "person"
)

// behind serves the doors of one function.
func behind(d Deps, function string) edge.Handler {
	d = d.complete()
	h := serve(d, func(rt route) bool { return rt.of == function })
	return edge.HTTP(h, edge.WithLog(d.Log), edge.WithMaxBody(maxBody))
}

func (d Deps) complete() Deps {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Issue == nil {
		d.Issue = drawNumber
	}
	return d
}

// drawNumber is a random body of a card number.
func drawNumber() (uint64, error) {
	var b [8]byte
	_, err := rand.Read(b[:])
	return binary.BigEndian.Uint64(b[:]), err
}

// door is the API at work.
type door struct {
	Deps
	keys   keyring
	misses misses
}

// route is one door: an operation behind a key, or a page for everybody.
type route struct {
	method, path string
	do           func(*door, *ask) (reply, error)
	page         func(*door, http.ResponseWriter, *http.Request)

	of  string          // the function that it belongs to; "" is the till's
	may []loyalty.Right // the rights of which a key has one; nil: what a till does
}

// lookers are the keys that see campaigns: those of tills for all stores, and a marketer's.
var lookers = []loyalty.Right{loyalty.RightTill, loyalty.RightCampaigns}

var (
	marketers = []loyalty.Right{loyalty.RightCampaigns}
	clerks    = []loyalty.Right{loyalty.RightPersons}
)

// quotesPath is where baskets are priced, which looks things up only where a basket names any.
const quotesPath = "/v1/quotes"

// routes is the one list of doors. openapi.json has the same, which a test sees to.
var routes = []route{
	{method: "POST", path: quotesPath, do: (*door).quote},
	{method: "DELETE", path: "/v1/reservations/{id}", do: (*door).release},
	{method: "POST", path: "/v1/checkouts", do: (*door).checkout},
	{method: "POST", path: "/v1/returns", do: (*door).giveBack},
	{method: "POST", path: "/v1/receipts/claim", do: (*door).claim},
	{method: "GET", path: "/v1/receipts/{store}/{till}/{number}/explanation", do: (*door).explainReceipt},
	{method: "POST", path: "/v1/cards", do: (*door).enrol},
	{method: "POST", path: "/v1/cards/find", do: (*door).findCard},
	{method: "GET", path: "/v1/cards/{number}", do: (*door).showCard},
	{method: "PATCH", path: "/v1/cards/{number}", do: (*door).changeCard},
	{method: "POST", path: "/v1/cards/{number}/replace", do: (*door).replaceCard},
	{method: "POST", path: "/v1/cards/{number}/adjustments", do: (*door).adjustCard},
	{method: "POST", path: "/v1/cards/{number}/blind-returns", do: (*door).giveBackBlind},
	{method: "POST", path: "/v1/cards/{number}/activations", do: (*door).activatePoints},
	{method: "POST", path: "/v1/cards/{number}/status", do: (*door).setStatus},
	{method: "POST", path: "/v1/cards/{number}/tier", do: (*door).setTier},
	{method: "POST", path: "/v1/cards/{number}/merge", do: (*door).mergeCard},
	{method: "POST", path: "/v1/cards/{number}/unmerge", do: (*door).unmergeCard},
	{method: "GET", path: "/v1/cards/{number}/household", do: (*door).showHousehold},
	{method: "GET", path: "/v1/cards/{number}/household/code", do: (*door).showJoinCode},
	{method: "POST", path: "/v1/cards/{number}/household/join", do: (*door).joinHousehold},
	{method: "POST", path: "/v1/cards/{number}/household/leave", do: (*door).leaveHousehold},
	{method: "GET", path: "/v1/cards/{number}/entries", do: (*door).listEntries},
	{method: "POST", path: "/v1/cards/{number}/holds", do: (*door).holdPoints},
	{method: "DELETE", path: "/v1/cards/{number}/holds/{id}", do: (*door).releasePoints},
	{method: "GET", path: "/v1/cards/{number}/export", do: (*door).exportPerson, may: clerks, of: ofPersons},
	{method: "POST", path: "/v1/cards/{number}/erase", do: (*door).erasePerson, may: clerks, of: ofPersons},
	{method: "POST", path: "/v1/gift-cards", do: (*door).issueGift},
	{method: "POST", path: "/v1/gift-cards/find", do: (*door).findGift},
	{method: "GET", path: "/v1/gift-cards/{card}", do: (*door).showGift},
	{method: "POST", path: "/v1/gift-cards/{card}/redemptions", do: (*door).redeemGift},
	{method: "POST", path: "/v1/gift-cards/{card}/refunds", do: (*door).refundGift},
	{method: "POST", path: "/v1/gift-cards/{card}/loads", do: (*door).loadGift},
	{method: "POST", path: "/v1/gift-cards/{card}/status", do: (*door).setGiftStatus},
	{method: "PUT", path: "/v1/carts/{id}", do: (*door).putCart},
	{method: "DELETE", path: "/v1/carts/{id}", do: (*door).clearCart},
	{method: "GET", path: "/v1/campaigns", do: (*door).listCampaigns, may: lookers},
	{method: "GET", path: "/v1/campaigns/{id}", do: (*door).showCampaign, may: lookers},
	{method: "GET", path: "/v1/campaigns/{id}/results", do: (*door).campaignResults, may: lookers},
	{method: "POST", path: "/v1/campaigns/{id}/{verb}", do: (*door).steerCampaign, may: marketers, of: ofCampaigns},
	{method: "GET", path: "/v1/segments", do: (*door).listSegments, may: lookers},
	{method: "POST", path: "/v1/campaigns/{id}/cards/{number}", do: (*door).askCampaign},
	{method: "PUT", path: "/v1/lists/{id}/cards/{number}", do: (*door).putOnList},
	{method: "DELETE", path: "/v1/lists/{id}/cards/{number}", do: (*door).takeOffList},
	{method: "POST", path: "/v1/events", do: (*door).hear},
	{method: "GET", path: "/v1/messages", do: (*door).listMessages},
	{method: "GET", path: "/healthz", page: (*door).health},
	{method: "GET", path: "/openapi.json", page: (*door).describe},
	{method: "GET", path: "/unsubscribe/{token}", page: (*door).unsubscribe},
	{method: "POST", path: "/unsubscribe/{token}", page: (*door).unsubscribe},
	{method: "GET", path: "/preferences/{token}", page: (*door).preferences},
	{method: "POST", path: "/preferences/{token}", page: (*door).preferences},
	{method: "GET", path: "/confirm/{token}", page: (*door).confirm},
	{method: "POST", path: "/confirm/{token}", page: (*door).confirm},
	{method: "GET", path: "/c/{token}", page: (*door).follow},
	{method: "GET", path: "/o/{token}", page: (*door).opened},
}

// keyed is where every path wants a key, also one that leads nowhere: a stranger learns nothing of what is behind.
const keyed = "/v1/"

// ask is one request of a caller who has shown a key.
type ask struct {
	*http.Request
	who caller
	now time.Time

	missed []string // what a basket names that does not exist, as its door finds it out
}

// reply is the answer to an ask that went well. A nil body is none.
type reply struct {
	status int
	body   any
}

func ok(body any) reply { return reply{status: http.StatusOK, body: body} }

// created tells the first time from a repeat.
func created(repeated bool, body any) reply {
	if repeated {
		return ok(body)
	}
	return reply{status: http.StatusCreated, body: body}
}

// Routes serves the whole API, of all functions that have a part in it. It is the same behind a Lambda trigger and behind a plain net/http
// server. A door is left out whose Deps are nil.
func Routes(deps Deps) http.Handler {
	return serve(deps, func(rt route) bool {
		return (rt.of != ofCampaigns || deps.Authors != nil) && (rt.of != ofPersons || deps.Persons != nil)
	})
}

func serve(deps Deps, has func(route) bool) http.Handler {
	d := &door{Deps: deps.complete()}
	mux := http.NewServeMux()
	for _, rt := range routes {
		if !has(rt) {
			continue
		}
		mux.Handle(rt.name(), d.handler(rt, entrances[rt.name()]))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, keyed) {
			if _, err := d.caller(r); err != nil {
				d.fail(w, r, err)
				return
			}
		}
		d.fail(w, r, nowhere(w, r, h))
	})
}

// nowhere is the problem of a path or method without a door. The mux knows which; it only says so in plain text.
func nowhere(w http.ResponseWriter, r *http.Request, h http.Handler) edge.Problem {
	said := probe{header: http.Header{}}
	h.ServeHTTP(&said, r)
	if said.status != http.StatusMethodNotAllowed {
		return edge.Problem{Status: http.StatusNotFound, Code: "no_such_path", Detail: "There is nothing at this path. /openapi.json lists what there is."}
	}
	allow := said.header.Get("Allow")
	w.Header().Set("Allow", allow)
	return edge.Problem{Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", Detail: "This path takes " + allow + "."}
}

// probe hears what a handler would answer and throws the words away.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
func (p *probe) WriteHeader(status int)      { p.status = status }

func (d *door) handler(rt route, in entrance) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rt.page != nil {
			rt.page(d, w, r)
			return
		}
		who, err := d.caller(r)
		if err == nil {
			err = who.mayEnter(rt.may)
		}
		if err == nil {
			err = in.admits(who)
		}
		if err != nil {
			d.fail(w, r, err)
			return
		}
		d.serve(rt, in, who)(w, r)
	})
}

// serve does what an admitted caller asks, and puts it on record where a person changes something.
func (d *door) serve(rt route, in entrance, who caller) http.HandlerFunc {
	do := func(w http.ResponseWriter, r *http.Request) {
		a, err := d.answer(rt, &ask{Request: r, who: who, now: d.Service.Now()})
		if err != nil {
			d.fail(w, r, err)
			return
		}
		w.Header().Set("Cache-Control", "no-store") // answers are about a person
		if a.body == nil {
			w.WriteHeader(a.status)
			return
		}
		edge.WriteJSON(w, a.status, a.body)
	}
	if in.acts == "" {
		return do
	}
	return func(w http.ResponseWriter, r *http.Request) { d.record().Serve(w, r, actOf(in, who, r), do) }
}

// health answers that the function runs. It reads nothing, so that a probe costs nothing.
func (d *door) health(w http.ResponseWriter, _ *http.Request) {
	edge.WriteJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// unsubscribe shows or serves the page behind the link of an e-mail.
func (d *door) unsubscribe(w http.ResponseWriter, r *http.Request) {
	web.Unsubscribe(d.host(r), leaver{d.Service}).ServeHTTP(w, r)
}

// preferences shows or serves the page on which a shopper chooses what they get.
func (d *door) preferences(w http.ResponseWriter, r *http.Request) {
	web.Preferences(d.host(r), leaver{d.Service}).ServeHTTP(w, r)
}

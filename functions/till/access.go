package till

import (
	"net/http"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Access is the least that a caller must show at a door.
type Access string

// What doors ask for. Cards belong to no store, so a key of any store may show one; what is written under a store's name asks for that
// store's key.
const (
	ForAll      Access = "nothing"
	ByLink      Access = "a shopper's link"
	AnyKey      Access = "any key"
	StoreKey    Access = "the store's key"
	EveryStores Access = "a key of all stores"
)

// entrance is who may use a door, and what a person changes by it.
type entrance struct {
	asks Access
	acts string // "card.adjust", as the record calls it; "" for what is read, and for a till's and a shopper's own doings, which have books of their own
}

// entrances has a line for every door, which a test walks with every kind of caller. A door without one opens to nobody.
var entrances = map[string]entrance{
	"POST /v1/quotes":                                      {asks: StoreKey},
	"DELETE /v1/reservations/{id}":                         {asks: StoreKey},
	"POST /v1/checkouts":                                   {asks: StoreKey},
	"POST /v1/returns":                                     {asks: StoreKey},
	"POST /v1/receipts/claim":                              {asks: StoreKey},
	"POST /v1/cards":                                       {asks: StoreKey},
	"POST /v1/cards/find":                                  {asks: AnyKey},
	"GET /v1/cards/{number}":                               {asks: AnyKey},
	"PATCH /v1/cards/{number}":                             {asks: StoreKey},
	"POST /v1/cards/{number}/replace":                      {asks: StoreKey, acts: "card.replace"},
	"POST /v1/cards/{number}/adjustments":                  {asks: StoreKey, acts: "card.adjust"},
	"POST /v1/cards/{number}/blind-returns":                {asks: StoreKey, acts: "card.blind_return"},
	"POST /v1/cards/{number}/activations":                  {asks: StoreKey, acts: "card.activate"},
	"POST /v1/cards/{number}/status":                       {asks: StoreKey, acts: "card.status"},
	"POST /v1/cards/{number}/tier":                         {asks: StoreKey, acts: "card.tier"},
	"POST /v1/cards/{number}/merge":                        {asks: StoreKey, acts: "card.merge"},
	"POST /v1/cards/{number}/unmerge":                      {asks: StoreKey, acts: "card.unmerge"},
	"GET /v1/cards/{number}/household":                     {asks: AnyKey},
	"GET /v1/cards/{number}/household/code":                {asks: AnyKey},
	"POST /v1/cards/{number}/household/join":               {asks: StoreKey, acts: "household.join"},
	"POST /v1/cards/{number}/household/leave":              {asks: StoreKey, acts: "household.leave"},
	"GET /v1/cards/{number}/entries":                       {asks: AnyKey},
	"POST /v1/cards/{number}/holds":                        {asks: StoreKey},
	"DELETE /v1/cards/{number}/holds/{id}":                 {asks: AnyKey},
	"GET /v1/receipts/{store}/{till}/{number}/explanation": {asks: StoreKey},
	"GET /v1/cards/{number}/export":                        {asks: EveryStores, acts: "person.export"},
	"POST /v1/cards/{number}/erase":                        {asks: EveryStores, acts: "person.erase"},
	"POST /v1/gift-cards":                                  {asks: StoreKey, acts: "gift_card.issue"},
	"POST /v1/gift-cards/find":                             {asks: AnyKey},
	"GET /v1/gift-cards/{card}":                            {asks: AnyKey},
	"POST /v1/gift-cards/{card}/redemptions":               {asks: StoreKey},
	"POST /v1/gift-cards/{card}/refunds":                   {asks: StoreKey},
	"POST /v1/gift-cards/{card}/loads":                     {asks: StoreKey, acts: "gift_card.load"},
	"POST /v1/gift-cards/{card}/status":                    {asks: StoreKey, acts: "gift_card.status"},
	"PUT /v1/carts/{id}":                                   {asks: AnyKey},
	"DELETE /v1/carts/{id}":                                {asks: AnyKey},
	"GET /v1/campaigns":                                    {asks: EveryStores},
	"GET /v1/campaigns/{id}":                               {asks: EveryStores},
	"GET /v1/campaigns/{id}/results":                       {asks: EveryStores},
	"GET /v1/segments":                                     {asks: EveryStores},
	"POST /v1/campaigns/{id}/{verb}":                       {asks: EveryStores, acts: "campaign.steer"},
	"POST /v1/campaigns/{id}/cards/{number}":               {asks: EveryStores},
	"PUT /v1/lists/{id}/cards/{number}":                    {asks: EveryStores},
	"DELETE /v1/lists/{id}/cards/{number}":                 {asks: EveryStores},
	"POST /v1/events":                                      {asks: StoreKey},
	"GET /v1/messages":                                     {asks: AnyKey},
	"GET /healthz":                                         {asks: ForAll},
	"GET /openapi.json":                                    {asks: ForAll},
	"GET /unsubscribe/{token}":                             {asks: ByLink},
	"POST /unsubscribe/{token}":                            {asks: ByLink},
	"GET /preferences/{token}":                             {asks: ByLink},
	"POST /preferences/{token}":                            {asks: ByLink},
	"GET /confirm/{token}":                                 {asks: ByLink},
	"POST /confirm/{token}":                                {asks: ByLink},
	"GET /c/{token}":                                       {asks: ByLink},
	"GET /o/{token}":                                       {asks: ByLink},
}

// errClosed is the answer of a door that nobody has said who may use.
var errClosed = edge.Problem{Status: http.StatusForbidden, Code: "door_closed", Detail: "This door opens to nobody."}

// admits holds a caller against the door's line. Which store an ask is about stands in its body, so the door itself compares that.
func (e entrance) admits(who caller) error {
	switch e.asks {
	case AnyKey, StoreKey:
		return nil
	case EveryStores:
		return who.mayActFor(loyalty.AllStores)
	}
	return errClosed
}

// Door is a door of the API with what it asks for.
type Door struct {
	Method, Path string
	Asks         Access
	Changes      string          // what a person changes by it, as the record calls it; "" for nothing, or for what has a book of its own
	May          []loyalty.Right // of which a key needs one; none where no key is asked for
	Looks        bool            // it is shut to a key that has missed too often, until the next minute
}

// Doors lists every door, for tables that people read.
func Doors() []Door {
	list := make([]Door, 0, len(routes))
	for _, rt := range routes {
		may := rt.may
		if may == nil && rt.page == nil {
			may = []loyalty.Right{loyalty.RightTill}
		}
		list = append(list, Door{Method: rt.method, Path: rt.path, Asks: entrances[rt.name()].asks, Changes: entrances[rt.name()].acts, May: may, Looks: rt.looks()})
	}
	return list
}

func (rt route) name() string { return rt.method + " " + rt.path }

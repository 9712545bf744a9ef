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

// entrance is who may use a door.
type entrance struct{ asks Access }

// entrances has a line for every door, which a test walks with every kind of caller. A door without one opens to nobody.
var entrances = map[string]entrance{
	"POST /v1/quotes":                                      {StoreKey},
	"DELETE /v1/reservations/{id}":                         {StoreKey},
	"POST /v1/checkouts":                                   {StoreKey},
	"POST /v1/returns":                                     {StoreKey},
	"POST /v1/receipts/claim":                              {StoreKey},
	"POST /v1/cards":                                       {StoreKey},
	"POST /v1/cards/find":                                  {AnyKey},
	"GET /v1/cards/{number}":                               {AnyKey},
	"PATCH /v1/cards/{number}":                             {StoreKey},
	"POST /v1/cards/{number}/replace":                      {StoreKey},
	"POST /v1/cards/{number}/adjustments":                  {StoreKey},
	"POST /v1/cards/{number}/blind-returns":                {StoreKey},
	"POST /v1/cards/{number}/activations":                  {StoreKey},
	"POST /v1/cards/{number}/status":                       {StoreKey},
	"POST /v1/cards/{number}/tier":                         {StoreKey},
	"POST /v1/cards/{number}/merge":                        {StoreKey},
	"POST /v1/cards/{number}/unmerge":                      {StoreKey},
	"GET /v1/cards/{number}/household":                     {AnyKey},
	"GET /v1/cards/{number}/household/code":                {AnyKey},
	"POST /v1/cards/{number}/household/join":               {StoreKey},
	"POST /v1/cards/{number}/household/leave":              {StoreKey},
	"GET /v1/cards/{number}/entries":                       {AnyKey},
	"POST /v1/cards/{number}/holds":                        {StoreKey},
	"DELETE /v1/cards/{number}/holds/{id}":                 {AnyKey},
	"GET /v1/receipts/{store}/{till}/{number}/explanation": {StoreKey},
	"GET /v1/cards/{number}/export":                        {EveryStores},
	"POST /v1/cards/{number}/erase":                        {EveryStores},
	"POST /v1/gift-cards":                                  {StoreKey},
	"POST /v1/gift-cards/find":                             {AnyKey},
	"GET /v1/gift-cards/{card}":                            {AnyKey},
	"POST /v1/gift-cards/{card}/redemptions":               {StoreKey},
	"POST /v1/gift-cards/{card}/refunds":                   {StoreKey},
	"POST /v1/gift-cards/{card}/loads":                     {StoreKey},
	"POST /v1/gift-cards/{card}/status":                    {StoreKey},
	"PUT /v1/carts/{id}":                                   {AnyKey},
	"DELETE /v1/carts/{id}":                                {AnyKey},
	"GET /v1/campaigns":                                    {EveryStores},
	"GET /v1/campaigns/{id}":                               {EveryStores},
	"GET /v1/campaigns/{id}/results":                       {EveryStores},
	"GET /v1/segments":                                     {EveryStores},
	"POST /v1/campaigns/{id}/{verb}":                       {EveryStores},
	"POST /v1/campaigns/{id}/cards/{number}":               {EveryStores},
	"PUT /v1/lists/{id}/cards/{number}":                    {EveryStores},
	"DELETE /v1/lists/{id}/cards/{number}":                 {EveryStores},
	"POST /v1/events":                                      {StoreKey},
	"GET /v1/messages":                                     {AnyKey},
	"GET /healthz":                                         {ForAll},
	"GET /openapi.json":                                    {ForAll},
	"GET /unsubscribe/{token}":                             {ByLink},
	"POST /unsubscribe/{token}":                            {ByLink},
	"GET /preferences/{token}":                             {ByLink},
	"POST /preferences/{token}":                            {ByLink},
	"GET /confirm/{token}":                                 {ByLink},
	"POST /confirm/{token}":                                {ByLink},
	"GET /c/{token}":                                       {ByLink},
	"GET /o/{token}":                                       {ByLink},
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
	May          []loyalty.Right // of which a key needs one; none where no key is asked for
}

// Doors lists every door, for tables that people read.
func Doors() []Door {
	list := make([]Door, 0, len(routes))
	for _, rt := range routes {
		may := rt.may
		if may == nil && rt.page == nil {
			may = []loyalty.Right{loyalty.RightTill}
		}
		list = append(list, Door{Method: rt.method, Path: rt.path, Asks: entrances[rt.name()].asks, May: may})
	}
	return list
}

func (rt route) name() string { return rt.method + " " + rt.path }

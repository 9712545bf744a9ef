// Command lambda is the Lambda binary of functions/person.
package main

import (
	person "github.com/regulars-dev/regulars/functions/person"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/start"
	held "github.com/regulars-dev/regulars/shared/person"
)

func main() {
	start.Main(func(lookup func(string) (string, bool)) (edge.Handler, error) {
		var cfg person.Config
		shop, err := wire.Open(&cfg, lookup)
		if err != nil {
			return nil, err
		}
		desk := held.Desk{Items: shop.Items, Store: shop.Store, Service: shop.Service, Secrets: cfg.LinkSecrets}
		return person.New(shop.Service, shop.Store, desk, shop.Log), nil
	})
}

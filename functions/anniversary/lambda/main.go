// Command lambda is the Lambda binary of functions/anniversary.
package main

import (
	"github.com/regulars-dev/regulars/functions/anniversary"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/start"
	"github.com/regulars-dev/regulars/shared/store"
)

func main() {
	start.Main(func(lookup func(string) (string, bool)) (edge.Handler, error) {
		var cfg anniversary.Config
		shop, err := wire.Open(&cfg, lookup)
		if err != nil {
			return nil, err
		}
		return anniversary.New(shop.Service, shop.Store, store.DateChange, shop.Log), nil
	})
}

package ingest

import (
	"context"
	"errors"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/vendor"
)

// Finder follows an identity to its card; loyalty.ErrNotFound if it leads to none.
type Finder interface {
	Find(ctx context.Context, identity string) (card string, err error)
}

// ByIdentity is the Resolver over the cards' identities: the vendor's own id of the shopper first, then the e-mail address.
func ByIdentity(f Finder) Resolver { return byIdentity{f} }

type byIdentity struct{ finder Finder }

func (b byIdentity) CardFor(ctx context.Context, s vendor.Shopper) (string, error) {
	var identities []string
	if s.ID != "" {
		identities = append(identities, s.Vendor+":"+s.ID)
	}
	if s.Email != "" {
		identities = append(identities, loyalty.EmailIdentity(s.Email))
	}
	for _, identity := range identities {
		card, err := b.finder.Find(ctx, identity)
		if !errors.Is(err, loyalty.ErrNotFound) {
			return card, err
		}
	}
	return "", loyalty.ErrNotFound
}

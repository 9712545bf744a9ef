package admin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/functions/ingest"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
)

// Service is the use cases over items, as far as they need no queue, bus or mail.
func Service(items store.Items, now func() time.Time) *loyalty.Service {
	service, _ := store.NewService(items, now)
	return service
}

// Offline is the door over a store that no server has open. A replayed delivery is heard at once instead of by way of the bus; what
// follows from a card's change (facts, e-mails) waits in the store's feed for the next `regulars run`.
func Offline(items store.Items, now func() time.Time, token string) Deps {
	service := Service(items, now)
	deliver := ingest.Deps{
		Bus: hearer{service}, Cards: ingest.ByIdentity(store.New(items, now)), Now: now,
	}
	return Deps{Items: items, Service: service, Till: TrustedTill(service, token), Now: now, Random: rand.Reader, Token: token, Replay: deliver.Process}
}

// hearer is a bus whose only listener is this process.
type hearer struct{ service *loyalty.Service }

// Publish does what each event says.
func (h hearer) Publish(ctx context.Context, list []events.Event) error {
	var faults []error
	for _, e := range list {
		if err := h.service.Hear(ctx, e); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", e.Type, err))
		}
	}
	return errors.Join(faults...)
}

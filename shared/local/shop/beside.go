package shop

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/person"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// Beside is what one machine keeps of shoppers beside its tables: the mailbox, the queues, the feed of changes, and the free pages of both
// files. It implements person.Beside.
type Beside struct {
	Items *bolt.DB
	Store *store.Store
	Run   *local.Runtime // nil where none has the folder open
	Dir   string         // the data folder, looked at where Run is nil

	wiping sync.Mutex // two erasures at once would take each other's zeros away
}

// Persons is who finds shoppers and takes them out, here and beside the tables.
func (s *Shop) Persons() person.Desk {
	return person.Desk{Items: s.Items, Store: s.Store, Service: s.Service, Beside: s.options.beside}
}

// Beside is what the shop keeps beside its tables.
func (s *Shop) Beside() person.Beside { return s.options.beside }

// Forget implements person.Beside. Mails are found by their address, and by the messages of the shopper's cards: an address may have been
// another one then.
func (b *Beside) Forget(ctx context.Context, n person.Names) (int, error) {
	sent := map[string]bool{}
	for _, id := range n.Cards {
		messages, err := b.Store.MessagesOf(ctx, id)
		if err != nil {
			return 0, err
		}
		for _, m := range messages {
			sent[m.ID] = true
		}
	}
	t := local.Traces{Message: n.InMessage, Mail: func(m local.Mail) bool {
		return sent[m.Tags["message"]] || slices.ContainsFunc(m.To, func(to string) bool { return slices.Contains(n.Told, strings.ToLower(to)) })
	}}
	if b.Run == nil {
		return local.ForgetIn(b.Dir, t)
	}
	return b.Run.Forget(ctx, t)
}

// Wipe implements person.Beside.
func (b *Beside) Wipe(ctx context.Context, n person.Names) error {
	if err := b.Items.Forget(ctx, store.Cards, n.ChangeOf); err != nil {
		return err
	}
	b.wiping.Lock()
	defer b.wiping.Unlock()
	if err := b.Items.Wipe(); err != nil || b.Run == nil {
		return err
	}
	return b.Run.Wipe()
}

package local

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/store"
)

// Limits of one mail, as SES has them.
const (
	MaxMailBytes  = 10 << 20
	MaxRecipients = 50
	MaxTags       = 50
)

// Letter is a mail on its way out: the raw message and its envelope.
type Letter struct {
	From             string   // "Harbour Coffee <cards@shop.example>"
	To               []string // bare addresses
	Raw              []byte   // the whole message, RFC 5322
	Tags             map[string]string
	ConfigurationSet string // without one no events come back
}

// Mail is a letter as it lies in the mailbox.
type Mail struct {
	ID               string            `json:"id"` // given by the mail service
	Number           uint64            `json:"number"`
	At               time.Time         `json:"at"`
	From             string            `json:"from"`
	To               []string          `json:"to"`
	Subject          string            `json:"subject"` // decoded
	Tags             map[string]string `json:"tags,omitempty"`
	ConfigurationSet string            `json:"configuration_set,omitempty"`
	Fate             string            `json:"fate"` // "delivered", "bounced", "suppressed" or "complained", by the simulator's address
	Raw              []byte            `json:"raw,omitempty"`
}

// Mailbox keeps every mail that a function has sent, the oldest first, until the file is removed.
type Mailbox struct{ r *Runtime }

var (
	mailBucket   = []byte("mail")
	mailIDBucket = []byte("mail ids")
	tagForm      = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

// errLetter is wrapped by every refusal of a letter that the mail service would never take.
var errLetter = errors.New("send mail")

// sender is the bare address of From.
func (l Letter) sender() (string, error) {
	from, err := mail.ParseAddress(l.From)
	if err != nil {
		return "", fmt.Errorf("%w: the sender is no address: %w", errLetter, err)
	}
	return from.Address, nil
}

// check refuses what SES would refuse.
func (l Letter) check() (*mail.Message, error) {
	if len(l.To) == 0 || len(l.To) > MaxRecipients || len(l.Raw) > MaxMailBytes || len(l.Tags) > MaxTags {
		return nil, fmt.Errorf("%w: %d recipients, %d bytes, %d tags; at most %d, %d and %d, and one recipient at least",
			errLetter, len(l.To), len(l.Raw), len(l.Tags), MaxRecipients, MaxMailBytes, MaxTags)
	}
	for _, to := range l.To {
		address, err := mail.ParseAddress(to)
		if err != nil || strings.ContainsFunc(address.Address, func(r rune) bool { return r > 127 }) {
			return nil, fmt.Errorf("%w: a recipient is no address, or not in ASCII", errLetter)
		}
	}
	for name, value := range l.Tags {
		if !tagForm.MatchString(name) || !tagForm.MatchString(value) {
			return nil, fmt.Errorf("%w: the tag %s may hold letters, digits, _ and - only, 256 at most", errLetter, name)
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(l.Raw))
	if err != nil {
		return nil, fmt.Errorf("%w: the raw message cannot be read: %w", errLetter, err)
	}
	return m, nil
}

// accept stores the letter and puts what SES would report on the default bus, both or neither.
func (r *Runtime) accept(ctx context.Context, l Letter) (string, error) {
	parsed, err := l.check()
	if err != nil {
		return "", err
	}
	var m Mail
	var d delivery
	err = r.update(ctx, func(tx *bbolt.Tx) error {
		id, err := r.nextID(tx)
		if err != nil {
			return err
		}
		b := tx.Bucket(mailBucket)
		n, err := b.NextSequence()
		if err != nil {
			return err
		}
		m = Mail{ID: id + "-000000", Number: n, At: r.clock.Now().UTC(), From: l.From, To: l.To, Subject: decoded(parsed.Header.Get("Subject")),
			Tags: l.Tags, ConfigurationSet: l.ConfigurationSet, Fate: fateOf(l.To[0]), Raw: l.Raw}
		text, err := json.Marshal(m)
		if err != nil {
			return err
		}
		if err := errors.Join(b.Put(number(n), text), tx.Bucket(mailIDBucket).Put([]byte(m.ID), number(n))); err != nil {
			return err
		}
		d = delivery{bus: DefaultBus}
		for _, e := range feedback(m, parsed.Header) {
			if err := r.route(tx, &d, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	r.mailBell.ring()
	r.deliver(d)
	return m.ID, nil
}

// List returns at most limit mails without their raw text, the newest first, that are older than before (a number; 0: from the newest).
func (b Mailbox) List(before uint64, limit int) ([]Mail, error) {
	var list []Mail
	err := b.r.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(mailBucket).Cursor()
		k, v := c.Last()
		if before > 0 {
			c.Seek(number(before))
			if k, v = c.Prev(); k == nil && before > lastNumber(tx) {
				k, v = c.Last()
			}
		}
		for ; k != nil && len(list) < min(limit, store.MaxPage); k, v = c.Prev() {
			var m Mail
			if err := json.Unmarshal(v, &m); err != nil {
				return fmt.Errorf("read mail %x: %w", k, err)
			}
			m.Raw = nil
			list = append(list, m)
		}
		return nil
	})
	return list, err
}

func lastNumber(tx *bbolt.Tx) uint64 { return tx.Bucket(mailBucket).Sequence() }

// Get returns one whole mail by its id, or store.ErrNotFound.
func (b Mailbox) Get(id string) (Mail, error) {
	var m Mail
	err := b.r.db.View(func(tx *bbolt.Tx) error {
		n := tx.Bucket(mailIDBucket).Get([]byte(id))
		if n == nil {
			return fmt.Errorf("mail %s: %w", id, store.ErrNotFound)
		}
		return json.Unmarshal(tx.Bucket(mailBucket).Get(n), &m)
	})
	return m, err
}

// Watch returns a channel that is closed when another mail has come.
func (b Mailbox) Watch() <-chan struct{} { return b.r.mailBell.listen() }

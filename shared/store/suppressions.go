package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// A suppressed address lies in the cards table under a keyed hash of it. The key is random, made with the first entry, and lies in the
// programme table: who has got hold of the list alone cannot try addresses on it. It is never changed, for the list would forget all.
const (
	suppressedPartition = "suppressed/" // and the first digit of the hash
	suppressedReason    = "reason"
	suppressedAt        = "at"
	suppressedLifted    = "lifted"

	secretPartition = "secret"
	secretSort      = "suppressions"
	secretKey       = "key"
	secretLength    = 32 // bytes
	hashLength      = 16 // bytes of the hash that name an address
)

// suppressionDesk is the key, once a process has read it.
type suppressionDesk struct {
	mu  sync.Mutex
	key []byte
}

// suppressionKey reads the key. Where there is none it is made, or nil is returned: nobody is on the list then.
func (s *Store) suppressionKey(ctx context.Context, made bool) ([]byte, error) {
	s.suppressions.mu.Lock()
	defer s.suppressions.mu.Unlock()
	if s.suppressions.key != nil {
		return s.suppressions.key, nil
	}
	for {
		var text string
		in := QueryInput{Table: Programme, Partition: secretPartition, Prefix: secretSort, Limit: 1, Read: Read(made)}
		err := every(ctx, s.items, in, func(item Item) error { text = item.Attrs.text(secretKey); return nil })
		if err != nil || text == "" && !made {
			return nil, err
		}
		if text != "" {
			key, err := hex.DecodeString(text)
			if err != nil || len(key) != secretLength {
				return nil, fmt.Errorf("the key of the suppression list is damaged: %w", errors.Join(err, errImage))
			}
			s.suppressions.key = key
			return key, nil
		}
		var drawn [secretLength]byte
		_, _ = rand.Read(drawn[:]) // it never fails
		_, err = s.items.Put(ctx, Item{
			Key: Key{Table: Programme, Partition: secretPartition, Sort: secretSort}, Attrs: Attrs{secretKey: hex.EncodeToString(drawn[:])},
		}, IfAbsent())
		if refused := (*Refused)(nil); err != nil && !errors.As(err, &refused) {
			return nil, err
		}
	}
}

func suppressionItem(key []byte, address string) Key {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(loyalty.EmailIdentity(address)))
	hash := hex.EncodeToString(mac.Sum(nil)[:hashLength])
	return Key{Table: Cards, Partition: suppressedPartition + hash[:1], Sort: hash}
}

// AddressSuppression reads what stands against an address.
func (s *Store) AddressSuppression(ctx context.Context, address string) (card.Suppression, error) {
	key, err := s.suppressionKey(ctx, false)
	if err != nil {
		return card.Suppression{}, err
	}
	if key == nil {
		return card.Suppression{}, loyalty.ErrNotFound
	}
	item, err := s.items.Get(ctx, suppressionItem(key, address), Strong)
	if err != nil {
		return card.Suppression{}, known(err)
	}
	return readSuppression(item)
}

func readSuppression(item Item) (card.Suppression, error) {
	if item.Attrs.text(suppressedLifted) != "" {
		return card.Suppression{}, loyalty.ErrNotFound
	}
	at, err := time.Parse(time.RFC3339, item.Attrs.text(suppressedAt))
	if err != nil {
		return card.Suppression{}, fmt.Errorf("%s: %w", item.Key, err)
	}
	return card.Suppression{At: at, Reason: item.Attrs.text(suppressedReason)}, nil
}

// SuppressAddress keeps an address, if nothing as strong stands against it already.
func (s *Store) SuppressAddress(ctx context.Context, address string, said card.Suppression) error {
	key, err := s.suppressionKey(ctx, true)
	if err != nil {
		return err
	}
	item := Item{
		Key: suppressionItem(key, address), Attrs: Attrs{suppressedReason: said.Reason, suppressedAt: said.At.UTC().Format(time.RFC3339)},
	}
	condition := IfAbsent()
	for range maxHops {
		_, err = s.items.Put(ctx, item, condition)
		refused := (*Refused)(nil)
		if !errors.As(err, &refused) || refused.Stored == nil {
			return err
		}
		stands, err := readSuppression(*refused.Stored)
		if err == nil && !loyalty.Stronger(said, stands) {
			return nil
		}
		if err != nil && !errors.Is(err, loyalty.ErrNotFound) {
			return err
		}
		condition = IfVersion(refused.Stored.Version)
	}
	return errFollow
}

// LiftSuppression leaves for a day that there was something, so that nobody who reads meanwhile finds it again.
func (s *Store) LiftSuppression(ctx context.Context, address string) error {
	key, err := s.suppressionKey(ctx, false)
	if err != nil || key == nil {
		return err
	}
	_, err = s.items.Put(ctx, Item{
		Key: suppressionItem(key, address), Attrs: Attrs{suppressedLifted: s.now().UTC().Format(time.RFC3339)}, Expires: s.expiry(freedIdentity),
	}, Always())
	return err
}

// SuppressedAddresses lists all that stands.
func (s *Store) SuppressedAddresses(ctx context.Context, each func(hash string, said card.Suppression) error) error {
	for _, digit := range "0123456789abcdef" {
		err := every(ctx, s.items, QueryInput{Table: Cards, Partition: suppressedPartition + string(digit), Read: Strong}, func(item Item) error {
			said, err := readSuppression(item)
			if errors.Is(err, loyalty.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			return each(item.Key.Sort, said)
		})
		if err != nil {
			return fmt.Errorf("list suppressed addresses: %w", err)
		}
	}
	return nil
}

// Package store keeps versioned items under (table, partition, sort) and lays the nouns of Regulars into them.
//
// The contract below is small on purpose: each method is one DynamoDB call in the production adapter (store/dynamo) and one
// bbolt transaction in the embedded one (store/bolt). Everything else, such as which items there are and how they are written,
// is above the contract and the same code over both.
package store

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"
)

// Table is one of the three tables.
type Table string

// The tables: what is true now, what happened, what marketers configure.
const (
	Cards     Table = "cards"
	Records   Table = "records"
	Programme Table = "programme"
)

// Limits of the contract; an item or call beyond them is refused by both adapters with ErrLimit.
const (
	MaxItemBytes     = 400_000   // as Size counts; DynamoDB's limit is 409,600, we stop earlier and say so
	MaxKeyBytes      = 1_024     // in Partition, Sort and a prefix, each; DynamoDB's sort key limit
	MaxNameBytes     = 32        // in the name of an attribute
	MaxDueBytes      = 64        // in Due.Kind and Due.At, each
	MaxTransact      = 25        // items in one transaction; DynamoDB takes 100, we never need more than a few
	MaxTransactBytes = 4_000_000 // in all items of one transaction; DynamoDB's limit is 4 MB
	MaxPage          = 1_000     // items in one page of Query, Due or Scan
	DueShards        = 4         // partitions of the due index per kind
	MaxSegments      = 64        // parallel segments of Scan
	MaxAttributes    = 64        // attributes in one item
)

// Key names one item. Partition and Sort are never empty and hold UTF-8 without NUL; sorts are ordered by their bytes.
type Key struct {
	Table     Table
	Partition string
	Sort      string
}

func (k Key) String() string { return string(k.Table) + "/" + k.Partition + "/" + k.Sort }

// Attrs are the readable contents of an item by short name (ASCII letters, digits and "-", "_", "."). A value is a string (UTF-8,
// may be empty), an int64 or a []byte (may be empty; nil comes back as empty); nothing else is stored. Names beginning with
// "_" belong to the adapters, and so do pk, sk, v, dk, da and ttl, under which the rest of an item lies in DynamoDB.
type Attrs map[string]any

// Due puts an item into the sparse index of dates that will ask for work. At sorts as text within Kind: a fixed-width UTC
// time such as "2026-12-24T07:00:00Z", or "12-24" for a yearly date. Changing it costs two index writes, so it never holds
// what a checkout moves. Only items of the Cards table are in the index. Kind holds no "#".
type Due struct {
	Kind string
	At   string
}

// DueShard is the shard of the index in which an item lies. It never changes for a key.
func DueShard(k Key) int {
	h := fnv.New32a()
	h.Write([]byte(k.Partition))
	h.Write([]byte{0})
	h.Write([]byte(k.Sort))
	return int(h.Sum32() % DueShards)
}

// Item is what lies under a key. Version is 1 after the first put and grows by one with each; 0 means absent.
type Item struct {
	Key     Key
	Version int64
	Due     Due       // zero: not in the index
	Expires time.Time // whole seconds, comes back in UTC; zero: never. An expired item may still be read until the store removes it
	Attrs   Attrs
}

// Condition guards a put.
type Condition struct {
	kind    byte
	version int64
}

// Always puts whatever is there. The version still grows.
func Always() Condition { return Condition{} }

// IfAbsent puts only where nothing lies.
func IfAbsent() Condition { return Condition{kind: 'a'} }

// IfVersion puts only over version n, n >= 1.
func IfVersion(n int64) Condition { return Condition{kind: 'v', version: n} }

// Kind tells adapters what the condition asks: 0 (always), 'a' (if absent) or 'v' (if version).
func (c Condition) Kind() byte { return c.kind }

// Version is the version that must lie there; 0 unless the kind is 'v'.
func (c Condition) Version() int64 { return c.version }

// Write is one put of a transaction. With Check set nothing is written, only Item.Key is looked at, and the condition (not Always)
// must hold.
type Write struct {
	Item  Item
	If    Condition
	Check bool
}

// Read chooses between a read that sees every earlier put (Strong) and one at half the price that may be stale.
type Read bool

const (
	Stale  Read = false
	Strong Read = true
)

// QueryInput asks for items of one partition whose sort begins with Prefix, in order of sort.
type QueryInput struct {
	Table     Table
	Partition string
	Prefix    string
	Backward  bool
	Limit     int    // items in this page, 1 to MaxPage; 0 means MaxPage
	After     string // sort of the last item already seen, which need not exist but begins with Prefix; "" begins at the beginning
	Read      Read
}

// DueInput asks one shard of the index for keys of Kind with From <= At < To, in order of At.
type DueInput struct {
	Kind     string
	Shard    int    // 0 to DueShards-1
	From, To string // From may be "", To may not
	Limit    int    // as in QueryInput
	After    string // Page.Next of an earlier page with the same Kind, Shard, From and To
}

// ScanInput asks for one page of one segment of a whole table, in no promised order.
type ScanInput struct {
	Table    Table
	Segment  int    // 0 to Segments-1
	Segments int    // 1 to MaxSegments
	Limit    int    // as in QueryInput
	After    string // Page.Next of an earlier page with the same Table, Segment and Segments
	Read     Read
}

// Page is one page of items. Next is the cursor of the next page, "" at the end; a page may be shorter than its limit, even empty, and
// not be the last. Query's cursor is the sort of the last item; those of Due and Scan mean nothing to anybody but the store.
type Page struct {
	Items []Item
	Next  string
}

// Items is the contract. Every method may fail in a way that leaves unknown whether it worked; a caller repeats it under the same
// condition. Limits are checked before anything is sent (ErrLimit). Throttling and lost connections come back as errors that are
// neither ErrNotFound nor *Refused: try again later.
//
// A client may repeat a call by itself when the answer is lost. So a *Refused may bring back the very item that this call put, and
// its caller has to recognise its own work; under Always the version may grow by more than one.
type Items interface {
	// Get returns the item or ErrNotFound.
	Get(ctx context.Context, key Key, read Read) (Item, error)

	// Query returns one page. No item is an empty page and no error.
	Query(ctx context.Context, in QueryInput) (Page, error)

	// Put stores the item whole if the condition holds and returns it with its new version; item.Version is ignored.
	// Where the condition does not hold it returns *Refused with what is stored, as current as a strong read, at no further cost.
	Put(ctx context.Context, item Item, cond Condition) (Item, error)

	// Transact does all writes or none. A condition that does not hold returns *Refused with the index of the first such write and what
	// is stored there. Two writes on one key are refused with ErrLimit. A clash with another transaction returns ErrBusy: nothing was done, try again.
	Transact(ctx context.Context, writes []Write) error

	// Due returns keys only (Item.Key and Item.Due are set). It may lag behind puts.
	Due(ctx context.Context, in DueInput) (Page, error)

	// Scan returns one page of a segment; the segments together hold each item that lies still exactly once (a stale scan: each that
	// has lain still for a few seconds).
	Scan(ctx context.Context, in ScanInput) (Page, error)
}

// Change is one put as the change feed tells it: Old is nil for a new item, New is nil when the store removed an expired one.
// Changes of one key come in order; a change may come more than once.
type Change struct {
	Seq uint64
	Old *Item
	New *Item
}

// Refused says that a condition did not hold. Stored is what lies there, nil if nothing does.
type Refused struct {
	Key    Key
	Index  int // which write of a transaction
	Stored *Item
}

func (r *Refused) Error() string { return fmt.Sprintf("condition on %s does not hold", r.Key) }

// Errors of the contract beside *Refused.
var (
	ErrNotFound = errors.New("no such item")
	ErrLimit    = errors.New("beyond a limit of the store")
	ErrBusy     = errors.New("another transaction is at work on the same items")
)

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
	MaxItemBytes  = 400_000 // DynamoDB's limit is 409,600 with names; we stop earlier and say so
	MaxKeyBytes   = 1_024   // sort key limit of DynamoDB; the partition's is 2,048
	MaxTransact   = 25      // items in one transaction; DynamoDB takes 100, we never need more than a few
	MaxPage       = 1_000   // items in one page of Query, Due or Scan
	DueShards     = 4       // partitions of the due index per kind
	MaxSegments   = 64      // parallel segments of Scan
	MaxAttributes = 64      // attributes in one item
)

// Key names one item.
type Key struct {
	Table     Table
	Partition string
	Sort      string
}

func (k Key) String() string { return fmt.Sprintf("%s/%s/%s", k.Table, k.Partition, k.Sort) }

// Attrs are the readable contents of an item by short name. A value is a string, an int64 or a []byte; nothing else is
// stored. Names beginning with "_" belong to the adapters.
type Attrs map[string]any

// Due puts an item into the sparse index of dates that will ask for work. At sorts as text within Kind: a fixed-width UTC
// time such as "2026-12-24T07:00:00Z", or "12-24" for a yearly date. Changing it costs two index writes, so it never holds
// what a checkout moves.
type Due struct {
	Kind string
	At   string
}

// Item is what lies under a key. Version is 1 after the first put and grows by one with each; 0 means absent.
type Item struct {
	Key     Key
	Version int64
	Due     Due       // zero: not in the index
	Expires time.Time // whole seconds; zero: never. An expired item may still be read until the store removes it
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

// Kind and Version tell adapters what the condition asks: 0 (always), 'a' (if absent) or 'v' (if version).
func (c Condition) Kind() byte     { return c.kind }
func (c Condition) Version() int64 { return c.version }

// Write is one put of a transaction. With Check set nothing is written and only the condition must hold.
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
	After     string // sort of the last item already seen; "" begins at the beginning
	Read      Read
}

// DueInput asks one shard of the index for keys of Kind with From <= At < To, in order of At.
type DueInput struct {
	Kind     string
	Shard    int // 0 to DueShards-1
	From, To string
	Limit    int
	After    string // cursor of an earlier page
}

// ScanInput asks for one page of one segment of a whole table, in no promised order.
type ScanInput struct {
	Table    Table
	Segment  int // 0 to Segments-1
	Segments int // 1 to MaxSegments
	Limit    int
	After    string // cursor of an earlier page
}

// Page is one page of items. Next is the cursor of the next page, "" at the end; a page may be empty and not the last.
type Page struct {
	Items []Item
	Next  string
}

// Items is the contract. Every method may fail in a way that leaves unknown whether it worked; a caller repeats it under the same
// condition. Limits are checked before anything is sent (ErrLimit). Throttling and lost connections come back as errors that are
// neither ErrNotFound nor *Refused: try again later.
type Items interface {
	// Get returns the item or ErrNotFound.
	Get(ctx context.Context, key Key, read Read) (Item, error)

	// Query returns one page. No item is an empty page and no error.
	Query(ctx context.Context, in QueryInput) (Page, error)

	// Put stores the item whole if the condition holds and returns it with its new version; item.Version is ignored.
	// Where the condition does not hold it returns *Refused with what is stored, as current as a strong read, at no further cost.
	Put(ctx context.Context, item Item, cond Condition) (Item, error)

	// Transact does all writes or none. A condition that does not hold returns *Refused with the index of the write and what is
	// stored there. Two writes on one key are refused with ErrLimit. A clash with another transaction returns ErrBusy: nothing was done, try again.
	Transact(ctx context.Context, writes []Write) error

	// Due returns keys only (Item.Key and Item.Due are set). It may lag behind puts.
	Due(ctx context.Context, in DueInput) (Page, error)

	// Scan returns one page of a segment; the segments together hold each item that lies still exactly once.
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

package loyalty

import (
	"context"
	"encoding/json"
	"time"
)

// Persons answers what a shopper may ask of the shop: what it holds about them, and to be taken out of it. Both look through everything, so
// they come in parts: Next is asked for until it is empty.
type Persons interface {
	// Export tells a part of what is held about the shopper of a card; by is whoever asks for it, which is recorded with the first part. The
	// same part again is the same, as long as nothing changes. ErrNotFound for a number that leads to no card, ErrInvalid for an after that
	// no part of this card has ended with.
	Export(ctx context.Context, number, by, after string) (HeldPart, error)

	// Erase takes the shopper of a card out of the shop, part by part, and is done where Next is empty. It can be done again. Errors as of
	// Export, and ErrInvalid for a reason or a name that is none.
	Erase(ctx context.Context, number string, by ByHand, after string) (ErasedPart, error)
}

// HeldPart is a part of what is held about a shopper, in lines as the export of a shop writes them.
type HeldPart struct {
	Card  string            `json:"card"` // id
	Lines []json.RawMessage `json:"lines"`
	Next  string            `json:"next,omitempty"` // where the next part begins; missing: this was the last
}

// ErasedPart is what a part of an erasure did.
type ErasedPart struct {
	Card     string `json:"card"`
	Repeated bool   `json:"repeated"` // the person was out of the shop before
	Done     bool   `json:"done"`     // the person is out of the shop
	Carts    int    `json:"carts"`    // emptied
	Letters  int    `json:"letters"`  // of the inbox, emptied
	Journeys int    `json:"journeys"` // ended
	Next     string `json:"next,omitempty"`
}

// AskedAbout is the record of what was asked for about a shopper: one for each day, matter and name.
type AskedAbout struct {
	Card   string // id
	Matter string // AskedExport, AskedErase
	By     string
	Reason string
	At     time.Time
}

// Matters of AskedAbout.
const (
	AskedExport = "export"
	AskedErase  = "erase"
)

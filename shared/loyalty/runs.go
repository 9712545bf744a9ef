package loyalty

import (
	"context"
	"time"
)

// Run is one execution of a scheduled campaign over its audience, named by campaign and occasion.
type Run struct {
	Campaign string
	Occasion string
	At       time.Time // from which it speaks; the rules of that moment decide about all of it
	Parts    int       // that the cards are looked through in
	Queued   bool      // each part has been put on the queue
	Version  Version
}

// RunCounts adds up what a run has come to so far: Cards = Audience + those whom it is not for, Audience = Ordered + HeldOut.
type RunCounts struct {
	Cards    int64 `json:"cards"`    // looked at
	Audience int64 `json:"audience"` // whom the campaign is for
	Ordered  int64 `json:"ordered"`  // of these: an e-mail is to be sent, and its record says what became of it
	HeldOut  int64 `json:"held_out"` // of these: kept out to measure by, each with a record
}

// RunPart is how far one part of a run has come. What it has chosen last lies in it until all of it is ordered, so that it is decided
// once who is spoken to, and whoever goes on after a crash finds out.
type RunPart struct {
	Campaign string
	Occasion string
	Number   int
	After    string   // the place in the table up to which cards have been looked at; "" before the first
	Looked   bool     // there are no more cards
	Done     bool     // and all whom it has chosen are ordered
	Chosen   []Choice // of the newest page
	Counts   RunCounts
}

// Choice is a card that a run has chosen.
type Choice struct {
	Card   string    `json:"c"`
	Not    string    `json:"r,omitempty"` // why it is not spoken to: a message.Reason
	Arm    string    `json:"a,omitempty"` // in which the campaign speaks to it
	Before time.Time `json:"n,omitzero"`  // not spoken to before this moment
}

// Runs keeps runs of campaigns.
type Runs interface {
	// Run returns a run; ErrNotFound if there is none.
	Run(ctx context.Context, campaign, occasion string) (Run, error)

	// PutRun stores a run if its Version is still that of what is stored. Otherwise ErrConflict.
	PutRun(ctx context.Context, r Run) error

	// Part returns how far a part of a run has come, and its version: the zero part and 0 before its first put.
	Part(ctx context.Context, campaign, occasion string, number int) (RunPart, Version, error)

	// PutPart stores it if over is still its version. Otherwise ErrConflict.
	PutPart(ctx context.Context, p RunPart, over Version) (Version, error)

	// RunsOf lists the runs of a campaign, the earliest occasion first, each with its parts that have begun.
	RunsOf(ctx context.Context, campaign string) ([]RunReport, error)
}

// RunReport is a run with how far it has come.
type RunReport struct {
	Run
	Begun  []RunPart
	Counts RunCounts // over all parts
	Done   bool
}

// Shoppers looks through all cards.
type Shoppers interface {
	// CardsOf returns a page of the cards of one part of so many, with their shoppers and without versions; after is where the page before
	// ended, "" at the beginning, and so is next at the end. The parts together hold each card that has lain still for a few seconds
	// exactly once. Cards that were merged into others are left out.
	CardsOf(ctx context.Context, part, parts int, after string) (cards []Opened, next string, err error)
}

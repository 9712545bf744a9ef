// Package importer brings a shop's past into the books: shoppers and receipts out of files that other systems have written, through
// the same use cases as the tills, so that every card comes out as if it had been swiped at the time.
//
// A file is read and planned whole before anything is stored: lines are gathered into receipts, cancellations find the sales that they
// cancel, and each row is either taken or rejected with a reason. What is stored is keyed by its cause, so an import that was killed
// is simply started again: nothing is lost and nothing doubled, and a checkpoint saves the time.
package importer

import (
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Limits of one import.
const (
	MaxRows    = 5_000_000 // rows of one file; all lie in memory until they are booked, half a million in about 400 MB
	maxFields  = 1_000     // columns of a row
	maxRowSize = 1 << 20   // bytes of a row of JSONL
	workers    = 64        // cards that are written at once; the embedded store gathers their commits
)

// Reject is a row that was not taken, and why. Detail holds nothing personal.
type Reject struct {
	Row     int    `json:"row"` // line of the file, counted from 1
	Receipt string `json:"receipt,omitempty"`
	Reason  string `json:"reason"`
	Detail  string `json:"detail"`
	micro   int64  // money of the row, as far as it could be read
}

// Reasons that a row is rejected for, beside the codes of the use cases themselves.
const (
	NoOriginal      = "no_original"       // a cancellation of something that this shopper has not bought in this file
	MoreThanSold    = "more_than_sold"    // a cancellation of more pieces than are left
	GuestReturn     = "guest_return"      // a cancellation that names no shopper: its sale cannot be told
	NegativeSale    = "negative_sale"     // a quantity below zero outside a cancellation: a correction of stock
	NothingPaid     = "nothing_paid"      // the whole receipt costs nothing
	NegativePrice   = "negative_price"    // a price below zero
	ZeroQuantity    = "zero_quantity"     // no pieces
	BadNumber       = "number_unreadable" // a quantity, price or receipt number that is none
	BadTime         = "time_unreadable"   // a moment that the map's layout does not read, or one in the future
	BadText         = "text_unreadable"   // an article number that is too long or holds what no text holds
	BadRow          = "row_unreadable"    // no row of the format at all
	TooLarge        = "amount_too_large"  // more money or pieces than a line may have
	OtherShopper    = "other_shopper"     // a line that names another shopper than the receipt's first
	PaymentCard     = "payment_card"      // what stands where the shopper should looks like a payment card
	NotOurs         = "card_unknown"      // a card number that the programme does not know
	WrongContract   = "receipt_invalid"   // the receipt as a whole breaks the contract
	AddressTaken    = "email_taken"       // an e-mail address that another shopper has
	AddressUnusable = "email_unusable"    // an e-mail address that no mail server takes
)

// Progress is told how far a stage is. It is called often.
type Progress func(stage string, done, total int64)

// Import is what both kinds of import have in common.
type Import struct {
	Service  *loyalty.Service
	Map      *Map
	Now      func() time.Time
	Progress Progress
	DryRun   bool
	Dir      string // where the checkpoint lies; "" keeps none
	Fresh    bool   // begin at the beginning, whatever the checkpoint says
}

// errSum is a mistake of this package: an import never ends with sums that do not tie.
func errSum(what string, read, accounted int64) error {
	return fmt.Errorf("the sums of this import do not tie: %s read %d, accounted for %d; please report it", what, read, accounted)
}

package loyalty

import (
	"context"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Version is the version of a stored noun: 0 where nothing is stored yet. Whoever writes over a version has read it.
type Version int64

// Opened is a card as it was read: its head, who its shopper is, and under which number it was asked for.
type Opened struct {
	Head           card.Head
	HeadVersion    Version
	Profile        card.Profile
	ProfileVersion Version
	Number         string // as asked for; the card's id or one that replaced it
}

// Shopper is the id of the card whose shopper the number belongs to. Of a household it is the member's, else the card's own.
func (o Opened) Shopper() string { return o.Head.ShopperOf(o.Number) }

// Moved is returned where a noun is no longer at the version it was read at. Head and Version are what is stored.
type Moved struct {
	Head    card.Head
	Version Version
}

func (m *Moved) Error() string { return "card " + errMoved.Error() }

// Cards keeps cards and their shoppers.
type Cards interface {
	// Open reads the card that number leads to, head and profile in one read, through a replaced number where there is one.
	// The profile is that of the shopper whom the number belongs to, of a household that of the member.
	// A read that is not fresh may be stale. It returns ErrNotFound for a number that no card has.
	Open(ctx context.Context, number string, fresh bool) (Opened, error)

	// PutHead stores the head if over is still its version (0: if there is none) and returns its new version. Otherwise it
	// returns *Moved with what is stored, or ErrMerged if the card has been merged into another.
	PutHead(ctx context.Context, head card.Head, over Version) (Version, error)

	// PutProfile does the same for the profile, and keeps the indexes of its e-mail address, vendor ids and dates. It returns
	// an ErrConflict if the profile is no longer at over, and an *Error of that kind if an identity leads to another card.
	PutProfile(ctx context.Context, p card.Profile, over Version) (Version, error)

	// PutAlias makes number lead to the card id. It returns ErrConflict if number belongs to another card.
	PutAlias(ctx context.Context, number, id string) error

	// Find returns the number, as it is now, of the card that an identity leads to: "email:<address>" or a vendor's "shopify:<id>".
	// ErrNotFound if none.
	Find(ctx context.Context, identity string) (number string, err error)
}

// Kept is a head as it lies there by its card's id. One that was merged into another card leads to that: Into is its id.
type Kept struct {
	Head    card.Head
	Version Version
	Into    string
}

// Joins keeps what is left of cards that were merged into others.
type Joins interface {
	// Kept reads the head of a card by its id, wherever its number leads. A read sees every earlier put. ErrNotFound if there is none.
	Kept(ctx context.Context, id string) (Kept, error)

	// PutKept stores the heads over their versions and makes each number that is an alias lead to a card's id, all or nothing.
	// ErrConflict if a head has moved.
	PutKept(ctx context.Context, heads []Kept, numbers map[string]string) error
}

// Pages keeps the older entries of ledgers.
type Pages interface {
	// PutPage stores a page of the card. Putting the same page again changes nothing.
	PutPage(ctx context.Context, id string, p ledger.Page) error

	// Pages returns all pages of the card that were put before the call, in order.
	Pages(ctx context.Context, id string) ([]ledger.Page, error)
}

// Filed is a receipt as it is kept, with its returns in the order they were filed. Waiting are returns that arrived before it.
type Filed struct {
	Receipt  receipt.Receipt
	Returns  []receipt.Return
	Waiting  []receipt.Return
	Claim    ReceiptClaim // of a guest's receipt; zero while nobody has claimed it
	Repeated bool         // it was filed before
}

// ReceiptClaim says to which card a guest's receipt has come to belong: the card's id, and the number that was shown.
type ReceiptClaim struct{ Card, Number string }

// Owned is the receipt with its card: the one that was shown at the till, or the one that has claimed it; "" for a guest's.
func (f Filed) Owned() receipt.Receipt {
	r := f.Receipt
	if r.Card == "" {
		r.Card = f.Claim.Number
	}
	return r
}

// Receipts keeps receipts and what came back of them.
type Receipts interface {
	// File keeps r if its key is free, and finds it if the same content is kept. Another content under the key is ErrConflict.
	// Filed.Returns and Filed.Claim are not read.
	File(ctx context.Context, r receipt.Receipt) (Filed, error)

	// Claim keeps to which card a guest's receipt belongs. ErrConflict if it is claimed already, by whomever.
	Claim(ctx context.Context, key receipt.Key, claim ReceiptClaim) error

	// Receipt returns the receipt with its returns and its claim; ErrNotFound if it is not kept (whatever waits for it).
	Receipt(ctx context.Context, key receipt.Key) (Filed, error)

	// FileReturn keeps ret as the n-th return (1, 2, ...). ErrConflict if there is an n-th return already.
	FileReturn(ctx context.Context, key receipt.Key, n int, ret receipt.Return) error

	// Await keeps a return whose receipt has not arrived; File will hand it back. If the receipt is there it returns ErrConflict.
	Await(ctx context.Context, key receipt.Key, ret receipt.Return) error
}

// Programmes knows the shop's rules.
type Programmes interface {
	// At returns the version that holds at t; the oldest one for a time before it. ErrNotFound while none is published.
	At(ctx context.Context, t time.Time) (*programme.Programme, error)
}

// Cart is an online basket as it is kept.
type Cart struct {
	ID      string
	Version int64 // the shop's own
	Card    string
	At      time.Time // of the newest version
	State   CartState
	Total   int64
	Lines   []receipt.Line
	URL     string
	DueAt   time.Time // when it is due for its next reminder; zero when nobody may be written to

	Reminders  int       // claimed so far
	RemindedAt time.Time // the last of them
}

// CartState is where a cart stands.
type CartState string

// The states: only an open cart may be mailed. One that has been reminded of for the last time waits for nothing more.
const (
	CartOpen     CartState = "open"
	CartReminded CartState = "reminded"
	CartBought   CartState = "bought"
	CartEmptied  CartState = "emptied"

	// CartSuperseded is a cart whose shopper has gone on to another one.
	CartSuperseded CartState = "superseded"
)

// OpenCart is which cart a shopper has open, and which one it took the place of.
type OpenCart struct {
	ID     string
	At     time.Time
	Before string
}

// Carts keeps carts.
type Carts interface {
	// Cart returns the cart and its version in the store; ErrNotFound if there is none.
	Cart(ctx context.Context, id string) (Cart, Version, error)

	// PutCart stores the cart if over is still its version. Otherwise ErrConflict.
	PutCart(ctx context.Context, c Cart, over Version) (Version, error)

	// CartOf returns which cart a card's shopper has open, and the version of that; the zero OpenCart for none.
	CartOf(ctx context.Context, card string) (OpenCart, Version, error)

	// PutCartOf stores it if over is still its version. Otherwise ErrConflict.
	PutCartOf(ctx context.Context, card string, c OpenCart, over Version) error

	// DueCarts lists ids of carts whose DueAt lies before t, the earliest first, at most limit.
	DueCarts(ctx context.Context, t time.Time, limit int) ([]string, error)
}

// Dated lists the cards whose shopper has a date on a day of the year, and remembers how far campaigns of dates have come.
type Dated interface {
	// OnDay calls each for the ids of cards whose date of kind ("birthday", "enrolled") lies on monthDay "12-24", with the time zone
	// that their shopper names ("" for none). It stops at the first error and returns it.
	OnDay(ctx context.Context, kind, monthDay string, each func(id, zone string) error) error

	// SpokenUntil is the moment up to which all campaigns of dates have spoken; zero where none ever has.
	SpokenUntil(ctx context.Context) (time.Time, Version, error)

	// PutSpokenUntil stores it if over is still its version. Otherwise ErrConflict.
	PutSpokenUntil(ctx context.Context, until time.Time, over Version) error
}

// Messages keeps the record of every e-mail.
type Messages interface {
	// Message returns the record of a card's message and its version; ErrNotFound if there is none.
	Message(ctx context.Context, card, id string) (message.Record, Version, error)

	// MessageCard returns the card that a message went to, which is all that the mail service can tell us by; ErrNotFound.
	MessageCard(ctx context.Context, id string) (string, error)

	// PutMessage stores the record if over is still its version. Otherwise ErrConflict.
	PutMessage(ctx context.Context, rec message.Record, over Version) (Version, error)

	// ClaimForCart stores the record and the cart that is reminded of, if the head of its card is still as it was opened: both
	// or neither. ErrConflict if one of the three has moved.
	ClaimForCart(ctx context.Context, rec message.Record, over Version, cart Cart, cartOver Version, opened Opened) (Version, error)

	// ClaimForCard stores the record if the head of its card is still as it was opened: both or neither. ErrConflict otherwise.
	ClaimForCard(ctx context.Context, rec message.Record, over Version, opened Opened) (Version, error)

	// MessagesOf lists the records of a card, in the order they were ordered.
	MessagesOf(ctx context.Context, id string) ([]message.Record, error)
}

// Queue carries orders to the one function that mails.
type Queue interface {
	// Send puts one body on the queue, to be delivered after delay (at most 15 minutes). The body may arrive more than once.
	Send(ctx context.Context, body []byte, delay time.Duration) error
}

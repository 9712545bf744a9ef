package store

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// doors draws what the doors let in: parts of ids, texts without control characters, and what is made of them. Each test has its own.
type doors struct {
	part    *rapid.Generator[string]
	maybe   *rapid.Generator[string]
	freely  *rapid.Generator[string]
	someday *rapid.Generator[day.Day]
	moment  *rapid.Generator[time.Time]
	coupon  *rapid.Generator[card.Coupon]
	mark    *rapid.Generator[ledger.Mark]
	entry   *rapid.Generator[ledger.Entry]
	line    *rapid.Generator[receipt.Line]
	used    *rapid.Generator[receipt.Used]
}

func newDoors() *doors {
	d := &doors{}
	d.part = rapid.StringMatching(`[A-Za-z0-9._#-]{1,12}`)
	d.maybe = rapid.OneOf(rapid.Just(""), d.part)
	d.freely = rapid.StringMatching(`[\PC]{0,12}`)
	d.someday = rapid.Custom(func(t *rapid.T) day.Day {
		return day.Date(rapid.IntRange(2000, 2199).Draw(t, "year"), time.January, rapid.IntRange(1, 366).Draw(t, "day"))
	})
	d.moment = rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(946_684_800, 7_258_118_399).Draw(t, "moment"), 0).UTC()
	})
	d.coupon = rapid.Custom(func(t *rapid.T) card.Coupon {
		return card.Coupon{ID: d.part.Draw(t, "coupon"), Offer: d.part.Draw(t, "offer"), Campaign: d.maybe.Draw(t, "campaign"), ExpiresOn: d.someday.Draw(t, "last day")}
	})
	d.mark = rapid.Custom(func(t *rapid.T) ledger.Mark {
		switch kind := rapid.SampledFrom([]byte{card.MarkGranted, card.MarkRedeemed, card.MarkReinstated, card.MarkVoided, card.MarkNotTaken, card.MarkMessage, card.MarkEnrolled, card.MarkWorth, card.MarkFirst, card.MarkCapped, card.MarkReason, card.MarkBy}).Draw(t, "kind"); kind {
		case card.MarkNotTaken:
			return card.NotTaken(d.part.Draw(t, "id"), d.part.Draw(t, "reason"))
		case card.MarkWorth:
			return ledger.Mark{Kind: kind, Text: ledger.Worth{Points: rapid.Int64().Draw(t, "points"), Grains: rapid.Int64Range(0, ledger.Grains-1).Draw(t, "grains")}.String()}
		case card.MarkReason, card.MarkBy:
			return card.Noted(kind, d.freely.Draw(t, "text"))
		case card.MarkCapped:
			return card.Capped(rapid.Int64().Draw(t, "capped"))
		case card.MarkMessage, card.MarkEnrolled, card.MarkFirst:
			return ledger.Mark{Kind: kind, Text: d.maybe.Draw(t, "text")}
		default:
			return d.coupon.Draw(t, "coupon").Mark(kind)
		}
	})
	d.entry = rapid.Custom(func(t *rapid.T) ledger.Entry {
		return ledger.Entry{
			Cause: d.part.Draw(t, "store") + "/" + d.part.Draw(t, "till") + "/" + d.part.Draw(t, "number"),
			Kind:  rapid.SampledFrom([]ledger.Kind{ledger.Earn, ledger.Reverse, ledger.Grant, ledger.Spend, ledger.Expire, ledger.Adjust}).Draw(t, "kind"),
			At:    d.moment.Draw(t, "at"), Points: rapid.Int64().Draw(t, "points"), From: d.maybe.Draw(t, "from"), To: d.maybe.Draw(t, "to"),
			Marks: rapid.SliceOfN(d.mark, 0, 4).Draw(t, "marks"),
		}
	})
	d.line = rapid.Custom(func(t *rapid.T) receipt.Line {
		return receipt.Line{
			ID: rapid.OneOf(d.part, rapid.SampledFrom([]string{"1", "2", "3"})).Draw(t, "id"), SKU: d.freely.Draw(t, "sku"), Category: d.freely.Draw(t, "category"),
			Kind:     rapid.SampledFrom([]string{"", receipt.GiftCard, receipt.Shipping, receipt.Tip, receipt.Fee}).Draw(t, "kind"),
			Quantity: rapid.Int64Range(0, 1_000_000).Draw(t, "pieces"), Amount: rapid.Int64().Draw(t, "amount"), Discount: rapid.Int64Range(0, 100).Draw(t, "discount"),
		}
	})
	d.used = rapid.Custom(func(t *rapid.T) receipt.Used {
		return receipt.Used{Offer: d.part.Draw(t, "used"), Coupon: d.maybe.Draw(t, "coupon"), Code: d.freely.Draw(t, "code"), Amount: rapid.Int64Range(0, 100_000).Draw(t, "taken")}
	})
	return d
}

// alike is equality to a reader: an empty list is none.
var alike = cmp.Options{cmpopts.EquateEmpty()}

func TestHeadReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	d := newDoors()
	rapid.Check(t, func(t *rapid.T) {
		h := card.Head{
			ID: d.part.Draw(t, "id"), EnrolledOn: d.someday.Draw(t, "enrolled"), Tier: d.maybe.Draw(t, "tier"),
			Status:     rapid.SampledFrom([]card.Status{card.Open, card.Blocked, card.Closed}).Draw(t, "status"),
			Qualifying: card.Qualifying{Year: rapid.IntRange(0, 2199).Draw(t, "year"), Points: rapid.Int64().Draw(t, "points"), Before: rapid.Int64().Draw(t, "before")},
			Standing:   d.standing().Draw(t, "standing"),
			Given:      card.GivenTier{Tier: "gold", Until: rapid.OneOf(rapid.Just(day.Day(0)), d.someday).Draw(t, "given")},
			Habits: card.Habits{Visits: rapid.Int64().Draw(t, "visits"), Spent: rapid.Int64().Draw(t, "spent"), FirstOn: d.someday.Draw(t, "first"), LastOn: rapid.OneOf(rapid.Just(day.Day(0)), d.someday).Draw(t, "last"),
				MostVisits: rapid.Int64().Draw(t, "most visits"), MostSpent: rapid.Int64().Draw(t, "most spent")},
			Spoken: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) card.Spoken {
				return card.Spoken{Campaign: d.part.Draw(t, "campaign"), On: d.someday.Draw(t, "spoken"), Times: rapid.Int64().Draw(t, "times")}
			}), 0, 3).Draw(t, "spoken"),
			Wallet: rapid.SliceOfN(d.coupon, 0, card.MaxWallet).Draw(t, "wallet"),
			Book: ledger.Book{
				Balance: rapid.Int64().Draw(t, "balance"), Posted: rapid.Int64Range(0, 1_000).Draw(t, "posted"), Pages: rapid.Int64Range(0, 100).Draw(t, "pages"),
				Carried: rapid.Int64Range(0, ledger.Grains-1).Draw(t, "carried"), Tail: rapid.SliceOfN(d.entry, 0, 20).Draw(t, "tail"),
				Lots: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ledger.Lot {
					return ledger.Lot{Points: rapid.Int64().Draw(t, "points"), ExpiresOn: rapid.OneOf(rapid.Just(day.Day(0)), d.someday).Draw(t, "on"),
						From: rapid.OneOf(rapid.Just(day.Day(0)), d.someday).Draw(t, "from"), Of: rapid.IntRange(0, 9).Draw(t, "of")}
				}), 0, 5).Draw(t, "lots"),
			},
			Assignments: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) card.Assignment {
				if rapid.Bool().Draw(t, "done") {
					return card.Assignment{Campaign: d.part.Draw(t, "campaign"), Done: true}
				}
				arm := rapid.OneOf(rapid.SampledFrom([]string{card.ArmTreated, card.ArmHeld, "a", "h", "t"}), d.part).Draw(t, "arm")
				return card.Assignment{Campaign: d.part.Draw(t, "campaign"), Arm: arm, Since: d.someday.Draw(t, "since"), Spent: rapid.Int64().Draw(t, "spent")}
			}), 0, 3).Draw(t, "assignments"),
			Lost: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) card.Lost {
				return card.Lost{Number: d.part.Draw(t, "lost"), At: d.moment.Draw(t, "since"), By: d.maybe.Draw(t, "by")}
			}), 0, 5).Draw(t, "lost"),
		}
		if rapid.Bool().Draw(t, "paged") {
			h.Book.Watermark = d.moment.Draw(t, "watermark")
		}
		item := headItem(h)
		item.Version = 1
		if err := CheckPut(item, Always()); err != nil {
			t.Fatal(err)
		}
		got, ok, err := HeadOf(item)
		if diff := cmp.Diff(h, got, alike); diff != "" || err != nil || !ok {
			t.Fatal(diff, err, ok)
		}
	})
}

func TestLinesReadWhatTheyWrite(t *testing.T) {
	t.Parallel()
	d := newDoors()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(d.line, 0, 12).Draw(t, "lines")
		got, err := readLines(writeLines(lines))
		if diff := cmp.Diff(lines, got, alike); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
	})
}

func TestReceiptReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	d := newDoors()
	s := New(nil, func() time.Time { return time.Unix(1_795_251_600, 0) })
	rapid.Check(t, func(t *rapid.T) {
		r := receipt.Receipt{
			Key: receipt.Key{Store: "0042", Till: "03", Number: "173"}, Card: d.maybe.Draw(t, "card"), Lines: rapid.SliceOfN(d.line, 0, 12).Draw(t, "lines"),
			At:  d.moment.Draw(t, "at").Add(time.Duration(rapid.IntRange(0, 999_999_999).Draw(t, "fraction"))),
			Tax: rapid.Int64Range(0, 1_000).Draw(t, "tax"), Coupons: rapid.SliceOfN(d.part, 0, 5).Draw(t, "coupons"), Codes: rapid.SliceOfN(d.freely, 0, 5).Draw(t, "codes"),
			Cart: d.maybe.Draw(t, "cart"), Source: d.maybe.Draw(t, "source"),
			Offers: rapid.SliceOfN(d.used, 0, 3).Draw(t, "offers"),
		}
		r.Total.Minor, r.Total.Currency = rapid.Int64Range(0, 1_000_000).Draw(t, "total"), "EUR"
		item, err := s.receiptItem(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := readReceipt(r.Key, item.Attrs)
		if diff := cmp.Diff(r, got, alike); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
	})
}

func TestReturnReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	d := newDoors()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) receipt.ReturnedLine {
			return receipt.ReturnedLine{ID: d.part.Draw(t, "id"), Quantity: rapid.Int64().Draw(t, "pieces")}
		}), 0, 5).Draw(t, "lines")
		got, err := readReturned(writeReturned(lines))
		if diff := cmp.Diff(lines, got, alike); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
	})
}

func TestProfileReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	d := newDoors()
	rapid.Check(t, func(t *rapid.T) {
		p := card.Profile{
			ID: d.part.Draw(t, "id"), Since: rapid.OneOf(rapid.Just(day.Day(0)), d.someday).Draw(t, "since"), Given: d.freely.Draw(t, "given"), Family: d.freely.Draw(t, "family"),
			Email: d.freely.Draw(t, "email"), Phone: d.freely.Draw(t, "phone"), Language: d.freely.Draw(t, "language"), TimeZone: d.freely.Draw(t, "zone"),
			Identities: rapid.SliceOfN(d.freely, 0, 3).Draw(t, "identities"),
			Consents: rapid.MapOfN(d.part, rapid.Custom(func(t *rapid.T) card.Consent {
				return card.Consent{Allowed: rapid.Bool().Draw(t, "allowed"), At: d.moment.Draw(t, "at"), Source: d.freely.Draw(t, "source"), Text: d.freely.Draw(t, "text")}
			}), 0, 3).Draw(t, "consents"),
		}
		if rapid.Bool().Draw(t, "born") {
			p.Birthday = day.KeptOn(d.someday.Draw(t, "birthday"), day.OnFebruary28)[0]
		}
		if rapid.Bool().Draw(t, "suppressed") {
			p.Suppressed = &card.Suppression{At: d.moment.Draw(t, "since"), Reason: "bounce"}
		}
		item, err := profileItem(p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := readProfile(p.ID, item.Attrs)
		if diff := cmp.Diff(p, got, alike); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
	})
}

// The door's alphabet holds none of the codec's separators.
func TestPartsHoldNoSeparator(t *testing.T) {
	t.Parallel()
	for _, separator := range []string{" ", "\n", "\t", ":", "/", "~", ">", "\x00", ","} {
		if ids.ValidPart("a" + separator + "b") {
			t.Errorf("%q may stand in an id", separator)
		}
	}
}

// FuzzReaders: whatever lies in the table, a reader refuses it or reads what it would write again.
func FuzzReaders(f *testing.F) {
	f.Add("0042/03/000173 e tlsyyo 12 silver>gold +Q7M4K2:tenoff:thanks:2027-01-31")
	f.Add("a e 0 -1 ->- ?x:unknown\nb r 1 2 -")
	f.Add("20271130:120 20271231:44 -:10")
	f.Add("Q7M4K2:tenoff:thanks:20270131 Q7M4K3:::-")
	f.Add("\tbeans\tfood/beans\tgift_card\t1\t1000\t100\n7\t\t\t\t1\t5")
	f.Add("1\t2\n2\t-1")
	f.Add("weekend20\t680\ntenoff\t500\tQ7M4K2\nwinter\t5\t\tWINTER SALE")
	f.Add("pm24310,120,,45 <24312,24310,60 ^24300,1200")
	f.Add("2026 500 120 7")
	f.Add("+99/100")
	f.Add("12 34567 20260103 20261121")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // no item holds it
		}
		stays(t, text, readEntries, writeEntries)
		stays(t, text, readLots, writeLots)
		stays(t, text, readWallet, writeWallet)
		stays(t, text, readReturned, writeReturned)
		stays(t, text, readLines, writeLines)
		stays(t, text, readUsed, writeUsed)
		stays(t, text, readStanding, writeStanding)
		stays(t, text, readCarried, writeCarried)
		stays(t, text, readDay, writeDay)
		stays(t, text, readMoment, writeMoment)
		_, _ = readQualifying(text)
		_, _ = readHabits(text)
		_, _, _ = HeadOf(Item{Key: Key{Table: Cards, Partition: "card/1", Sort: sortHead}, Attrs: Attrs{headLost: text, headStatus: text, headBalance: text}})
		_, _ = readProfile("1", Attrs{"d": text})
		_, _ = readWaiting(Attrs{recWaiting: text})
		_, _ = readReceipt(receipt.Key{}, Attrs{recAt: text, recCodes: text})
	})
}

func stays[T any](t *testing.T, text string, read func(string) (T, error), write func(T) string) {
	t.Helper()
	first, err := read(text)
	if err != nil {
		return
	}
	again, err := read(write(first))
	if err != nil || write(again) != write(first) {
		t.Errorf("%q is read as %+v, and then as %+v, %v", text, first, again, err)
	}
}

// Two contents of a receipt never lie alike: else a repeat would hide a conflict.
func TestLinesAreToldApart(t *testing.T) {
	t.Parallel()
	d := newDoors()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SliceOfN(d.line, 0, 3).Draw(t, "one"), rapid.SliceOfN(d.line, 0, 3).Draw(t, "other")
		if writeLines(a) == writeLines(b) && !cmp.Equal(a, b, alike) {
			t.Fatalf("%v and %v lie alike as %q", a, b, writeLines(a))
		}
	})
	if strings.Contains(writeLines([]receipt.Line{{ID: "1", Kind: receipt.Goods}}), receipt.Goods) {
		t.Error("the kind that most lines have is written out")
	}
}

package programme

import (
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// maxEndedAlong is how many lots that have ended move with a card at most, those that ended last: with a life in whole months all of 33
// years, with one in days at least the last year. A mark takes about 15 bytes of the two heads until their page is turned.
const maxEndedAlong = 400

// handEnded writes which lots that have ended leave one book and come into another, as marks of the move in both: the sums of what has ended
// follow the card as its points do, so that a return takes them back where it is posted. by is what their places become more.
func handEnded(in, out []ledger.Mark, ended []ledger.Lot, by int) (came, left []ledger.Mark) {
	ended = lotsOf(ended, func(l ledger.Lot) bool { return l.Points != 0 })
	for _, l := range ended[max(0, len(ended)-maxEndedAlong):] {
		there := l
		there.Of += by
		l.Points = -l.Points
		in, out = append(in, card.LotMark(there)), append(out, card.LotMark(l))
	}
	return in, out
}

func lotsOf(lots []ledger.Lot, which func(ledger.Lot) bool) []ledger.Lot {
	var some []ledger.Lot
	for _, l := range lots {
		if which(l) {
			some = append(some, l)
		}
	}
	return some
}

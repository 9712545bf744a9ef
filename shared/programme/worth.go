package programme

import (
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/offer"
)

// MostOff is the most, in minor units, that one use of an offer can take off any basket. It is false where nothing bounds that, as of a
// percentage without cap, and for offers that give points or an article instead of money.
func (p *Programme) MostOff(offerID string) (minor int64, bounded bool) {
	for _, o := range p.written {
		if o.ID == offerID {
			return mostOff(o)
		}
	}
	return 0, false
}

func mostOff(o offer.Offer) (int64, bool) {
	if o.Cap > 0 {
		return o.Cap, true
	}
	most, times := o.AmountMinor, int64(1)
	switch {
	case o.Kind != offer.Fixed || o.Every > 0:
		return perPiece(o)
	case o.Target == offer.OnBasket:
	case o.Target == offer.OnCheapest || o.Target == offer.OnDearest:
		times = max(1, o.Pieces)
	case o.Target == offer.OnSets && o.Times > 0:
		times = o.Times
	default:
		return perPiece(o) // once for each piece or line, and of those there may be any number
	}
	for _, s := range o.Steps {
		most = max(most, s.AmountMinor)
	}
	return most * times, true
}

// perPiece bounds an offer by what comes off a piece, where it is about so many pieces.
func perPiece(o offer.Offer) (int64, bool) {
	if o.CapPiece > 0 && (o.Target == offer.OnCheapest || o.Target == offer.OnDearest) {
		return o.CapPiece * max(1, o.Pieces), true
	}
	return 0, false
}

// UsuallyOff is what an offer would take off a basket of so much, where that is a share of it: for estimates, never for bounds.
func (p *Programme) UsuallyOff(offerID string, basket int64) int64 {
	for _, o := range p.written {
		if o.ID == offerID && o.Kind == offer.Percent {
			points := o.BasisPoints
			for _, s := range o.Steps {
				points = max(points, s.BasisPoints)
			}
			return money.MulDiv(basket, points, 10_000)
		}
	}
	return 0
}

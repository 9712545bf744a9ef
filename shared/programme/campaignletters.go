package programme

import "slices"

// Sent is an e-mail of a campaign with what is granted beside it; Grant is nil for nothing.
type Sent struct {
	Letter
	Grant *Grant
}

// Letters lists every e-mail that the campaign may send: its own, those of its arms, the reminders of a cart, and those of its steps, in their order.
func (k Campaign) Letters() (list []Sent) {
	for _, way := range append([]Campaign{k}, k.ways()...) {
		sent := Sent{}
		if way.Message == nil {
			continue
		}
		if sent = (Sent{*way.Message, way.Grant}); !slices.Contains(list, sent) {
			list = append(list, sent)
		}
	}
	for _, r := range k.Then {
		if r.Message != nil {
			list = append(list, Sent{*r.Message, r.Grant})
		}
	}
	return stepLetters(list, k.Steps)
}

// stepLetters goes as deep as the steps do, which has been bounded when they were checked.
func stepLetters(list []Sent, steps []JourneyStep) []Sent {
	for _, s := range steps {
		if s.Message != nil {
			list = append(list, Sent{*s.Message, s.Grant})
		}
		list = stepLetters(stepLetters(list, s.Then), s.Else)
		for _, way := range s.Split {
			list = stepLetters(list, way.Steps)
		}
	}
	return list
}

// grants lists what the campaign may hand out, in its arms, reminders and steps too.
func (k Campaign) grants() (list []Grant) {
	add := func(g *Grant) {
		if g != nil {
			list = append(list, *g)
		}
	}
	add(k.Grant)
	for _, a := range k.Arms {
		add(a.Grant)
	}
	for _, r := range k.Then {
		add(r.Grant)
	}
	eachStep(k.Steps, func(s JourneyStep) { add(s.Grant) })
	return list
}

// writes reports whether the campaign uses a template.
func (k Campaign) writes(template string) bool {
	return slices.ContainsFunc(k.Letters(), func(s Sent) bool { return s.Template == template })
}

// handsOut reports whether the campaign grants an offer.
func (k Campaign) handsOut(offer string) bool {
	return slices.ContainsFunc(k.grants(), func(g Grant) bool { return g.Offer == offer })
}

package programme

// Sent is an e-mail of a campaign with what is granted beside it; Grant is nil for nothing.
type Sent struct {
	Letter
	Grant *Grant
}

// Letters lists every e-mail that the campaign may send: its own, the reminders of a cart, and those of its steps, in their order.
func (k Campaign) Letters() (list []Sent) {
	if k.Message != nil {
		list = append(list, Sent{*k.Message, k.Grant})
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

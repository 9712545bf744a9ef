package loyalty

import (
	"slices"
	"strings"
	"unicode"
)

// Wording is what stays known of one text of a campaign, by its hash, when the steps of that time are no longer kept.
type Wording struct {
	Hash    string   `json:"hash"`
	Forward []string `json:"forward,omitempty"` // who has drafted or started it, each once; they may not approve it
	Started bool     `json:"started,omitempty"`
}

// Limits of what stays known.
const (
	maxWordings = 40 // texts, the newest
	maxForward  = 50 // names of one text; where it is full, nobody approves the text any more
)

// remember keeps what approval and late receipts ask of a text for longer than its steps are kept.
func (c *Control) remember(step Step) {
	if step.Hash == "" || step.Verb != VerbDraft && step.Verb != VerbStart {
		return
	}
	w := Wording{Hash: step.Hash}
	texts := slices.Clone(c.Wordings) // another reader may hold the list
	if i := slices.IndexFunc(texts, func(w Wording) bool { return w.Hash == step.Hash }); i >= 0 {
		w, texts = texts[i], slices.Delete(texts, i, i+1)
	}
	if !nameIn(w.Forward, step.By) && len(w.Forward) < maxForward {
		w.Forward = append(slices.Clip(w.Forward), step.By)
	}
	w.Started = w.Started || step.Verb == VerbStart
	texts = append(texts, w)
	c.Wordings = texts[max(0, len(texts)-maxWordings):]
}

// once reports whether somebody has ever started this text.
func (c Control) once(hash string) bool {
	return slices.ContainsFunc(c.Wordings, func(w Wording) bool { return w.Started && w.Hash == hash }) ||
		slices.ContainsFunc(c.Steps, func(s Step) bool { return s.Verb == VerbStart && s.Hash == hash })
}

// mayApprove wants another pair of eyes than those that have made this text of the campaign or brought it forward.
func mayApprove(in Steering, c Control, hash string) error {
	if nameIn(in.Authors, in.By) {
		return refuse(ErrRefused, "own_campaign", "%s has published campaign %s; somebody else approves it", in.By, in.Campaign)
	}
	own := slices.ContainsFunc(c.Wordings, func(w Wording) bool {
		return w.Hash == hash && (nameIn(w.Forward, in.By) || len(w.Forward) >= maxForward)
	})
	own = own || slices.ContainsFunc(c.Steps, func(s Step) bool {
		return s.Hash == hash && (s.Verb == VerbDraft || s.Verb == VerbStart) && sameName(s.By, in.By)
	})
	if own {
		return refuse(ErrRefused, "own_campaign", "%s has brought campaign %s forward; somebody else approves it", in.By, in.Campaign)
	}
	return nil
}

func nameIn(list []string, name string) bool {
	return slices.ContainsFunc(list, func(other string) bool { return sameName(other, name) })
}

// sameName reports whether two names are one person's: capitals, spaces and points do not make another one.
func sameName(a, b string) bool {
	letters := func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return r
	}
	first, second := strings.Map(letters, a), strings.Map(letters, b)
	if first == "" || second == "" {
		return a == b
	}
	return strings.EqualFold(first, second)
}

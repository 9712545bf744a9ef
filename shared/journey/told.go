package journey

import "strings"

// How lines begin that are read again.
const (
	saysTakes = "takes "
	saysExit  = "exit: "
)

// Way is a way of a split that was taken.
type Way struct{ Step, Name string }

// Ways lists the ways that a journey has taken.
func (p Place) Ways() (list []Way) {
	for _, l := range p.Lines {
		if name, ok := strings.CutPrefix(l.Says, saysTakes); ok && l.Step != "" {
			list = append(list, Way{Step: l.Step, Name: name})
		}
	}
	return list
}

// Reason is why a journey is over: its end, or what its exit says.
func (p Place) Reason() string {
	if n := len(p.Lines); p.End == EndDone && n > 0 && strings.HasPrefix(p.Lines[n-1].Says, saysExit) {
		return p.Lines[n-1].Says
	}
	return string(p.End)
}

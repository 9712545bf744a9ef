package message

import (
	"slices"
	"strings"
	"unicode"
)

// plainly are the properties that leave words where they are and as they are, whatever their value. Any other that is not read hides: a list of
// all the ways in which a style can take words away would miss the next one.
var plainly = nameSet("-webkit-font-smoothing -moz-osx-font-smoothing text-size-adjust appearance tap-highlight-color interpolation-mode " +
	"font-family font-style font-weight font-variant font-stretch font-kerning font-feature-settings text-rendering text-align text-align-last " +
	"text-decoration text-decoration-color text-decoration-line text-decoration-style text-decoration-thickness text-underline-offset " +
	"text-transform text-overflow text-wrap white-space word-break word-wrap overflow-wrap hyphens line-break direction vertical-align " +
	"padding padding-left padding-right padding-top padding-bottom border border-left border-right border-top border-bottom border-color " +
	"border-style border-width border-radius border-left-color border-right-color border-top-color border-bottom-color border-left-style " +
	"border-right-style border-top-style border-bottom-style border-left-width border-right-width border-top-width border-bottom-width " +
	"border-top-left-radius border-top-right-radius border-bottom-left-radius border-bottom-right-radius border-collapse border-spacing " +
	"box-sizing table-layout caption-side empty-cells float clear min-width min-height list-style list-style-type list-style-position " +
	"background-size background-repeat background-position background-attachment background-origin object-fit object-position cursor " +
	"transition transition-property transition-duration transition-timing-function transition-delay will-change color-scheme " +
	"supported-color-schemes justify-content align-items align-content align-self justify-items justify-self flex flex-direction flex-wrap " +
	"flex-grow flex-shrink flex-basis gap row-gap column-gap page-break-before page-break-after page-break-inside " +
	"mso-table-lspace mso-table-rspace mso-line-height-rule mso-padding-alt mso-height-rule mso-margin-top-alt mso-margin-bottom-alt " +
	"mso-border-alt mso-font-alt mso-generic-font-family mso-width-percent mso-style-priority mso-ansi-language mso-fareast-language")

func nameSet(names string) map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(names) {
		set[name] = true
	}
	return set
}

// leavesAsItIs reports whether a property leaves words in sight, whatever its value; what begins with a mailbox's prefix is what it is without.
func leavesAsItIs(name string) bool {
	if name == "" || plainly[name] || strings.HasPrefix(name, "--") {
		return true
	}
	for _, prefix := range []string{"-webkit-", "-moz-", "-ms-", "-o-"} {
		if rest, has := strings.CutPrefix(name, prefix); has {
			return plainly[rest]
		}
	}
	return false
}

// Distances in thousandths of a pixel, and of the size of letters.
const (
	nearPixels, nearLetters   = 16_000, 1_000 // that something may be moved from where it stands
	shadePixels, shadeLetters = 60_000, 4_000 // that a shadow or an outline may reach
)

// covers tells a declaration by which one part of a page can lie over another, so that nobody can tell from one alone what is seen of it.
func covers(name, value string) bool {
	beyond := func(pixels, letters int64) bool {
		return slices.ContainsFunc(strings.Fields(value), func(word string) bool {
			n, unit, ok := measure(word)
			switch {
			case !ok:
				return strings.ContainsAny(word, "(") && !strings.HasPrefix(word, "rgb")
			case unit == "px" || unit == "pt" || unit == "":
				return max(n, -n) > pixels
			}
			return max(n, -n) > letters
		})
	}
	switch {
	case name == "position":
		return value != "static" && value != "relative" && value != "inherit" && value != "initial"
	case strings.HasPrefix(name, "margin"):
		return strings.Contains(value, "-") && beyond(nearPixels, nearLetters)
	case name == "left" || name == "right" || name == "top" || name == "bottom" || name == "inset" || strings.HasPrefix(name, "inset-"):
		return beyond(nearPixels, nearLetters)
	case name == "outline" || name == "outline-width" || name == "outline-offset" || name == "box-shadow" || name == "text-shadow":
		return beyond(shadePixels, shadeLetters)
	}
	for _, prefix := range []string{"-webkit-", "-moz-", "-ms-", "-o-"} {
		name = strings.TrimPrefix(name, prefix)
	}
	moves := name == "transform" || name == "translate" || name == "scale" || name == "rotate" || name == "z-index" || name == "perspective" ||
		strings.HasPrefix(name, "offset") || strings.HasPrefix(name, "animation") || strings.HasPrefix(name, "mask") || strings.HasPrefix(name, "mix-blend")
	return moves && value != "none" && value != "auto" && value != "0" && value != "normal"
}

// Spacing of letters beyond which they are no words any more.
const (
	leastSpacing, mostSpacing = -1_000, 10_000 // thousandths of a pixel
	leastTracking, mostTrack  = -60, 600       // of the size of letters
)

// spacing reads how far letters or words stand from one another.
func spacing(value string) look {
	n, unit, ok := measure(value)
	switch {
	case value == "normal" || value == "inherit" || value == "initial":
		return look{}
	case unit == "px" || unit == "pt" || unit == "" && n == 0:
		return look{hides: !ok || n < leastSpacing || n > mostSpacing}
	}
	return look{hides: !ok || unit != "em" || n < leastTracking || n > mostTrack}
}

// tiny tells a height or a width of which no letter is seen, if nothing shows beyond it.
func tiny(name, value string) bool {
	n, unit, ok := measure(value)
	switch {
	case !ok:
		return strings.Contains(value, "(")
	case name == "line-height" && unit == "" || unit == "em" || unit == "rem":
		return n < leastLetters/(letters/1_000)
	case unit == "%":
		return n < 10_000
	}
	return n < leastLetters
}

// Letters that the words of the way out have at least, so that they are words; of a script of syllables or words fewer will do.
const (
	leastWord      = 3
	leastSyllables = 2
)

// lettersOf counts the letters of words that somebody can see; a sign that is a syllable or a word for itself counts apart.
func lettersOf(words string) (plain, whole int) {
	for _, c := range words {
		switch {
		case !unicode.IsLetter(c) || !legible(string(c)):
		case unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			whole++
		case !unicode.Is(unicode.Lm, c):
			plain++
		}
	}
	return plain, whole
}

// lettersFont tells a font of which nobody reads words.
func lettersFont(value string) bool {
	return !strings.Contains(value, "wingdings") && !strings.Contains(value, "webdings") && !strings.Contains(value, "blank")
}

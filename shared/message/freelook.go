package message

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// look is what styles say of whether words can be seen. What is not plainly understood counts as hiding: it costs a marketer a question and
// no reader the way out.
type look struct {
	hides         bool
	by            string // what hides
	faint         int64  // how much is seen through, in thousandths of what can be; 0: nothing
	flat, clipped bool   // no height, nothing shows beyond it: together they hide
	size          int64  // of letters in thousandths of a pixel, or of the letters around it where relative; 0 with sized hides
	sized         bool   // a size is said
	relative      bool   //
	colour        string // "#1d5c4d"; "?" where it cannot be told, "" for none said
	ground        string // behind the letters
	forced        bool   // by !important, which style sheets use against what stands on an element
}

const (
	leastLetters = 6_000  // thousandths of a pixel
	letters      = 16_000 // what mailboxes begin with
	leastOpacity = 500    // thousandths
	leastApart   = 120    // sum of the differences of red, green and blue, of 765: #d7d7d7 on white
	unclear      = "?"
)

// over is what holds where b is said after l.
func (l look) over(b look) look {
	if b.hides && !l.hides {
		l.by = b.by
	}
	l.hides, l.flat, l.clipped, l.faint = l.hides || b.hides, l.flat || b.flat, l.clipped || b.clipped, max(l.faint, b.faint)
	if l.flat && l.clipped && !l.hides {
		l.hides, l.by = true, "a height or a width of nothing, beyond which nothing shows,"
	}
	if b.sized {
		l.size, l.sized, l.relative = b.size, true, b.relative
	}
	if b.colour != "" {
		l.colour = b.colour
	}
	if b.ground != "" {
		l.ground = b.ground
	}
	return l
}

// fetching are what styles load or run things with.
var fetching = regexp.MustCompile(`(url|image|image-set|src|expression|element|cross-fade|paint|attr|env|var)\(|@import|@charset|@namespace|@font-face|` +
	`javascript:|vbscript:|behavio(u)?r|-moz-binding`)

// plainStyle is a style without its comments, in small letters. It refuses what loads, what runs, and what could be read in two ways.
func plainStyle(style string) (string, error) {
	var b strings.Builder
	for rest := strings.ToLower(style); rest != ""; {
		before, after, found := strings.Cut(rest, "/*")
		b.WriteString(before)
		if !found {
			break
		}
		if _, rest, found = strings.Cut(after, "*/"); !found {
			return "", errors.New("has a comment that is not closed: write */ where it ends")
		}
		b.WriteByte(' ')
	}
	plain := b.String()
	if bad := fetching.FindString(plain); bad != "" {
		return "", fmt.Errorf("holds %s, which mailboxes drop or which loads something: take it out; a picture behind a cell is background=\"https://...\"", bad)
	}
	if i := strings.IndexAny(plain, "\\<"); i >= 0 {
		return "", fmt.Errorf("holds a %c, which may hide what it says: take it out", plain[i])
	}
	return plain, quotesEnd(plain)
}

func quotesEnd(style string) error {
	var quote rune
	for _, c := range style {
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == c && quote != 0:
			quote = 0
		case quote != 0 && strings.ContainsRune(";{}\n", c):
			return fmt.Errorf("holds %q within quotes: take it out", c)
		}
	}
	if quote != 0 {
		return fmt.Errorf("has a quote %c that is not closed", quote)
	}
	return nil
}

// lookOf reads the style of one element.
func lookOf(style string) (look, error) {
	plain, err := plainStyle(style)
	if err != nil {
		return look{}, err
	}
	if i := strings.IndexAny(plain, "{}"); i >= 0 {
		return look{}, fmt.Errorf("holds a %c: on an element stand declarations alone", plain[i])
	}
	return declared(plain)
}

// declared reads declarations that plainStyle has passed. It refuses those by which one part of a page lies over another.
func declared(plain string) (look, error) {
	var l look
	for _, d := range strings.Split(plain, ";") {
		name, value, _ := strings.Cut(d, ":")
		value, important := strings.CutSuffix(strings.ReplaceAll(strings.TrimSpace(value), "! important", "!important"), "!important")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if covers(name, value) {
			return look{}, fmt.Errorf("holds %s:%s, by which one part of a page can lie over another, and which mailboxes drop: take it out", name, shorten(value))
		}
		one := declaration(name, value)
		if one.hides {
			one.by = name
		}
		one.forced = important && (one.colour != "" || one.ground != "")
		forced := l.forced || one.forced
		l = l.over(one)
		l.forced = forced
	}
	return l, nil
}

func declaration(name, value string) look {
	switch name {
	case "display":
		return look{hides: value == "none"}
	case "visibility":
		return look{hides: value != "visible" && value != "inherit"}
	case "mso-hide":
		return look{hides: value != "none"}
	case "opacity":
		return opacityOf(value)
	case "font-size":
		return sizeOf(value)
	case "font":
		return fontOf(value)
	case "height", "max-height", "width", "max-width", "line-height":
		return look{flat: tiny(name, value)}
	case "zoom":
		n, _, ok := measure(value)
		return look{hides: !ok || n < leastOpacity}
	case "overflow", "overflow-x", "overflow-y":
		return look{clipped: value != "visible"}
	case "color", "-webkit-text-fill-color":
		return look{colour: colourOf(value)}
	case "background", "background-color", "background-image":
		return look{ground: groundOf(value)}
	case "background-clip", "-webkit-background-clip":
		return look{hides: strings.Contains(value, "text")}
	case "letter-spacing", "word-spacing":
		return spacing(value)
	case "font-family":
		return look{hides: !lettersFont(value)}
	case "unicode-bidi":
		return look{hides: strings.Contains(value, "override")}
	case "position", "z-index", "box-shadow", "text-shadow", "outline", "outline-width", "outline-color", "outline-style", "outline-offset":
		return look{} // those that cover are refused
	case "transform", "clip", "clip-path", "filter", "mask", "content-visibility", "display-outside":
		return look{hides: value != "none" && value != "auto" && value != "visible"}
	case "text-indent", "left", "right", "top", "bottom", "margin", "margin-left", "margin-top", "margin-right", "margin-bottom":
		return look{hides: slices.ContainsFunc(strings.Fields(value), faraway)}
	}
	return look{hides: !leavesAsItIs(name)}
}

// opacityOf reads how much of words is seen.
func opacityOf(value string) look {
	n, unit, ok := measure(value)
	if unit == "%" {
		n /= 100
	}
	if !ok || unit != "" && unit != "%" || n < leastOpacity {
		return look{hides: true}
	}
	return look{faint: max(0, 1_000-n)}
}

// faraway tells a distance that takes words out of sight.
func faraway(distance string) bool {
	const near = 60_000
	n, unit, ok := measure(distance)
	if !ok {
		return strings.ContainsAny(distance, "(")
	}
	switch unit {
	case "px", "pt", "":
		return n < -near || n > 10*near
	}
	return n < -4_000 || n > 100_000
}

var measured = regexp.MustCompile(`^([-+]?)([0-9]{0,6})(?:\.([0-9]{1,12}))?([a-z]*|%)$`)

// measure reads a number in thousandths, and its unit.
func measure(value string) (thousandths int64, unit string, ok bool) {
	m := measured.FindStringSubmatch(value)
	if m == nil || m[2]+m[3] == "" {
		return 0, "", false
	}
	n, err := strconv.ParseInt("0"+m[2]+(m[3] + "000")[:3], 10, 64)
	if err != nil {
		return 0, "", false
	}
	if m[1] == "-" {
		n = -n
	}
	return n, m[4], true
}

// sizeOf reads the size of letters.
func sizeOf(value string) look {
	switch value {
	case "xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large", "initial":
		return look{sized: true, size: letters}
	case "smaller":
		return look{sized: true, relative: true, size: 830}
	case "larger", "inherit", "unset":
		return look{sized: true, relative: true, size: 1_000}
	}
	n, unit, _ := measure(value)
	switch unit {
	case "px":
		return look{sized: true, size: n}
	case "pt":
		return look{sized: true, size: n * 4 / 3}
	case "rem":
		return look{sized: true, size: n * 16}
	case "em":
		return look{sized: true, relative: true, size: n}
	case "%":
		return look{sized: true, relative: true, size: n / 100}
	}
	return look{sized: true}
}

// fontOf finds the size in what is said of a font at once: "bold 14px/20px Arial".
func fontOf(value string) look {
	for _, word := range strings.Fields(value) {
		size, _, _ := strings.Cut(word, "/")
		if _, unit, ok := measure(size); ok && unit != "" || size == "0" {
			return sizeOf(size)
		}
	}
	return look{hides: strings.Contains(value, "(")}
}

// colours are the names that mails use; another one cannot be told.
var colours = map[string]string{
	"white": "#ffffff", "black": "#000000", "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080", "red": "#ff0000", "maroon": "#800000",
	"yellow": "#ffff00", "olive": "#808000", "lime": "#00ff00", "green": "#008000", "aqua": "#00ffff", "teal": "#008080", "blue": "#0000ff",
	"navy": "#000080", "fuchsia": "#ff00ff", "purple": "#800080", "orange": "#ffa500", "darkgray": "#a9a9a9", "dimgray": "#696969",
}

var (
	hexColour = regexp.MustCompile(`^#([0-9a-f]{3}|[0-9a-f]{6})$`)
	rgbColour = regexp.MustCompile(`^rgb\(([0-9]{1,3}), ?([0-9]{1,3}), ?([0-9]{1,3})\)$`)
)

// colourOf is a colour as "#1d5c4d".
func colourOf(value string) string {
	value = strings.ToLower(strings.TrimSpace(value))
	if m := rgbColour.FindStringSubmatch(value); m != nil {
		value = "#"
		for _, part := range m[1:] {
			n, _ := strconv.Atoi(part) // three digits
			value += fmt.Sprintf("%02x", min(n, 255))
		}
	}
	switch {
	case value == "inherit" || value == "":
		return ""
	case colours[value] != "":
		return colours[value]
	case !hexColour.MatchString(value):
		return unclear
	case len(value) == 4:
		return "#" + strings.Repeat(value[1:2], 2) + strings.Repeat(value[2:3], 2) + strings.Repeat(value[3:4], 2)
	}
	return value
}

// groundOf finds the colour among what is said of a background at once. None at all lets through what is behind.
func groundOf(value string) string {
	said := ""
	for _, word := range strings.Fields(strings.ReplaceAll(value, ", ", ",")) {
		switch c := colourOf(word); {
		case c != unclear && c != "":
			return c
		case strings.Contains(word, "("):
			said = unclear
		}
	}
	return said
}

// apart tells whether letters stand out from what is behind them.
func apart(colour, ground string) bool {
	if colour == unclear || ground == unclear {
		return false
	}
	var sum int64
	for i := 1; i < len("#rrggbb"); i += 2 {
		a, _ := strconv.ParseInt(colour[i:i+2], 16, 64) // colourOf has written both
		b, _ := strconv.ParseInt(ground[i:i+2], 16, 64)
		sum += max(a-b, b-a)
	}
	return sum >= leastApart
}

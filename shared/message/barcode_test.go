package message

import (
	"bytes"
	"image/png"
	"testing"
)

// code128B is part of the table of ISO/IEC 15417: widths of bar, space, bar, space, bar, space.
var code128B = map[string]string{"start": "211214", "A": "111323", "B": "131123", "7": "312131", "stop": "2331112"}

// Read from left to right, the middle of the picture is the table's bars between two stretches of white. (The check character
// stands between "7" and the end.)
func TestBarcodeShowsTheCouponsNumber(t *testing.T) {
	t.Parallel()
	p, err := (&drawer{}).draw(SymbolCode128, "AB7")
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(p.png))
	if err != nil {
		t.Fatal(err)
	}
	y := img.Bounds().Dy() / 2
	widths, black, run := "", false, 0
	for x := range img.Bounds().Dx() {
		r, _, _, _ := img.At(x, y).RGBA()
		if dark := r == 0; dark != black {
			widths += string(rune('0' + run/moduleDots))
			black, run = dark, 0
		}
		run++
	}
	const quiet = ":" // ten modules of white, the character after 9
	want := quiet + code128B["start"] + code128B["A"] + code128B["B"] + code128B["7"]
	if len(widths) < len(want) || widths[:len(want)] != want {
		t.Errorf("bars and spaces are %s; want %s...", widths, want)
	}
	if tail := code128B["stop"]; widths[len(widths)-len(tail):] != tail {
		t.Errorf("bars and spaces are %s; want ...%s", widths, tail)
	}
	if run/moduleDots != quietModules {
		t.Errorf("%d modules of white at the end, want %d", run/moduleDots, quietModules)
	}
}

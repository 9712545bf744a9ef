package message

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"sync"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/ean"
	"github.com/boombuler/barcode/qr"
)

// Symbols that a coupon's number can be printed in. Without one, a short number becomes a Code 128 and a long one a QR code.
const (
	SymbolCode128 = "code128"
	SymbolQR      = "qr"
	SymbolEAN13   = "ean13"
)

var symbols = []string{SymbolCode128, SymbolQR, SymbolEAN13}

const (
	maxCode       = 48 // characters of a coupon's number
	code128Widest = 16 // characters that still fit the width of a phone at two pixels a module
	moduleDots    = 4  // dots of the picture a module, twice what is shown, for sharp screens: half a byte, see paint
	quietModules  = 10 // white on both sides of a barcode, as readers want it
	quietQR       = 4
	barHeight     = 36 // modules
)

// picture is a barcode ready to mail: its PNG and the width to show it at, in CSS pixels.
type picture struct {
	png   []byte
	width int // while painting: in modules
}

// drawer keeps packers between pictures; a new one costs 800 KB a time.
type drawer struct{ pool sync.Pool }

// draw prints the code. It returns ErrInvalid for a code that the symbol cannot carry, such as an EAN-13 with a wrong check digit.
func (d *drawer) draw(symbol, code string) (picture, error) {
	if code == "" || len(code) > maxCode || strings.ContainsFunc(code, func(r rune) bool { return r < ' ' || r > '~' }) {
		return picture{}, fmt.Errorf("%w: coupon code %q must be 1 to %d plain characters", ErrInvalid, code, maxCode)
	}
	if symbol == "" {
		if symbol = SymbolCode128; len(code) > code128Widest {
			symbol = SymbolQR
		}
	}
	var bars barcode.Barcode
	var err error
	height, quiet, shown := barHeight, quietModules, moduleDots/2
	switch symbol {
	case SymbolCode128:
		bars, err = code128.Encode(code)
	case SymbolEAN13:
		if len(code) != 13 {
			return picture{}, fmt.Errorf("%w: coupon code %q has %d characters; an EAN-13 has 13 digits", ErrInvalid, code, len(code))
		}
		bars, err = ean.Encode(code)
	case SymbolQR:
		if bars, err = qr.Encode(code, qr.M, qr.Auto); err == nil {
			height, quiet, shown = bars.Bounds().Dy(), quietQR, moduleDots
		}
	default:
		return picture{}, fmt.Errorf("%w: %q is not a symbol", ErrInvalid, symbol)
	}
	if err != nil {
		return picture{}, fmt.Errorf("%w: coupon code %q as %s: %w", ErrInvalid, code, symbol, err)
	}
	p, err := d.paint(bars, height, quiet)
	p.width *= shown
	return p, err
}

// paint enlarges the modules onto white with their quiet zone and writes the PNG: one bit a dot, where 1 is white. The standard
// library's encoder asks for the colour of each dot, and was three quarters of the work of a whole mail.
func (d *drawer) paint(bars barcode.Barcode, height, quiet int) (picture, error) {
	from := bars.Bounds()
	columns, rows := from.Dx(), from.Dy()
	width, tall := columns+2*quiet, height+2*quietQR // modules
	white := bytes.Repeat([]byte{0xff}, (width*moduleDots+7)/8)
	same := make([]byte, len(white)) // as the line above, in the filter that tells the difference
	const plain, up = 0, 2           // filters of PNG
	var lines bytes.Buffer
	for y := range tall {
		line := bytes.Clone(white)
		// A barcode has one row of modules, which is stretched.
		if row := min(y-quietQR, rows-1); y >= quietQR && y < quietQR+height {
			for x := range columns {
				if r, _, _, _ := bars.At(from.Min.X+x, from.Min.Y+row).RGBA(); r == 0 {
					at := x + quiet
					line[at/2] &^= 0xf0 >> (at % 2 * moduleDots)
				}
			}
		}
		lines.WriteByte(plain)
		lines.Write(line)
		for range moduleDots - 1 {
			lines.WriteByte(up)
			lines.Write(same)
		}
	}
	packed, err := d.pack(lines.Bytes())
	if err != nil {
		return picture{}, fmt.Errorf("draw the coupon's barcode: %w", err)
	}
	const depth, grey = 1, 0
	head := binary.BigEndian.AppendUint32(nil, uint32(width*moduleDots))
	head = append(binary.BigEndian.AppendUint32(head, uint32(tall*moduleDots)), depth, grey, 0, 0, 0)
	out := append([]byte(nil), "\x89PNG\r\n\x1a\n"...)
	out = chunk(chunk(chunk(out, "IHDR", head), "IDAT", packed), "IEND", nil)
	return picture{png: out, width: width}, nil
}

func (d *drawer) pack(lines []byte) ([]byte, error) {
	var out bytes.Buffer
	w, ok := d.pool.Get().(*zlib.Writer)
	if ok {
		w.Reset(&out)
	} else {
		var err error
		if w, err = zlib.NewWriterLevel(&out, zlib.BestSpeed); err != nil {
			return nil, err
		}
	}
	defer d.pool.Put(w)
	_, err := w.Write(lines)
	err = firstOf(err, w.Close())
	return out.Bytes(), err
}

// chunk appends one piece of a PNG: length, name, content, checksum of the last two.
func chunk(dst []byte, name string, content []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(content)))
	from := len(dst)
	dst = append(append(dst, name...), content...)
	return binary.BigEndian.AppendUint32(dst, crc32.ChecksumIEEE(dst[from:]))
}

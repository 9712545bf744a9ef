package edge

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/regulars-dev/regulars/shared/quick"
)

// image is one image of a stream's record. What we store ourselves is read at once, into quick; an image with anything else in it is read by the
// whole of DynamoDB's JSON, which takes nearly twice as long (BenchmarkImage).
type image struct {
	quick map[string]any
	cells map[string]cell
}

// UnmarshalJSON reads DynamoDB's JSON. A cell that makes no sense is told by values.
func (im *image) UnmarshalJSON(text []byte) error {
	*im = image{quick: quickly(text)}
	if im.quick != nil {
		return nil
	}
	return json.Unmarshal(text, &im.cells)
}

func (im image) values() (map[string]any, error) {
	if im.quick != nil || im.cells == nil {
		return im.quick, nil
	}
	out := make(map[string]any, len(im.cells))
	for name, c := range im.cells {
		v, n := c.value()
		if n != 1 {
			return nil, fmt.Errorf("attribute %s has %d types", name, n)
		}
		out[name] = v
	}
	return out, nil
}

// number is what N says: an int64 if it is one.
func number(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	return json.Number(text)
}

// quickly reads an image of nothing but S, N and B, written without spaces. For any other it returns nil, never something else than the long way
// would.
func quickly(text []byte) map[string]any {
	r := quick.Read(text)
	if out := imageOf(r); r.Whole() {
		return out
	}
	return nil
}

// imageOf is quickly for a part of a text.
func imageOf(r *quick.Reader) map[string]any {
	out := map[string]any{}
	r.Object(func(name []byte) {
		attribute, kinds := string(name), 0
		r.Object(func(kind []byte) {
			if kinds++; kinds > 1 || len(kind) != 1 {
				r.Fail()
				return
			}
			letter := kind[0]
			out[attribute] = cellOf(r, letter)
		})
		if kinds != 1 {
			r.Fail()
		}
	})
	return out
}

func cellOf(r *quick.Reader, kind byte) any {
	switch value := r.Text(); kind {
	case 'S':
		return value
	case 'N':
		return number(value)
	case 'B':
		raw, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			r.Fail()
		}
		return raw
	}
	r.Fail()
	return nil
}

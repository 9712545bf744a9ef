package importer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// badRow is a row that is none; the file goes on behind it.
type badRow struct{ why string }

func (b badRow) Error() string { return b.why }

// field is where a value of ours comes from: a column of the row, or the same text always. index is -1 where the map names none.
type field struct {
	index int
	text  string
}

func (f field) of(values []string) string {
	if f.index < 0 {
		return f.text
	}
	return values[f.index]
}

// source gives the rows of a file, with the columns that the map names.
type source struct {
	fields  map[string]field
	columns []string // their names, in the order of values
	next    func() (values []string, line int, err error)
}

// open begins to read a file by its map. It returns an error if the file has not the columns that the map names.
func (m *Map) open(r io.Reader) (*source, error) {
	s := &source{fields: map[string]field{}}
	for name, column := range m.Columns {
		if text, constant := strings.CutPrefix(column, "="); constant {
			s.fields[name] = field{index: -1, text: text}
			continue
		}
		at := slices.Index(s.columns, column)
		if at < 0 {
			at, s.columns = len(s.columns), append(s.columns, column)
		}
		s.fields[name] = field{index: at}
	}
	unpacked, err := unpack(r)
	if err != nil {
		return nil, err
	}
	var plain io.Reader = unpacked
	if m.Encoding == "latin-1" {
		plain = &latin1{from: plain}
	}
	if m.Format == "jsonl" {
		s.jsonl(plain)
		return s, nil
	}
	return s, s.csv(plain, []rune(m.Delimiter)[0])
}

// field is where one of ours comes from; one that the map does not name is always "".
func (s *source) field(name string) field {
	if f, ok := s.fields[name]; ok {
		return f
	}
	return field{index: -1}
}

// unpack sees by its first bytes whether a file is packed with gzip, and takes a byte order mark off.
func unpack(r io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if head, _ := b.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("unpack the file: %w", err)
		}
		b = bufio.NewReaderSize(z, 1<<16)
	}
	if head, _ := b.Peek(3); bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		b.Discard(3)
	}
	return b, nil
}

// csv reads rows by the names in the first line. A row with other columns, or with quotes that do not end, is told as badRow and the
// file goes on behind it.
func (s *source) csv(r io.Reader, delimiter rune) error {
	c := csv.NewReader(r)
	c.Comma, c.ReuseRecord, c.FieldsPerRecord = delimiter, true, 0
	head, err := c.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty; its first line must name the columns")
	}
	if err != nil {
		return fmt.Errorf("read the first line, which names the columns: %w", err)
	}
	if len(head) > maxFields {
		return fmt.Errorf("the file has %d columns; at most %d are read", len(head), maxFields)
	}
	there := slices.Clone(head)
	index := make([]int, len(s.columns))
	var missing []string
	for i, name := range s.columns {
		if index[i] = slices.Index(there, name); index[i] < 0 {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the file has no column %s; its columns are %s (is the delimiter %q right?)", strings.Join(missing, ", "), strings.Join(there, ", "), delimiter)
	}
	values := make([]string, len(index))
	s.next = func() ([]string, int, error) {
		row, err := c.Read()
		line, _ := 0, 0
		if len(row) > 0 {
			line, _ = c.FieldPos(0)
		}
		if broken := (*csv.ParseError)(nil); errors.As(err, &broken) {
			return nil, broken.StartLine, badRow{broken.Err.Error()}
		}
		if err != nil {
			return nil, line, err
		}
		for i, at := range index {
			values[i] = row[at]
		}
		return values, line, nil
	}
	return nil
}

// jsonl reads one flat object a line; fields that the map does not name may hold anything. Empty lines are passed over.
func (s *source) jsonl(r io.Reader) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<16), maxRowSize)
	values, line := make([]string, len(s.columns)), 0
	s.next = func() ([]string, int, error) {
		for lines.Scan() {
			line++
			raw := bytes.TrimSpace(lines.Bytes())
			if len(raw) == 0 {
				continue
			}
			var object map[string]any
			dec := json.NewDecoder(bytes.NewReader(raw))
			dec.UseNumber()
			if err := dec.Decode(&object); err != nil {
				return nil, line, badRow{"the line is no JSON object"}
			}
			for i, name := range s.columns {
				text, ok := scalarText(object[name])
				if !ok {
					return nil, line, badRow{fmt.Sprintf("%s is neither a text nor a number", name)}
				}
				values[i] = text
			}
			return values, line, nil
		}
		if err := lines.Err(); err != nil {
			return nil, line, fmt.Errorf("line %d: %w", line+1, err)
		}
		return nil, line, io.EOF
	}
}

// scalarText is a value of JSON as a column would hold it.
func scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

// latin1 turns ISO 8859-1 into UTF-8.
type latin1 struct {
	from io.Reader
	left []byte
	raw  [4096]byte
}

func (l *latin1) Read(p []byte) (int, error) {
	if len(l.left) == 0 {
		n, err := l.from.Read(l.raw[:])
		if n == 0 {
			return 0, err
		}
		l.left = l.left[:0]
		for _, b := range l.raw[:n] {
			l.left = utf8.AppendRune(l.left, rune(b))
		}
	}
	n := copy(p, l.left)
	l.left = l.left[n:]
	return n, nil
}

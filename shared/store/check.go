package store

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxExpires is the last moment that Item.Expires may name, in seconds since 1970: the end of the year 9999.
const maxExpires = 253_402_300_799

func beyond(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrLimit, fmt.Sprintf(format, args...))
}

// CheckKey holds a key to the contract. It returns ErrLimit with what is wrong.
func CheckKey(k Key) error {
	if err := checkTable(k.Table); err != nil {
		return err
	}
	if k.Partition == "" || k.Sort == "" {
		return beyond("key %q has an empty part", k)
	}
	if err := checkText("partition", k.Partition, MaxKeyBytes); err != nil {
		return err
	}
	return checkText("sort", k.Sort, MaxKeyBytes)
}

// CheckPut holds an item and its condition to the contract. It returns ErrLimit with what is wrong.
func CheckPut(i Item, c Condition) error {
	if err := CheckKey(i.Key); err != nil {
		return err
	}
	if err := checkCondition(c); err != nil {
		return fmt.Errorf("put %s: %w", i.Key, err)
	}
	if err := checkItem(i); err != nil {
		return fmt.Errorf("put %s: %w", i.Key, err)
	}
	return nil
}

// CheckTransact holds the writes of one transaction to the contract. It returns ErrLimit with what is wrong.
func CheckTransact(writes []Write) error {
	if len(writes) == 0 || len(writes) > MaxTransact {
		return beyond("a transaction of %d writes; 1 to %d may go together", len(writes), MaxTransact)
	}
	seen, bytes := make(map[Key]int, len(writes)), 0
	for n, w := range writes {
		item := w.Item
		if w.Check {
			if w.If == Always() {
				return beyond("write %d on %s checks nothing; give it a condition", n, item.Key)
			}
			item = Item{Key: item.Key}
		}
		if err := CheckPut(item, w.If); err != nil {
			return fmt.Errorf("write %d: %w", n, err)
		}
		if first, twice := seen[item.Key]; twice {
			return beyond("writes %d and %d are both on %s; make them one", first, n, item.Key)
		}
		seen[item.Key] = n
		bytes += Size(item)
	}
	if bytes > MaxTransactBytes {
		return beyond("a transaction of %d bytes; at most %d may go together", bytes, MaxTransactBytes)
	}
	return nil
}

// CheckQuery holds in to the contract and returns it with its limit filled in. It returns ErrLimit with what is wrong.
func CheckQuery(in QueryInput) (QueryInput, error) {
	var err error
	if in.Limit, err = checkPage(in.Limit); err != nil {
		return in, err
	}
	sort := in.Prefix
	if sort == "" {
		sort = "-" // any sort, for the check alone
	}
	if err := CheckKey(Key{in.Table, in.Partition, sort}); err != nil {
		return in, err
	}
	if in.After != "" && !strings.HasPrefix(in.After, in.Prefix) {
		return in, beyond("query after %q, which does not begin with prefix %q", in.After, in.Prefix)
	}
	return in, checkText("after", in.After, MaxKeyBytes)
}

// CheckDue holds in to the contract and returns it with its limit filled in. It returns ErrLimit with what is wrong.
func CheckDue(in DueInput) (DueInput, error) {
	var err error
	if in.Limit, err = checkPage(in.Limit); err != nil {
		return in, err
	}
	if in.Shard < 0 || in.Shard >= DueShards {
		return in, beyond("due shard %d; there are shards 0 to %d", in.Shard, DueShards-1)
	}
	if err := checkDueText(in.Kind, in.To); err != nil {
		return in, err
	}
	if in.From > in.To {
		return in, beyond("due from %q to %q runs backward", in.From, in.To)
	}
	return in, checkText("due from", in.From, MaxDueBytes)
}

// CheckScan holds in to the contract and returns it with its limit filled in. It returns ErrLimit with what is wrong.
func CheckScan(in ScanInput) (ScanInput, error) {
	var err error
	if in.Limit, err = checkPage(in.Limit); err != nil {
		return in, err
	}
	if in.Segments < 1 || in.Segments > MaxSegments {
		return in, beyond("scan in %d segments; 1 to %d are possible", in.Segments, MaxSegments)
	}
	if in.Segment < 0 || in.Segment >= in.Segments {
		return in, beyond("scan of segment %d; there are segments 0 to %d", in.Segment, in.Segments-1)
	}
	return in, checkTable(in.Table)
}

// DueKey is the partition of the due index in which one shard of a kind lies.
func DueKey(kind string, shard int) string { return kind + "#" + strconv.Itoa(shard) }

// Cursor makes a page cursor of texts without NUL.
func Cursor(parts ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, "\x00")))
}

// ParseCursor takes a cursor of n parts apart; the first must be scope, which names the question the cursor belongs to. It returns
// ErrLimit for a text that is no cursor, or one of another question.
func ParseCursor(cursor, scope string, n int) ([]string, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.Split(string(text), "\x00")
	if err != nil || len(parts) != n || !utf8.Valid(text) {
		return nil, beyond("%q is no cursor of this store; begin again without one", cursor)
	}
	if parts[0] != scope {
		return nil, beyond("the cursor belongs to %q, not to %q; begin again without one", parts[0], scope)
	}
	return parts, nil
}

func checkTable(t Table) error {
	switch t {
	case Cards, Records, Programme:
		return nil
	}
	return beyond("no table %q", t)
}

func checkText(what, text string, most int) error {
	if len(text) > most {
		return beyond("%s of %d bytes; at most %d are kept", what, len(text), most)
	}
	if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
		return beyond("%s %q is not UTF-8 without NUL", what, text)
	}
	return nil
}

func checkCondition(c Condition) error {
	// The version after the last int64 could not be told.
	if c.Kind() == 'v' && (c.Version() < 1 || c.Version()+1 < 1) {
		return beyond("condition on version %d; versions begin at 1", c.Version())
	}
	return nil
}

func checkItem(i Item) error {
	if i.Due != (Due{}) {
		if i.Key.Table != Cards {
			return beyond("only items of table %q may be due", Cards)
		}
		if err := checkDueText(i.Due.Kind, i.Due.At); err != nil {
			return err
		}
	}
	if !i.Expires.IsZero() && (!i.Expires.Equal(i.Expires.Truncate(time.Second)) || i.Expires.Unix() < 1 || i.Expires.Unix() > maxExpires) {
		return beyond("expires at %s, which is not a whole second between 1970 and 9999", i.Expires)
	}
	if len(i.Attrs) > MaxAttributes {
		return beyond("%d attributes; at most %d are kept", len(i.Attrs), MaxAttributes)
	}
	for name, value := range i.Attrs {
		if err := checkAttr(name, value); err != nil {
			return err
		}
	}
	if n := Size(i); n > MaxItemBytes {
		return beyond("an item of %d bytes; at most %d are kept", n, MaxItemBytes)
	}
	return nil
}

func checkDueText(kind, at string) error {
	if kind == "" || at == "" || strings.Contains(kind, "#") {
		return beyond("due %q at %q; both are needed, and a kind holds no \"#\"", kind, at)
	}
	if err := checkText("due kind", kind, MaxDueBytes); err != nil {
		return err
	}
	return checkText("due at", at, MaxDueBytes)
}

func checkAttr(name string, value any) error {
	switch name {
	case NamePartition, NameSort, NameVersion, NameDueKey, NameDueAt, NameExpires:
		return beyond("attribute %q; the name belongs to the store", name)
	}
	if name == "" || len(name) > MaxNameBytes || name[0] == '_' || strings.Trim(name, nameLetters) != "" {
		return beyond("attribute %q; a name is 1 to %d letters, digits, - _ . and does not begin with _", name, MaxNameBytes)
	}
	switch v := value.(type) {
	case string:
		if !utf8.ValidString(v) {
			return beyond("attribute %q is not UTF-8; keep it as []byte", name)
		}
	case int64, []byte:
	default:
		return beyond("attribute %q is a %T; a string, an int64 or a []byte is kept", name, value)
	}
	return nil
}

const nameLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

func checkPage(n int) (int, error) {
	if n < 0 || n > MaxPage {
		return n, beyond("a page of %d items; 1 to %d are possible", n, MaxPage)
	}
	if n == 0 {
		n = MaxPage
	}
	return n, nil
}

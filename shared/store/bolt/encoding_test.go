package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/store"
)

var seed = store.Item{
	Key: store.Key{Table: store.Cards, Partition: "card/1", Sort: "HEAD"}, Version: 7,
	Due: store.Due{Kind: "birthday", At: "12-24"}, Expires: time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC),
	Attrs: store.Attrs{"s": "text", "n": int64(math.MinInt64), "b": []byte{0, 255}, "e": "", "eb": []byte{}},
}

// Bytes as they lie in files out there. They are read for ever; a new layout gets a new number and a line of its own.
func TestLayoutStays(t *testing.T) {
	t.Parallel()
	const golden = "\x01\x0e\bbirthday\x0512-24\x80\xb0\xe8\xab\x0e\x05\x01bb\x02\x00\xff\x01es\x00\x02ebb\x00" +
		"\x01nn\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01ss\x04text"
	if got := string(appendItem(nil, &seed)); got != golden {
		t.Errorf("the item is written as %q", got)
	}
	got, err := decodeItem(seed.Key, []byte(golden))
	if diff := cmp.Diff(seed, got); diff != "" || err != nil {
		t.Errorf("%v (- want, + got):\n%s", err, diff)
	}
}

func FuzzDecodeItem(f *testing.F) {
	f.Add(appendItem(nil, &seed))
	f.Add(appendItem(nil, &store.Item{}))
	f.Add([]byte{})
	f.Add([]byte{1, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, b []byte) {
		item, err := decodeItem(seed.Key, b)
		if err != nil {
			if !errors.Is(err, errDamaged) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		again, err := decodeItem(seed.Key, appendItem(nil, &item))
		if diff := cmp.Diff(item, again); diff != "" || err != nil {
			t.Errorf("read, written and read: %v (- want, + got):\n%s", err, diff)
		}
	})
}

func FuzzDecodeChange(f *testing.F) {
	for _, c := range []store.Change{{New: &seed}, {Old: &seed, New: &seed}, {Old: &seed}} {
		f.Add(changeText(c))
	}
	f.Add([]byte{1, 0, 0, 0, '-', '-'})
	f.Fuzz(func(t *testing.T, b []byte) {
		change, err := decodeChange(3, b)
		if err != nil {
			if !errors.Is(err, errDamaged) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		if change.Old == nil && change.New == nil {
			return // nothing of the kind is written, so the key is lost
		}
		again, err := decodeChange(3, changeText(change))
		if diff := cmp.Diff(change, again); diff != "" || err != nil {
			t.Errorf("read, written and read: %v (- want, + got):\n%s", err, diff)
		}
	})
}

// Advice for troubles that a test cannot bring about on every machine.
func TestAdvice(t *testing.T) {
	t.Parallel()
	for cause, advice := range map[error]string{
		fs.ErrPermission: "change the rights of /srv and of the file",
		syscall.EROFS:    "change the rights of /srv and of the file",
		syscall.ENOSPC:   "make room",
		errFormat:        "a newer program wrote it",
		syscall.EIO:      "see whether the disk is well",
	} {
		err := openError("/srv/regulars.db", fmt.Errorf("step: %w", cause))
		if !errors.Is(err, cause) || !strings.Contains(err.Error(), "/srv/regulars.db") || !strings.Contains(err.Error(), advice) {
			t.Errorf("%q says not %q", err, advice)
		}
	}
}

// changeText is a change as a put writes it.
func changeText(c store.Change) []byte {
	var was, is []byte
	if c.Old != nil {
		was = writeItem(c.Old)
	}
	if c.New != nil {
		is = writeItem(c.New)
	}
	return appendChange(nil, c.Old, c.New, was, is)
}

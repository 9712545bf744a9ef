// Package bolt keeps the items of store.Items in one file on this machine, durably: what a call has answered survives a crash.
//
// The file is a bbolt database with these buckets:
//
//	meta          format -> "1"
//	items/TABLE   partition NUL sort -> item (encoding.go)
//	due           kind#shard NUL at NUL partition NUL sort -> nothing; items of the cards table alone
//	expires       seconds (8 bytes) table NUL partition NUL sort -> nothing; never later than the item expires
//	feed/TABLE    sequence number (8 bytes) -> change (encoding.go)
//
// One process at a time may have the file open.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/regulars-dev/regulars/shared/mapped"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/together"
)

const (
	format = "1" // of the file; a later layout gets another

	lockWait     = 300 * time.Millisecond // how long Open waits for another process to let go of the file
	mapBytes     = 1 << 28                // address space taken at once, so that a growing file seldom waits for its readers
	maxGroup     = 256                    // calls in one commit
	maxPageBytes = 1_000_000              // of items in one page, as in DynamoDB
	maxSteps     = 100_000                // items or partitions that one page of Scan walks over
	maxSweep     = 500                    // items that one commit of Sweep or Trim removes
)

var (
	metaBucket    = []byte("meta")
	dueBucket     = []byte("due")
	expiresBucket = []byte("expires")
	formatKey     = []byte("format")

	tables = []store.Table{store.Cards, store.Records, store.Programme}
)

func itemsBucket(t store.Table) []byte { return []byte("items/" + t) }
func feedBucket(t store.Table) []byte  { return []byte("feed/" + t) }

// DB is a store.Items over one file. It may be used by many goroutines at once.
type DB struct {
	file  *bbolt.DB
	clock func() time.Time
	feed  feeds

	line *together.Line[*call]

	mu      sync.Mutex    // guards changed
	changed chan struct{} // closed when the feed grows
}

// Option sets what Open leaves open.
type Option func(*DB)

// Feed names the tables whose puts go into the change feed. The default is the tables that have a stream, cards and records; Feed() without tables keeps none.
func Feed(tables ...store.Table) Option {
	return func(d *DB) {
		d.feed = make(feeds, len(tables))
		for _, t := range tables {
			d.feed[t] = func(store.Change) bool { return true }
		}
	}
}

// Unsynced leaves it to the operating system when the disk hears of a write: what was accepted survives a crash of the process and not
// one of the machine. It is for tests, which open a thousand stores.
func Unsynced() Option { return func(d *DB) { d.file.NoSync = true } }

// Open opens the file at path, or makes it. The clock tells Sweep what has expired.
//
// Its errors are for a person: they name the file and say what to do. They wrap fs.ErrPermission, fs.ErrNotExist or the error of
// bbolt where there is one.
func Open(path string, clock func() time.Time, options ...Option) (*DB, error) {
	settings := &bbolt.Options{Timeout: lockWait, FreelistType: bbolt.FreelistMapType}
	if runtime.GOOS != "windows" { // where a mapping makes the file as long as itself
		settings.InitialMmapSize = mapBytes
	}
	file, err := openFile(path, settings)
	if err != nil {
		return nil, openError(path, err)
	}
	d := &DB{file: file, clock: clock, line: together.New[*call](maxGroup), changed: make(chan struct{})}
	Feed(store.Cards, store.Records)(d)
	for _, set := range options {
		set(d)
	}
	if err := file.Update(prepare); err != nil {
		return nil, errors.Join(openError(path, err), file.Close())
	}
	return d, nil
}

// openFile opens the file, or makes it. One that is there and empty was not left so by any process that has answered a call: whoever finds it
// so shall hear of it, and not begin anew.
func openFile(path string, settings *bbolt.Options) (*bbolt.DB, error) {
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		return nil, errEmpty
	}
	return mapped.Open(path, settings)
}

var errEmpty = errors.New("the file is empty")

// errFormat is told of a file in a layout that this program does not know.
var errFormat = errors.New("unknown format")

// prepare makes the buckets of a new file and checks the format of an old one.
func prepare(tx *bbolt.Tx) error {
	if meta := tx.Bucket(metaBucket); meta != nil {
		if found := string(meta.Get(formatKey)); found != format {
			return fmt.Errorf("%w %q", errFormat, found)
		}
		return nil
	}
	names := [][]byte{metaBucket, dueBucket, expiresBucket}
	for _, t := range tables {
		names = append(names, itemsBucket(t), feedBucket(t))
	}
	for _, name := range names {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return tx.Bucket(metaBucket).Put(formatKey, []byte(format))
}

func openError(path string, err error) error {
	advice := "see whether the disk is well"
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		advice = "another process has it open; stop that one first, or name another file"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		advice = "this user may not write there; change the rights of " + filepath.Dir(path) + " and of the file, or name another file"
	case errors.Is(err, fs.ErrNotExist):
		advice = "the folder " + filepath.Dir(path) + " does not exist; make it first"
	case errors.Is(err, syscall.EISDIR):
		advice = "this is a folder; name a file in it"
	case mapped.NoRoom(err):
		advice = "the disk is full; make room"
	case errors.Is(err, errFormat):
		advice = "a newer program wrote it; use that program"
	case errors.Is(err, errEmpty):
		advice = "restore a backup; or remove the file, if nothing was ever kept in it"
	case errors.Is(err, errDamaged), errors.Is(err, mapped.ErrDamaged), errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		advice = "this is no store of Regulars, or it is damaged; restore a backup, or name another file"
	}
	return fmt.Errorf("open the store %s: %w (%s)", path, err, advice)
}

// Close waits for the calls at work and lets go of the file.
func (d *DB) Close() error {
	if err := d.file.Close(); err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	return nil
}

// Backup writes the whole store as it is at this moment to w; the result can be opened. Calls go on meanwhile.
func (d *DB) Backup(w io.Writer) error {
	err := d.file.View(func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(w)
		return err
	})
	if err != nil {
		return fmt.Errorf("back up the store: %w", err)
	}
	return nil
}

// view runs read over one consistent state of the file. step says what for, should it fail.
func (d *DB) view(ctx context.Context, step func() string, read func(tx *bbolt.Tx) error) error {
	err := ctx.Err()
	if err == nil {
		err = d.file.View(read)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", step(), err)
	}
	return nil
}

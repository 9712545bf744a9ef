package mapped

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"go.etcd.io/bbolt"
)

// ErrDamaged is told of a file whose pages make no sense, or some of which are missing at its end.
var ErrDamaged = errors.New("the file is damaged")

// Open is bbolt.Open for files that may be damaged. bbolt panics over a page that it cannot make sense of, and a page behind the end of a
// file that was cut short is a fault of memory, which would end the process; here both are ErrDamaged. After it the file stays locked until
// the process ends.
func Open(path string, settings *bbolt.Options) (file *bbolt.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch found := recover().(type) {
		case nil:
		case runtime.Error:
			file, err = nil, fmt.Errorf("%w: a part of it is missing", ErrDamaged)
		default:
			file, err = nil, fmt.Errorf("%w: %v", ErrDamaged, found)
		}
	}()
	if file, err = bbolt.Open(path, 0o600, settings); err != nil {
		return nil, err
	}
	if missing := cut(file); missing > 0 {
		return nil, errors.Join(fmt.Errorf("%w: %d bytes are missing at its end", ErrDamaged, missing), file.Close())
	}
	return file, nil
}

// cut is how many bytes the file is shorter than its own first page says.
func cut(file *bbolt.DB) (missing int64) {
	_ = file.View(func(tx *bbolt.Tx) error {
		if info, err := os.Stat(file.Path()); err == nil {
			missing = tx.Size() - info.Size()
		}
		return nil
	})
	return missing
}

// NoRoom reports an error of a disk, a quota or a bound on the size of files that has no room. bbolt passes some of them on as words alone.
func NoRoom(err error) bool {
	for _, full := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) || err != nil && strings.Contains(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}

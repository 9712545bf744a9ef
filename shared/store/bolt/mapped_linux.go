package bolt

import (
	"bytes"
	"os"
	"strconv"
	"syscall"

	"go.etcd.io/bbolt"
)

const (
	mostMapped = 32 << 20 // bytes of files that may stay mapped into this process; its own program is among them
	lookEvery  = 4        // commits between two looks
)

// letGo gives the pages of the file back to the system once too many of them count as this process's own. The mapping stays, and so do the pages in
// the system's cache: who reads on finds them there. Without it a shop of a hundred thousand cards seems to need memory for its whole file,
// and a machine that bounds processes by what is mapped would stop it.
func (d *DB) letGo() {
	if d.looked++; d.looked < lookEvery {
		return
	}
	d.looked = 0
	if mapped() >= mostMapped {
		d.giveBack()
	}
}

func (d *DB) giveBack() {
	_ = d.file.View(func(tx *bbolt.Tx) error { // while anybody reads, the mapping does not move
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, d.file.Info().Data, uintptr(tx.Size()), syscall.MADV_DONTNEED) // a refusal changes nothing
		return nil
	})
}

// mapped is how many bytes of files this process has in memory; 0 where the system does not say.
func mapped() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(text) // size, resident, shared, ...
	if len(fields) < 3 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[2]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

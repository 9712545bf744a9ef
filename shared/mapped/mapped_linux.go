// Package mapped is where bbolt files meet memory: it opens them so that a damaged one is an error and no crash, and gives back to the system
// what was read of them.
//
// bbolt reads by mapping the file. Without this a shop of a hundred thousand cards seems to need memory for the whole file, and a machine that
// bounds processes by what is mapped would stop it.
package mapped

import (
	"bytes"
	"os"
	"strconv"
	"syscall"

	"go.etcd.io/bbolt"
)

// Of files as much may stay mapped as leaves the process within aim, and least in any case; its own program is among them. Each page given back is
// found again by a fault when it is next read: at a bound of 32 MB whatever else a sender had, that took a tenth of its processor time.
const (
	aim   = 76 << 20 // bytes
	least = 24 << 20 // bytes
)

// After is called after each commit to the file. Once too much is mapped it gives the pages of this file back; the mapping stays, and so do the
// pages in the system's cache, where readers at work find them at once. It fails silently: then the pages stay.
func After(file *bbolt.DB) {
	if all, files := now(); files >= max(least, aim-(all-files)) {
		GiveBack(file)
	}
}

// GiveBack gives the pages of the file back.
func GiveBack(file *bbolt.DB) {
	_ = file.View(func(tx *bbolt.Tx) error { // while anybody reads, the mapping does not move
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, file.Info().Data, uintptr(tx.Size()), syscall.MADV_DONTNEED) // a refusal changes nothing
		return nil
	})
}

// now is how many bytes this process has in memory, and how many of them are of files; 0 where the system does not say.
func now() (all, files int64) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, 0
	}
	fields := bytes.Fields(text) // size, resident, shared, ...
	if len(fields) < 3 {
		return 0, 0
	}
	resident, err := strconv.ParseInt(string(fields[1]), 10, 64)
	shared, bad := strconv.ParseInt(string(fields[2]), 10, 64)
	if err != nil || bad != nil {
		return 0, 0
	}
	page := int64(os.Getpagesize())
	return resident * page, shared * page
}

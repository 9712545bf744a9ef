//go:build !linux

package bolt

// letGo does nothing where the system does not count the pages of mapped files.
func (d *DB) letGo() {}

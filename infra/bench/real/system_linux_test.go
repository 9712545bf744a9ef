package real_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"

	"github.com/regulars-dev/regulars/infra/bench/real"
)

// full lets every write of the process fail from now on, or none: no file may be longer than nothing. What is read stays readable.
func full(t *testing.T, p *real.Process, is bool) {
	t.Helper()
	most := ^uint64(0)
	if is {
		most = 0
	}
	limit := [2]uint64{most, ^uint64(0)}
	const fileSize = 1 // RLIMIT_FSIZE
	_, _, failed := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(p.PID()), fileSize, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if failed != 0 {
		t.Fatal(failed)
	}
}

// bounded lets no file of the command grow beyond so much.
func bounded(cmd *exec.Cmd, kilobytes int) {
	line := fmt.Sprintf("ulimit -f %d; exec \"$0\" \"$@\"", kilobytes)
	cmd.Args = append([]string{"/bin/bash", "-c", line, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/bash"
}

// nobody is a user without any rights.
const nobody = 65534

// unprivileged lets the command be run by somebody whom the rights of a file can stop.
func unprivileged(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	place, err := os.MkdirTemp("", "regulars-nobody-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(place) })
	binary := filepath.Join(place, "regulars")
	text, err := os.ReadFile(cmd.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(binary, text, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{place, filepath.Dir(cmd.Args[len(cmd.Args)-1])} {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd.Path, cmd.Dir = binary, place
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

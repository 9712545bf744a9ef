//go:build unix

package mail

import (
	"net"
	"syscall"
)

// stands reports that a connection at rest is open and that nothing has come over it. A server that has closed it, or says that it will, would
// let a mail go into the void, and nobody would know whether it was taken. Bytes are left where they are.
func stands(conn net.Conn) bool {
	if secured, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = secured.NetConn()
	}
	beneath, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := beneath.SyscallConn()
	if err != nil {
		return false
	}
	quiet := false
	err = raw.Read(func(fd uintptr) bool {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		quiet = err == syscall.EAGAIN || err == syscall.EWOULDBLOCK
		return true
	})
	return err == nil && quiet
}

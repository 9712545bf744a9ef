//go:build !unix

package mail

import "net"

// stands reports that a connection at rest can be used again. Where the system does not let us look, none is.
func stands(net.Conn) bool { return false }

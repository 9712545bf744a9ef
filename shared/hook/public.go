package hook

import (
	"errors"
	"net/netip"
	"syscall"
)

// errNotPublic is asked of the address itself, after names are resolved: a name that leads into the own network is refused however often it
// changes where it leads.
var errNotPublic = errors.New("the host is at an address that is not public")

// onlyPublic refuses to connect to what is not public, or to another port than that of https.
func onlyPublic(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || to.Port() != 443 || !public(to.Addr()) {
		return errNotPublic
	}
	return nil
}

// kept are ranges that look like others and are nobody's on the open net (IANA's registries of special-purpose addresses).
var kept = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")

// open6 is the part of IPv6 that is given to anybody; what lies outside is local, mapped, translated or reserved.
var open6 = netip.MustParsePrefix("2000::/3")

func prefixes(list ...string) (out []netip.Prefix) {
	for _, text := range list {
		out = append(out, netip.MustParsePrefix(text))
	}
	return out
}

// public reports whether an address is somebody's on the open net. Of IPv6 an address that holds one of IPv4 is judged by that.
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Is6() && !open6.Contains(a) {
		return false
	}
	for _, p := range kept {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

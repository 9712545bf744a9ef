package hook

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// names resolves every name to addresses that a test chooses, one list for each time it is asked; the last holds on.
type names struct {
	mu    sync.Mutex
	turns [][]string
	asked int // for addresses of IPv4
}

// errReached ends what would be a connection: nothing leaves the machine.
var errReached = errors.New("let through")

// client is one as New makes it, but for who resolves; reached tells which addresses it was let through to.
func (n *names) client() (c *Client, reached func() []string) {
	var mu sync.Mutex
	var list []string
	dial := net.Dialer{Timeout: callTimeout, Resolver: &net.Resolver{PreferGo: true, Dial: n.dial}}
	dial.Control = func(network, address string, raw syscall.RawConn) error {
		if err := onlyPublic(network, address, raw); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		list = append(list, address)
		return errReached
	}
	return over(dial, func() time.Time { return now }, "s"), func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(list) }
}

// dial stands in for the way to a name server, over which questions and answers go with their length before them.
func (n *names) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	go func() {
		defer there.Close()
		for {
			size := make([]byte, 2)
			if _, err := io.ReadFull(there, size); err != nil {
				return
			}
			question := make([]byte, binary.BigEndian.Uint16(size))
			if _, err := io.ReadFull(there, question); err != nil {
				return
			}
			answer := n.answer(question)
			if _, err := there.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
				return
			}
		}
	}()
	return here, nil
}

// answer says what a question for one name comes to (RFC 1035, section 4).
func (n *names) answer(question []byte) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	kind := binary.BigEndian.Uint16(question[end+1:])
	const ofIPv4, ofIPv6 = 1, 28
	n.mu.Lock()
	turn := n.turns[min(n.asked, len(n.turns)-1)]
	if kind == ofIPv4 {
		n.asked++
	}
	n.mu.Unlock()
	var records []byte
	count := uint16(0)
	for _, text := range turn {
		a := netip.MustParseAddr(text)
		if a.Is4() && kind != ofIPv4 || !a.Is4() && kind != ofIPv6 {
			continue
		}
		bytes := a.AsSlice()
		records = append(records, 0xc0, 12) // the name that was asked for
		records = binary.BigEndian.AppendUint16(records, kind)
		records = append(records, 0, 1, 0, 0, 0, 0)
		records = binary.BigEndian.AppendUint16(records, uint16(len(bytes)))
		records = append(records, bytes...)
		count++
	}
	out := append([]byte{question[0], question[1], 0x81, 0x80, 0, 1}, binary.BigEndian.AppendUint16(nil, count)...)
	out = append(out, 0, 0, 0, 0)
	return append(append(out, question[12:end+5]...), records...)
}

// A name may lead anywhere: what counts is the address that is called.
func TestANameThatLeadsInsideIsNotCalled(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"127.0.0.1", "127.8.8.8", "10.0.0.7", "172.31.255.1", "192.168.0.10", "169.254.169.254", "169.254.170.2", "100.64.0.1", "0.0.0.0", "255.255.255.255",
		"::1", "::", "fd00:ec2::254", "fd12:3456::1", "fe80::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::1",
	} {
		n := &names{turns: [][]string{{address}}}
		c, reached := n.client()
		if err := c.Call(t.Context(), loyalty.HookCall{URL: "https://hooks.shop.example/in", ID: "K1"}); !errors.Is(err, loyalty.ErrRefused) || len(reached()) > 0 {
			t.Errorf("a name of %s: %v, let through to %v", address, err, reached())
		}
	}
	n := &names{turns: [][]string{{"93.184.215.14", "10.0.0.7", "::1"}}}
	c, reached := n.client()
	if err := c.Call(t.Context(), loyalty.HookCall{URL: "https://hooks.shop.example/in", ID: "K1"}); err == nil {
		t.Error("called")
	}
	if got := reached(); !slices.Equal(got, []string{"93.184.215.14:443"}) {
		t.Errorf("of three addresses it was let through to %v", got)
	}
}

// There is no moment between looking and calling in which a name could change: the address itself is looked at, each time anew.
func TestANameThatChangesWhereItLeads(t *testing.T) {
	t.Parallel()
	n := &names{turns: [][]string{{"93.184.215.14"}, {"169.254.169.254"}, {"93.184.215.14"}, {"127.0.0.1"}}}
	c, reached := n.client()
	for turn, refused := range []bool{false, true, false, true} {
		err := c.Call(t.Context(), loyalty.HookCall{URL: "https://hooks.shop.example/in", ID: "K1"})
		if err == nil || errors.Is(err, loyalty.ErrRefused) != refused {
			t.Errorf("call %d: %v, want refused %t", turn, err, refused)
		}
	}
	if got := reached(); !slices.Equal(got, []string{"93.184.215.14:443", "93.184.215.14:443"}) {
		t.Errorf("let through to %v", got)
	}
}

// A receiver that answers without end, or sends the caller elsewhere, gets no more out of it than any other.
func TestAnAnswerWithoutEndIsNotRead(t *testing.T) {
	t.Parallel()
	for _, code := range []int{http.StatusOK, http.StatusFound} {
		wrote, ended, calls := 0, make(chan struct{}), 0
		c, url := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
			defer close(ended)
			calls++
			w.Header().Set("Location", "https://169.254.169.254/latest/meta-data/")
			w.WriteHeader(code)
			for chunk := make([]byte, 64<<10); wrote < 64<<20; { // until nobody listens
				n, err := w.Write(chunk)
				if wrote += n; err != nil {
					return
				}
			}
		})
		if err := c.Call(t.Context(), loyalty.HookCall{URL: url, ID: "K1"}); (err == nil) != (code == http.StatusOK) {
			t.Errorf("%d: %v", code, err)
		}
		<-ended
		if calls != 1 || wrote >= 64<<20 {
			t.Errorf("%d: %d calls, and %d bytes were taken", code, calls, wrote)
		}
	}
}

package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"
)

// bar shows how far a long piece of work is: a bar that redraws itself on a terminal, now and then a plain line elsewhere. It writes
// to the error output, so that the answer can be piped on.
type bar struct {
	out      io.Writer
	now      func() time.Time
	terminal bool
	mu       sync.Mutex
	stage    string
	began    time.Time
	shown    time.Time
	base     int64 // done when the stage began, by an earlier run
	drawn    int   // characters on the line
}

const (
	redrawEvery = 100 * time.Millisecond
	lineEvery   = 5 * time.Second
	barWidth    = 30 // characters
)

// newBar is a bar on the error output, drawn only if somebody sees it.
func (c *call) newBar() *bar {
	return &bar{out: c.stderr, now: c.now, terminal: isTerminal(c.stderr)}
}

// isTerminal reports whether a person watches w; a pipe and a file get plain lines.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show tells the bar how far a stage is; it draws as seldom as suffices.
func (b *bar) show(stage string, done, total int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if stage != b.stage {
		b.clear()
		b.stage, b.began, b.shown, b.base = stage, now, now, done
		return
	}
	pause := lineEvery
	if b.terminal {
		pause = redrawEvery
	}
	if now.Sub(b.shown) < pause {
		return
	}
	b.shown = now
	text := b.line(now, done, total)
	if !b.terminal {
		fmt.Fprintln(b.out, text)
		return
	}
	fmt.Fprintf(b.out, "\r%s%s", text, strings.Repeat(" ", max(0, b.drawn-len([]rune(text)))))
	b.drawn = len([]rune(text))
}

// line is "booking   [######......]  41 %  221930 of 541909, 12040 a second, 27 s left".
func (b *bar) line(now time.Time, done, total int64) string {
	if total <= 0 {
		return fmt.Sprintf("%-9s %d", b.stage, done)
	}
	done = min(done, total)
	text := fmt.Sprintf("%-9s ", b.stage)
	if b.terminal {
		full := int(barWidth * done / total)
		text += "[" + strings.Repeat("#", full) + strings.Repeat(".", barWidth-full) + "] "
	}
	text += fmt.Sprintf("%3d %%  %d of %d", 100*done/total, done, total)
	passed := now.Sub(b.began)
	if rate := (done - b.base) * int64(time.Second) / max(1, int64(passed)); rate > 0 && passed > time.Second {
		text += fmt.Sprintf(", %d a second, %s left", rate, time.Duration((total-done)/rate)*time.Second)
	}
	return text
}

// clear takes the bar off the line.
func (b *bar) clear() {
	if b.drawn > 0 {
		fmt.Fprintf(b.out, "\r%s\r", strings.Repeat(" ", b.drawn))
		b.drawn = 0
	}
}

// end takes the bar away for good.
func (b *bar) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clear()
}

// plainPathError leaves out the operation, which says nothing to a person.
func plainPathError(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}

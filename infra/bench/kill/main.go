// Command kill runs the shop as a process of its own, as `regulars run` does, lets tills ring up and take back while a broadcast goes out, and
// ends it without warning at moments that chance picks, as often as it is told to. A till that hears no answer asks the same again.
//
// In the end every answer that was ever given must be given again, the books must add up and every receipt decided again must come out as
// recorded, and no e-mail may have reached the mail service twice. Where nobody can know whether an e-mail went out, it is counted as
// doubtful. The last line is for programs; whoever starts it again with the same seed gets the same receipts, not the same moments.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	kills := flag.Int("kills", 50, "how often the process is killed")
	tills := flag.Int("tills", 16, "how many tills ring up at once")
	cards := flag.Int("cards", 200, "how many shoppers there are, each with a card and an address")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the receipts and the moments")
	dir := flag.String("dir", "", "of the process that is killed: its folder")
	sink := flag.String("sink", "", "of the process that is killed: where mail goes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if *dir != "" {
		err = serve(ctx, *dir, *sink)
	} else {
		err = run(ctx, plan{kills: *kills, tills: *tills, cards: *cards, seed: *seed, longest: longest, out: os.Stdout})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "kill:", err)
		os.Exit(1)
	}
}

// plan is what one run of the driver does.
type plan struct {
	kills, tills, cards int
	seed                uint64
	longest             time.Duration // of a life, from its greeting on
	out                 io.Writer     // progress and the figures
}

// run drives a shop through its deaths and judges it. Its error is that something could not be done, or that something is wrong.
func run(ctx context.Context, p plan) error {
	dir, err := os.MkdirTemp("", "regulars-kill-")
	if err != nil {
		return fmt.Errorf("make a folder for the shop: %w", err)
	}
	d, err := open(ctx, p, dir)
	if err != nil {
		return err
	}
	defer d.close()
	fmt.Fprintf(p.out, "%d kills, %d tills, %d cards, seed %d\n", p.kills, p.tills, p.cards, p.seed)
	if err := d.drive(ctx); err != nil {
		return fmt.Errorf("%w (the folder %s stays)", err, dir)
	}
	f, err := d.judge(ctx)
	if err != nil {
		return fmt.Errorf("%w (the folder %s stays)", err, dir)
	}
	fmt.Fprintln(p.out, f)
	if wrong := f.wrong(); wrong > 0 {
		for _, what := range f.what {
			fmt.Fprintln(p.out, "  "+what)
		}
		return fmt.Errorf("%d things are wrong (the folder %s stays; -seed %d)", wrong, dir, p.seed)
	}
	return os.RemoveAll(dir)
}

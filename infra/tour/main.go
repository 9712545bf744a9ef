// Command tour takes the tour of a README: it runs every command of the fenced blocks marked ```console tour, in order and in one
// shell, and holds what they print against what the README shows.
//
//	go run ./infra/tour README.md
//
// A line "$ make run" starts the system on a free port and goes on once it is healthy; the address 127.0.0.1:8080 in commands and
// answers means that port, and PORT is set to it; .regulars means a new folder, which REGULARS_DATA names. In the shown output "..."
// stands for anything, over as many lines as needed; a command with nothing shown must only succeed. Everything that was started is
// ended, whatever happens.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: tour README.md")
		os.Exit(2)
	}
	text, err := os.ReadFile(os.Args[1])
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		err = Take(ctx, Steps(string(text)), os.Stdout)
		stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tour:", err)
		os.Exit(1)
	}
}

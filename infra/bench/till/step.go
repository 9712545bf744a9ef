package main

import (
	"fmt"
	"slices"
	"time"
)

// step is what so many tills at once came to.
type step struct {
	clients int
	took    time.Duration
	done    []time.Duration // of what was answered with success, sorted
	kinds   [3][]time.Duration
	errors  int   // no answer, or one that is neither success nor 429
	busy    int   // told to come again
	turned  int64 // the longest that anybody waited to be told so, in microseconds
	memory  int   // KiB in memory at the end
	bare    int64 // requests a second of the bare handler
	wrong   string
}

func (s step) perSecond() int64 {
	return int64(len(s.done)) * int64(time.Second) / max(1, int64(s.took))
}

// at is a percentile in microseconds; 0 where nothing was done.
func at(sorted []time.Duration, perThousand int) int64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, len(sorted)*perThousand/1000)].Microseconds()
}

func (s step) String() string {
	text := fmt.Sprintf("clients=%d per_second=%d p50_us=%d p95_us=%d p99_us=%d max_us=%d quote_p99_us=%d checkout_p99_us=%d return_p99_us=%d errors=%d busy=%d busy_max_us=%d rss_mb=%d bare_per_second=%d",
		s.clients, s.perSecond(), at(s.done, 500), at(s.done, 950), at(s.done, 990), at(s.done, 1000), at(s.kinds[quote], 990), at(s.kinds[checkout], 990),
		at(s.kinds[giveBack], 990), s.errors, s.busy, s.turned, s.memory>>10, s.bare)
	if s.wrong != "" {
		text += "\n  " + s.wrong
	}
	return text
}

// sort puts what was measured into order.
func (s *step) sort() {
	for _, list := range s.kinds {
		s.done = append(s.done, list...)
		slices.Sort(list)
	}
	slices.Sort(s.done)
}

// Bounds of the knee.
const (
	gain  = 10 // per cent more than the step before
	slack = 10 // times the p99 of one till
)

// knee is the last step worth having: it brought more than the one before, and nobody waited out of all proportion.
func knee(steps []step) int {
	k := 0
	for n := 1; n < len(steps); n++ {
		grew := steps[n].perSecond()*100 > steps[n-1].perSecond()*(100+gain)
		if grew && at(steps[n].done, 990) < slack*at(steps[0].done, 990) {
			k = n
		}
	}
	return k
}

// line is what programs read.
func line(steps []step, k int) string {
	last, errors, busy, peak := steps[len(steps)-1], 0, 0, 0
	for _, s := range steps {
		errors, busy, peak = errors+s.errors, busy+s.busy, max(peak, s.memory)
	}
	s := steps[k]
	return fmt.Sprintf("knee=%d knee_per_second=%d knee_p99_us=%d one_p99_us=%d last=%d last_per_second=%d last_p99_us=%d errors=%d busy=%d rss_mb=%d bare_per_second=%d",
		s.clients, s.perSecond(), at(s.done, 990), at(steps[0].done, 990), last.clients, last.perSecond(), at(last.done, 990), errors, busy, peak>>10, s.bare)
}

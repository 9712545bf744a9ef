package loyalty

import (
	"context"
	"sync"
)

// walk gives all cards to do, page by page, from so many parts at once; one page is done at a time. It stops at the first error and returns
// it.
func (s *Service) walk(ctx context.Context, parts int, do func([]Opened) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var (
		failed error
		mu     sync.Mutex
		all    sync.WaitGroup
	)
	for part := range parts {
		all.Go(func() {
			err := eachCard(ctx, s.Shoppers, part, parts, func(page []Opened) error {
				mu.Lock()
				defer mu.Unlock()
				return do(page)
			})
			mu.Lock()
			defer mu.Unlock()
			if err != nil && failed == nil {
				failed = err
				stop()
			}
		})
	}
	all.Wait()
	return failed
}

// add counts a page, of which some cards are in.
func (c *Counted) add(page []Opened, in []string) {
	c.Cards += int64(len(page))
	c.In += int64(len(in))
	c.Sample = append(c.Sample, in[:min(len(in), SampleSize-len(c.Sample))]...)
}

package loyalty

import (
	"context"
	"sync"
)

// walk gives all cards to do, page by page, from so many parts at once; one page is done at a time. It stops at the first error and returns
// it.
func (s *Service) walk(ctx context.Context, parts int, do func([]Opened) error) error {
	same := func(_ context.Context, page []Opened) ([]Opened, error) { return page, nil }
	return lookThrough(ctx, s.Shoppers, parts, same, do)
}

// lookThrough looks at all cards, page by page, from so many parts at once, and gives add what was seen in each page: pages are looked at
// side by side, and added one at a time. It stops at the first error and returns it.
func lookThrough[T any](ctx context.Context, shoppers Shoppers, parts int, look func(context.Context, []Opened) (T, error), add func(T) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var (
		failed error
		mu     sync.Mutex
		all    sync.WaitGroup
	)
	for part := range parts {
		all.Go(func() {
			err := eachCard(ctx, shoppers, part, parts, func(page []Opened) error {
				seen, err := look(ctx, page)
				if err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				return add(seen)
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

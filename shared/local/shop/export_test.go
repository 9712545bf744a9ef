package shop

import (
	"maps"
	"slices"
)

// Pages lists the patterns of the pages that one machine shows beside the functions' doors.
func (s *Shop) Pages() []string {
	return slices.Sorted(maps.Keys(s.pages(func() Home { return Home{} })))
}

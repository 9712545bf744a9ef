package store

import (
	"context"
	"slices"
)

// Authors names those who have published versions with a campaign just as it is under this hash, each once, the earliest first. Versions
// that nobody has put a name to are left out. It reads every version that there is.
func (s *Store) Authors(ctx context.Context, campaign, hash string) ([]string, error) {
	versions, err := s.Versions(ctx)
	var names []string
	for _, v := range versions {
		if v.Rules == nil || v.By == "" || slices.Contains(names, v.By) {
			continue
		}
		if other, known := v.Rules.CampaignHash(campaign); known && other == hash {
			names = append(names, v.By)
		}
	}
	return names, err
}

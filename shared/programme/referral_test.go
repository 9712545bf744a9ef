package programme_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

// A referral that rewards nobody, or cannot be reckoned with, is refused where it stands.
func TestBadReferralsAreRefused(t *testing.T) {
	t.Parallel()
	for document, pointer := range map[string]string{
		`{advocate: {points: 5}, friend: {points: 5}, minimum: "0"}`:      "/referral/minimum",
		`{advocate: {points: 5}, friend: {points: 5}, after_days: 400}`:   "/referral/after_days",
		`{advocate: {points: 5}, friend: {points: 5}, most: -1}`:          "/referral/most",
		`{advocate: {points: 5}, friend: {offer: nothing, days: 3}}`:      "/referral/friend/offer",
		`{advocate: {points: 5, days: 3}, friend: {points: 5}, most: 10}`: "/referral/advocate/days",
	} {
		_, _, faults, err := yamldoc.Read(strings.NewReader(basics + onePoint + "referral: " + document + "\n"))
		if err != nil || len(faults) != 1 || faults[0].Pointer != pointer {
			t.Errorf("%s: %v %v", document, faults, err)
		}
	}
}

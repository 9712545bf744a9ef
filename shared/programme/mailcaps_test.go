package programme_test

import "testing"

func TestMailCapsAndPrioritiesAreChecked(t *testing.T) {
	t.Parallel()
	for mail, want := range map[string]string{
		"cap: {count: 5, days: 7}":                                        "",
		"caps: [{count: 1, days: 1}, {count: 2, days: 7, topic: offers}]": "",
		"cap: {count: 5}":                                                 "/mail/cap",
		"caps: [{days: 7}]":                                               "/mail/caps/0",
		"caps: [{count: 1, days: 93}]":                                    "/mail/caps/0/days",
		"caps: [{count: 51, days: 7}]":                                    "/mail/caps/0/count",
		"caps: [{count: 1, days: 7, topic: cats}]":                        "/mail/caps/0/topic",
		"caps: [{count: 1, days: 7, topic: service}]":                     "/mail/caps/0/topic",
	} {
		_, got := mailing(t, mail)
		if got != want {
			t.Errorf("%s: faults at %q, want %q", mail, got, want)
		}
	}
}

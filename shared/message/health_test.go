package message

import (
	"testing"
	"time"
)

// Z-7: a bounce that may mend counts once a mail, however often it is reported; three mails in a row and the address is given up.
func TestThreeMailsInARowThatComeBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	mail := func(daysAgo int, s State, soft bool) Record {
		return Record{State: s, Soft: soft, SentAt: now.Add(-time.Duration(daysAgo) * 24 * time.Hour)}
	}
	for name, row := range map[string]struct {
		records []Record
		want    bool
	}{
		"two":                      {[]Record{mail(1, StateBounced, true), mail(2, StateBounced, true)}, false},
		"three":                    {[]Record{mail(3, StateBounced, true), mail(1, StateBounced, true), mail(2, StateBounced, true)}, true},
		"one arrived in between":   {[]Record{mail(1, StateBounced, true), mail(2, StateDelivered, false), mail(3, StateBounced, true), mail(4, StateBounced, true)}, false},
		"of one nothing was heard": {[]Record{mail(1, StateBounced, true), mail(2, StateSent, false), mail(3, StateBounced, true), mail(4, StateBounced, true)}, true},
		"one is of last year":      {[]Record{mail(1, StateBounced, true), mail(2, StateBounced, true), mail(300, StateBounced, true)}, false},
		"one was never sent":       {[]Record{mail(1, StateBounced, true), mail(2, StateBounced, true), {State: StateRefused}}, false},
	} {
		if got := Unreachable(row.records, now); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Z-9: from 200 settled mails on, a twentieth of bounces or a thousandth of complaints, three at least, stops a campaign.
func TestACampaignStopsItself(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		h    Health
		want Reason
	}{
		{Health{199, 199, 199}, ""},
		{Health{200, 9, 0}, ""},
		{Health{200, 10, 0}, ManyBounces},
		{Health{200, 0, 2}, ""},
		{Health{200, 0, 3}, ManyComplaints},
		{Health{200, 10, 3}, ManyComplaints},
		{Health{3000, 0, 3}, ManyComplaints},
		{Health{3001, 0, 3}, ""},
		{Health{100_000, 4_999, 99}, ""},
	} {
		if why, trips := row.h.Trips(); why != row.want || trips != (row.want != "") {
			t.Errorf("%+v: %q, %v; want %q", row.h, why, trips, row.want)
		}
	}
}

package message

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// had is an agenda of mails that were sent.
func had(moments ...time.Time) Agenda {
	var a Agenda
	for i, m := range moments {
		a.Sent = append(a.Sent, Slot{Message: fmt.Sprint("m", i), At: m, Topic: "offers"})
	}
	return a
}

func mailOf(id string, priority int, topic string, now time.Time, life time.Duration) Order {
	return Order{ID: id, Priority: priority, Topic: topic, OrderedAt: now, ExpiresAt: now.Add(life)}
}

// Each cap counts its own topic, and the last of them to be free decides.
func TestCapsOfDaysWeeksAndTopics(t *testing.T) {
	t.Parallel()
	now := at(t, "2027-03-05T10:00:00Z")
	hours := func(h int) time.Time { return now.Add(-time.Duration(h) * time.Hour) }
	caps := []Cap{{Count: 1, Days: 1}, {Count: 3, Days: 7}, {Count: 2, Days: 30, Topic: "news"}}
	slot := func(h int, topic string) Slot { return Slot{Message: fmt.Sprint(h, topic), At: hours(h), Topic: topic} }
	for name, row := range map[string]struct {
		sent  []Slot
		topic string
		want  time.Time
	}{
		"nothing yet":                  {nil, "news", now},
		"one this morning":             {[]Slot{slot(2, "offers")}, "news", now.Add(22 * time.Hour)},
		"exactly a day ago":            {[]Slot{slot(24, "offers")}, "news", now},
		"three in the week":            {[]Slot{slot(30, "offers"), slot(60, "offers"), slot(100, "offers")}, "offers", now.Add(68 * time.Hour)},
		"two news in the month":        {[]Slot{slot(200, "news"), slot(300, "news")}, "news", now.Add(420 * time.Hour)},
		"two news, and it is an offer": {[]Slot{slot(200, "news"), slot(300, "news")}, "offers", now},
		"offers do not count for news": {[]Slot{slot(200, "offers"), slot(300, "news")}, "news", now},
	} {
		if got := (Agenda{Sent: row.sent}).free(mailOf("x", 0, row.topic, now, time.Hour), caps, now); !got.Equal(row.want) {
			t.Errorf("%s: free %s, want %s", name, got, row.want)
		}
	}
}

// J-6: service is never capped; of a birthday and a newsletter that want one slot the birthday goes, whoever asks first.
func TestTheOneSlotGoesToWhatMattersMore(t *testing.T) {
	t.Parallel()
	night := at(t, "2027-03-05T22:00:00Z")
	morning := at(t, "2027-03-06T08:00:00Z")
	caps, quiet := []Cap{{Count: 1, Days: 7}}, Quiet{From: 21 * 60, To: 8 * 60}
	birthday := mailOf("birthday", 5, "offers", night, 72*time.Hour)
	news := mailOf("news", 3, "offers", night, 14*24*time.Hour)
	receipt := mailOf("receipt", 0, TopicService, night, time.Hour)
	var agenda Agenda
	ask := func(o Order, now time.Time) Verdict {
		in := allowed(now)
		in.Class, in.Caps, in.Quiet, in.Agenda = ClassOf(o.Topic), caps, quiet, agenda
		v := Permit(o, in)
		switch {
		case in.Class == Service:
		case v.Action == Send:
			agenda = agenda.Take(o, now)
		case v.Action == Defer:
			agenda = agenda.Wish(o, v.Until, now)
		}
		return v
	}
	for i, row := range []struct {
		order Order
		now   time.Time
		want  Verdict
	}{
		{news, night, Verdict{Defer, morning, QuietHours}},
		{birthday, night, Verdict{Defer, morning, QuietHours}},
		{receipt, night, Verdict{Action: Send}},
		{news, morning, Verdict{Defer, morning.Add(7 * 24 * time.Hour), Capped}},
		{birthday, morning, Verdict{Action: Send}},
		{birthday, morning, Verdict{Action: Send}}, // its own slot is not in its way
		{news, morning.Add(7 * 24 * time.Hour), Verdict{Action: Send}},
	} {
		got := ask(row.order, row.now)
		if got.Action != row.want.Action || got.Reason != row.want.Reason || !got.Until.Equal(row.want.Until) {
			t.Errorf("row %d, %s: %+v, want %+v", i, row.order.ID, got, row.want)
		}
	}
}

// A wish that came to nothing keeps nobody waiting for long.
func TestAWishThatCameToNothingGivesWay(t *testing.T) {
	t.Parallel()
	now := at(t, "2027-03-06T08:00:00Z")
	caps := []Cap{{Count: 1, Days: 7}}
	a := Agenda{}.Wish(mailOf("birthday", 5, "offers", now, 72*time.Hour), now, now)
	news := mailOf("news", 3, "offers", now, 72*time.Hour)
	if got := a.free(news, caps, now.Add(time.Minute)); got.Equal(now.Add(time.Minute)) {
		t.Error("the newsletter takes the birthday's slot")
	}
	if later := now.Add(time.Hour); !a.free(news, caps, later).Equal(later) {
		t.Error("an hour later the birthday still holds its slot")
	}
	if equal := mailOf("other", 5, "offers", now, time.Hour); !a.free(equal, caps, now).Equal(now) {
		t.Error("of equals the first takes the slot")
	}
}

// Whatever is asked in whatever order, no window of a cap ever holds more than its count.
func TestNoWindowHoldsMoreThanItsCap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		topics := []string{"offers", "news"}
		caps := []Cap{
			{Count: rapid.IntRange(1, 3).Draw(r, "count"), Days: rapid.IntRange(1, 5).Draw(r, "days")},
			{Count: rapid.IntRange(1, 2).Draw(r, "count of news"), Days: rapid.IntRange(1, 9).Draw(r, "days of news"), Topic: "news"},
		}
		now, agenda := start, Agenda{}
		var sent []Slot
		for n := range rapid.IntRange(1, 60).Draw(r, "mails") {
			now = now.Add(time.Duration(rapid.IntRange(0, 40).Draw(r, "hours")) * time.Hour)
			o := mailOf(fmt.Sprint(n), rapid.IntRange(1, 9).Draw(r, "priority"), rapid.SampledFrom(topics).Draw(r, "topic"), now, 100*time.Hour)
			if at := agenda.free(o, caps, now); at.After(now) {
				agenda = agenda.Wish(o, at, now)
				continue
			}
			agenda = agenda.Take(o, now)
			sent = append(sent, Slot{At: now, Topic: o.Topic})
			for _, c := range caps {
				within := 0
				for _, s := range sent {
					if c.on(s.Topic) && c.on(o.Topic) && s.At.After(now.Add(-c.span())) {
						within++
					}
				}
				if within > c.Count {
					r.Fatalf("%d mails within %d days, cap %d", within, c.Days, c.Count)
				}
			}
		}
	})
}

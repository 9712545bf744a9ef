package programme

import (
	"slices"
	"strconv"

	"github.com/regulars-dev/regulars/shared/message"
)

// maxMailCaps is how many caps a programme has for mail.
const maxMailCaps = 10

func (c *compiler) mailCaps() {
	m := c.p.Mail
	if m.Cap != (message.Cap{}) {
		c.mailCap("/mail/cap", m.Cap)
	}
	c.count("/mail/caps", len(m.Caps), maxMailCaps)
	for i, k := range m.Caps {
		c.mailCap("/mail/caps/"+strconv.Itoa(i), k)
	}
}

func (c *compiler) mailCap(at string, k message.Cap) {
	if k.Count < 1 || k.Days < 1 {
		c.fault(at, "a cap needs count and days, both 1 or more")
	}
	if k.Count > message.MaxCapCount {
		c.fault(at+"/count", "a cap counts %d e-mails at most", message.MaxCapCount)
	}
	if k.Days > message.MaxCapDays {
		c.fault(at+"/days", "a cap looks back %d days at most", message.MaxCapDays)
	}
	switch {
	case k.Topic == message.TopicService:
		c.fault(at+"/topic", "service mail is never capped")
	case k.Topic != "" && !slices.ContainsFunc(c.p.Topics, func(t Topic) bool { return t.ID == k.Topic }):
		c.fault(at+"/topic", "there is no topic %q", k.Topic)
	}
}

// MailCaps is the most marketing mail that one shopper gets.
func (p *Programme) MailCaps() []message.Cap {
	if p.Mail.Cap == (message.Cap{}) {
		return p.Mail.Caps
	}
	return append([]message.Cap{p.Mail.Cap}, p.Mail.Caps...)
}

// schedulePriority is how much the mail of a campaign on a schedule matters: a birthday's is worth more than a newsletter.
const schedulePriority = 3

// Rank is how much the mail of the campaign matters, 1 to message.MaxPriority.
func (k Campaign) Rank() int {
	switch {
	case k.Priority != 0:
		return k.Priority
	case k.On == OnSchedule:
		return schedulePriority
	}
	return message.DefaultPriority
}

func (c *compiler) priority(at string, k Campaign) {
	if k.Priority < 0 || k.Priority > message.MaxPriority {
		c.fault(at+"/priority", "a priority is 1 to %d; leave it out for the usual one", message.MaxPriority)
	}
}

package shop

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/web"
)

// box shows the run's mailbox to the pages.
type box struct{ mails local.Mailbox }

func (b box) List(_ context.Context, limit int, before string) ([]web.Stored, error) {
	var number uint64
	if before != "" {
		m, err := b.mails.Get(before)
		if err != nil {
			return nil, web.ErrNotFound
		}
		number = m.Number
	}
	mails, err := b.mails.List(number, limit)
	if err != nil {
		return nil, err
	}
	var list []web.Stored
	for _, m := range mails {
		list = append(list, stored(m))
	}
	return list, nil
}

func (b box) Get(_ context.Context, id string) (web.Stored, error) {
	m, err := b.mails.Get(id)
	if err != nil {
		return web.Stored{}, fmt.Errorf("%w: %w", web.ErrNotFound, err)
	}
	return stored(m), nil
}

func stored(m local.Mail) web.Stored {
	return web.Stored{ID: m.ID, At: m.At, From: m.From, To: strings.Join(m.To, ", "), Subject: m.Subject, Tags: m.Tags, Raw: m.Raw}
}

// desk shows a card to the pages.
type desk struct{ service *loyalty.Service }

// maxShown is how many entries and messages the page of a card shows.
const maxShown = 30

func (d desk) Card(ctx context.Context, number string) (web.CardView, error) {
	v, err := d.service.View(ctx, number)
	if errors.Is(err, loyalty.ErrNotFound) {
		return web.CardView{}, fmt.Errorf("%w: %w", web.ErrNotFound, err)
	}
	if err != nil {
		return web.CardView{}, err
	}
	page := web.CardView{
		Number: v.Head.ID, Name: strings.TrimSpace(v.Profile.Given + " " + v.Profile.Family), Status: v.Head.Status.String(),
		Points: v.Balance, Pending: v.Pending, Tier: v.Rules.TierName(v.Tier),
	}
	for _, c := range v.Coupons {
		title, _ := v.Rules.OfferText(c.Offer)
		page.Coupons = append(page.Coupons, web.CouponView{ID: c.ID, Title: title, State: "granted", ExpiresOn: c.ExpiresOn.String()})
	}
	page.Standing, page.Stamps = standing(v), stamps(v)
	entries, err := d.service.Entries(ctx, number, 0, maxShown)
	if err != nil {
		return web.CardView{}, err
	}
	for _, e := range entries {
		page.Entries = append(page.Entries, web.EntryView{At: e.At, Kind: e.Kind.String(), Cause: e.Cause, Points: e.Points, Balance: e.Balance})
	}
	messages, err := d.service.CardMessages(ctx, number)
	if err != nil {
		return web.CardView{}, err
	}
	for _, m := range messages[:min(maxShown, len(messages))] {
		view := web.MessageView{ID: m.ID, At: m.OrderedAt, Campaign: m.Campaign, State: string(m.State), Reason: string(m.Reason)}
		if m.ProviderID != "" {
			view.URL = "/mailbox/" + m.ProviderID
		}
		page.Messages = append(page.Messages, view)
	}
	return page, nil
}

// stamps is how far a card is on each goal.
func stamps(v loyalty.CardView) []web.StampView {
	show := func(n int64) string { return strconv.FormatInt(n, 10) }
	var list []web.StampView
	for _, s := range v.Rules.Progress(v.Head, v.At) {
		for _, g := range s.Goals {
			text := show(g.Have) + " of " + show(g.Of)
			switch g.Kind {
			case "spend":
				text = money.Amount{Minor: g.Have, Currency: v.Rules.Currency}.String() + " of " + money.Amount{Minor: g.Of, Currency: v.Rules.Currency}.String()
			case "days", "stores":
				text += " " + g.Kind
			}
			list = append(list, web.StampView{Title: s.Name, Goal: g.Kind, Have: min(max(g.Have, 0), g.Of), Of: g.Of, Text: text, Until: s.Until.String()})
		}
	}
	return list
}

// functions lists what runs and how often it was called.
func functions(r *local.Runtime) []web.FunctionView {
	counts := r.Counts()
	var list []web.FunctionView
	for _, f := range r.Template().Functions {
		view := web.FunctionView{
			Name: f.Name, Calls: counts["invocations{function="+f.Name+"}"], Failed: counts["errors{function="+f.Name+"}"],
		}
		for _, e := range f.Events {
			switch {
			case e.HTTP != nil:
				view.Triggers = append(view.Triggers, e.HTTP.Method+" "+e.HTTP.Path)
			case e.Queue != nil:
				view.Triggers = append(view.Triggers, "queue "+e.Queue.Queue)
			case e.Stream != nil:
				view.Triggers = append(view.Triggers, "stream of "+e.Stream.Table)
			case e.Schedule != nil:
				view.Triggers = append(view.Triggers, e.Schedule.Expression)
			case e.Rule != nil:
				view.Triggers = append(view.Triggers, "events of the mail service")
			}
		}
		list = append(list, view)
	}
	return list
}

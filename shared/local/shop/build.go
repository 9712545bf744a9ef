package shop

import (
	"context"
	"fmt"
	"maps"

	"github.com/regulars-dev/regulars/functions/anniversary"
	"github.com/regulars-dev/regulars/functions/broadcast"
	"github.com/regulars-dev/regulars/functions/campaign"
	"github.com/regulars-dev/regulars/functions/cart"
	"github.com/regulars-dev/regulars/functions/checkout"
	"github.com/regulars-dev/regulars/functions/feedback"
	"github.com/regulars-dev/regulars/functions/ingest"
	"github.com/regulars-dev/regulars/functions/journey"
	"github.com/regulars-dev/regulars/functions/person"
	"github.com/regulars-dev/regulars/functions/relay"
	"github.com/regulars-dev/regulars/functions/send"
	"github.com/regulars-dev/regulars/functions/tally"
	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/shared/edge"
	trail "github.com/regulars-dev/regulars/shared/edge/desk"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/loyalty"
	held "github.com/regulars-dev/regulars/shared/person"
	"github.com/regulars-dev/regulars/shared/store"
)

// builders makes each function of the template as its lambda/main.go does, over the ports of the run.
var builders = map[string]local.Builder{
	"TillFunction":        buildTill,
	"CheckoutFunction":    buildCheckout,
	"IngestFunction":      buildIngest,
	"CartFunction":        buildCart,
	"AnniversaryFunction": buildAnniversary,
	"BroadcastFunction":   buildBroadcast,
	"JourneyFunction":     Options{}.buildJourney,
	"SendFunction":        Options{}.buildSend,
	"FeedbackFunction":    buildFeedback,
	"RelayFunction":       buildRelay,
	"TallyFunction":       buildTally,
	"CampaignFunction":    buildCampaign,
	"PersonFunction":      Options{}.buildPerson,
}

// service is the use cases over the items as the function may use them.
func service(f local.FunctionEnv) (*loyalty.Service, *store.Store) {
	s, kept := store.NewService(f.Items, f.Now)
	s.Trail = trail.Trail(f.Log)
	return s, kept
}

func configured[C any](f local.FunctionEnv) (C, error) {
	var cfg C
	if err := edge.LoadConfig(&cfg, f.Lookup); err != nil {
		return cfg, fmt.Errorf("settings of %s: %w", f.Function.Name, err)
	}
	return cfg, nil
}

func buildTill(f local.FunctionEnv) (edge.Handler, error) {
	cfg, err := configured[till.Config](f)
	if err != nil {
		return nil, err
	}
	s, kept := service(f)
	s.Letters = &loyalty.Letters{Secrets: cfg.LinkSecrets}
	s.MailQueue = f.Queue(cfg.MailQueueURL)
	return till.New(till.Deps{Service: s, Keys: kept, Misses: kept, Log: f.Log}), nil
}

func buildCampaign(f local.FunctionEnv) (edge.Handler, error) {
	if _, err := configured[campaign.Config](f); err != nil {
		return nil, err
	}
	s, kept := service(f)
	return campaign.New(s, kept, kept.Authors, f.Log), nil
}

func (o Options) buildPerson(f local.FunctionEnv) (edge.Handler, error) {
	cfg, err := configured[person.Config](f)
	if err != nil {
		return nil, err
	}
	s, kept := service(f)
	desk := held.Desk{Items: f.Items, Store: kept, Service: s, Secrets: cfg.LinkSecrets}
	if o.beside != nil {
		desk.Beside = o.beside
	}
	return person.New(s, kept, desk, f.Log), nil
}

func buildCheckout(f local.FunctionEnv) (edge.Handler, error) {
	if _, err := configured[checkout.Config](f); err != nil {
		return nil, err
	}
	s, kept := service(f)
	return checkout.New(s, kept, f.Log), nil
}

func buildIngest(f local.FunctionEnv) (edge.Handler, error) {
	cfg, err := configured[ingest.Config](f)
	if err != nil {
		return nil, err
	}
	_, kept := service(f)
	return ingest.New(cfg, ingest.Deps{
		Queue: f.Queue(cfg.IngestQueueURL), Bus: f.Bus(cfg.BusName), Cards: ingest.ByIdentity(kept), Inbox: kept, Now: f.Now, Log: f.Log,
	}), nil
}

func buildCart(f local.FunctionEnv) (edge.Handler, error) {
	cfg, err := configured[cart.Config](f)
	if err != nil {
		return nil, err
	}
	s, kept := service(f)
	s.MailQueue = f.Queue(cfg.MailQueueURL)
	return cart.New(s, kept, f.Log), nil
}

func buildAnniversary(f local.FunctionEnv) (edge.Handler, error) {
	if _, err := configured[anniversary.Config](f); err != nil {
		return nil, err
	}
	s, kept := service(f)
	return anniversary.New(s, kept, store.DateChange, f.Log), nil
}

func buildBroadcast(f local.FunctionEnv) (edge.Handler, error) {
	cfg, err := configured[broadcast.Config](f)
	if err != nil {
		return nil, err
	}
	s, _ := service(f)
	s.BroadcastQueue, s.BulkQueue = f.Queue(cfg.BroadcastQueueURL), f.Queue(cfg.BulkMailQueueURL)
	return broadcast.New(s, f.Log), nil
}

func (o Options) buildJourney(f local.FunctionEnv) (edge.Handler, error) {
	cfg, err := configured[journey.Config](f)
	if err != nil {
		return nil, err
	}
	s, _ := service(f)
	s.MailQueue, s.Bus, s.Hooks = f.Queue(cfg.MailQueueURL), f.Bus(cfg.BusName), o.Hooks
	if o.Hooks == nil {
		s.Hooks = nobody{}
	}
	return journey.New(s, f.Log), nil
}

// builders are those of the template, with the mail service that the person chose.
func (o Options) builders() map[string]local.Builder {
	chosen := maps.Clone(builders)
	chosen["SendFunction"], chosen["JourneyFunction"], chosen["PersonFunction"] = o.buildSend, o.buildJourney, o.buildPerson
	return chosen
}

func (o Options) buildSend(f local.FunctionEnv) (edge.Handler, error) {
	cfg, err := configured[send.Config](f)
	if err != nil {
		return nil, err
	}
	s, kept := service(f)
	s.MailQueue, s.Bus, s.Mailer = f.Queue(cfg.MailQueueURL), f.Bus(cfg.BusName), f.Mailer(cfg.ConfigurationSet)
	s.BulkQueue = f.Queue(cfg.BulkMailQueueURL)
	if o.Mailer != nil {
		s.Mailer = o.Mailer(cfg.ConfigurationSet)
	}
	if s.Letters = cfg.Letters(); o.writes != nil {
		*o.writes = *s.Letters
	}
	return send.New(s, kept, f.Log), nil
}

func buildFeedback(f local.FunctionEnv) (edge.Handler, error) {
	cfg, err := configured[feedback.Config](f)
	if err != nil {
		return nil, err
	}
	s, kept := service(f)
	s.Bus = f.Bus(cfg.BusName)
	return feedback.New(s, kept, f.Log), nil
}

func buildRelay(f local.FunctionEnv) (edge.Handler, error) {
	cfg, err := configured[relay.Config](f)
	if err != nil {
		return nil, err
	}
	s, _ := service(f)
	s.MailQueue, s.Bus = f.Queue(cfg.MailQueueURL), f.Bus(cfg.BusName)
	return relay.New(s, store.HeadChange, store.ExpiringChange, store.PlaceChange, f.Log), nil
}

func buildTally(f local.FunctionEnv) (edge.Handler, error) {
	cfg, err := configured[tally.Config](f)
	if err != nil {
		return nil, err
	}
	s, _ := service(f)
	s.Bus = f.Bus(cfg.BusName)
	return tally.New(s, store.MessageChange, f.Log), nil
}

// nobody takes every call of a webhook and tells nobody.
type nobody struct{}

func (nobody) Call(context.Context, loyalty.HookCall) error { return nil }

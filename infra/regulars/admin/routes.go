package admin

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/regulars-dev/regulars/shared/acts"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// route is one door below /local/. changes names what a person changes by it; "" where it only reads.
type route struct {
	pattern string
	do      func(*handler, http.ResponseWriter, *http.Request)
	changes string
}

// routes lists all doors but those of the till, which lie below /local/v1/. All ask for the token and for this machine.
var routes = []route{
	{"GET /local/keys", (*handler).listKeys, ""},
	{"POST /local/keys", (*handler).createKey, "key.create"},
	{"POST /local/keys/{id}/revoke", (*handler).revokeKey, "key.revoke"},
	{"POST /local/keys/{id}/rotate", (*handler).rotateKey, "key.rotate"},
	{"GET /local/batches", (*handler).listBatches, ""},
	{"POST /local/batches", (*handler).makeBatch, "code.make"},
	{"GET /local/batches/{batch}/codes", (*handler).batchCodes, ""},
	{"POST /local/batches/{batch}/void", (*handler).voidBatch, "code.void_batch"},
	{"GET /local/codes/{code}", (*handler).showCode, ""},
	{"POST /local/codes/{code}/void", (*handler).voidCode, "code.void"},
	{"GET /local/programme", (*handler).showProgramme, ""},
	{"POST /local/programme", (*handler).publishProgramme, "programme.publish"},
	{"GET /local/programme/history", (*handler).listVersions, ""},
	{"GET /local/campaigns", (*handler).listCampaigns, ""},
	{"GET /local/campaigns/{id}", (*handler).showCampaign, ""},
	{"GET /local/campaigns/{id}/results", (*handler).campaignResults, ""},
	{"GET /local/campaigns/{id}/plan", (*handler).campaignPlan, ""},
	{"POST /local/campaigns/{id}/{verb}", (*handler).steerCampaign, "campaign.steer"},
	{"GET /local/offers", (*handler).listOffers, ""},
	{"POST /local/offers/{id}/{verb}", (*handler).steerOffer, "offer.steer"},
	{"POST /local/simulate", (*handler).simulate, ""},
	{"POST /local/why", (*handler).why, ""},
	{"POST /local/journeys", (*handler).journeys, ""},
	{"POST /local/journeys/list", (*handler).underWay, ""},
	{"POST /local/journeys/stop", (*handler).stopJourney, "journey.stop"},
	{"POST /local/journeys/move", (*handler).moveJourneys, "journey.move"},
	{"GET /local/receipts/{store}/{till}/{number}/explanation", (*handler).explainReceipt, ""},
	{"GET /local/templates", (*handler).listTemplates, ""},
	{"POST /local/templates/preview", (*handler).previewTemplate, ""},
	{"POST /local/templates/test", (*handler).testTemplate, "template.test"},
	{"POST /local/replay", (*handler).replay, "replay"},
	{"GET /local/dead-letters", (*handler).deadLetters, ""},
	{"GET /local/dead-letters/all", (*handler).listDead, ""},
	{"POST /local/dead-letters/{id}/replay", (*handler).againDead, "dead_letter.replay"},
	{"POST /local/dead-letters/{id}/drop", (*handler).dropDead, "dead_letter.drop"},
	{"GET /local/inbox", (*handler).listInbox, ""},
	{"GET /local/inbox/{id}", (*handler).showParked, ""},
	{"POST /local/inbox/{id}/replay", (*handler).replayParked, "inbox.replay"},
	{"POST /local/inbox/{id}/drop", (*handler).dropParked, "inbox.drop"},
	{"POST /local/verify", (*handler).verify, ""},
	{"POST /local/verify/replay", (*handler).replayAll, ""},
	{"POST /local/report/liability", (*handler).liability, ""},
	{"POST /local/repost", (*handler).repost, "repost"},
	{"POST /local/export", (*handler).export, ""},
	{"GET /local/segments", (*handler).listSegments, ""},
	{"POST /local/segments/{id}/count", (*handler).countSegment, ""},
	{"GET /local/segments/{id}/cards/{card}", (*handler).explainSegment, ""},
	{"POST /local/scores", (*handler).scoreCards, ""},
	{"GET /local/lists", (*handler).allLists, ""},
	{"PUT /local/lists/{id}", (*handler).makeList, "list.make"},
	{"POST /local/lists/{id}/cards", (*handler).listCards, "list.cards"},
	{"POST /local/lists/{id}/count", (*handler).countList, ""},
	{"POST /local/lists/{id}/delete", (*handler).deleteList, "list.delete"},
	{"POST /local/person/export", (*handler).exportPerson, "person.export"},
	{"POST /local/person/erase", (*handler).erasePerson, "person.erase"},
	{"GET /local/acts", (*handler).listActs, ""},
	{"GET /local/suppressions", (*handler).listSuppressions, ""},
	{"POST /local/suppressions", (*handler).addSuppressions, "suppression.add"},
	{"POST /local/suppressions/lift", (*handler).liftSuppressions, "suppression.lift"},
}

// Door is one door of this machine's own. Changes names what a person changes by it, "" for one that only reads.
type Door struct{ Pattern, Changes string }

// Doors lists every door, for tables that people read.
func Doors() []Door {
	list := make([]Door, 0, len(routes))
	for _, rt := range routes {
		list = append(list, Door{Pattern: rt.pattern, Changes: rt.changes})
	}
	return list
}

// entered is the door at work. What changes something is put on record by the names that stand in its path.
func (h *handler) entered(rt route) http.HandlerFunc {
	do := func(w http.ResponseWriter, r *http.Request) { rt.do(h, w, r) }
	if rt.changes == "" {
		return do
	}
	return func(w http.ResponseWriter, r *http.Request) {
		var on []string
		for _, name := range inPath.FindAllStringSubmatch(rt.pattern, -1) {
			on = append(on, r.PathValue(name[1]))
		}
		act := loyalty.Act{What: rt.changes, On: strings.Join(on, " "), Through: "the command"}
		acts.Desk{Acts: h.Service.Acts, Now: h.Now, Fault: h.Fault}.Serve(w, r, act, do)
	}
}

var inPath = regexp.MustCompile(`\{(\w+)\}`)

// onRecord puts before and after on record.
func onRecord(r *http.Request, on, before, after string) {
	acts.Tell(r.Context(), acts.Told{On: on, Before: before, After: after})
}

// broken puts on record that an act failed although its answer had begun.
func broken(r *http.Request) { acts.Tell(r.Context(), acts.Told{Failed: true}) }

// said is a key in a line for the record.
func (k Key) said() string {
	text := fmt.Sprintf("key %s of store %s, %q", k.ID, k.Store, k.Name)
	for _, right := range k.May {
		text += ", " + string(right)
	}
	if k.RevokedAt != nil {
		text += ", good until " + k.RevokedAt.Format(dayAndTime)
	}
	return text
}

const dayAndTime = "2006-01-02 15:04"

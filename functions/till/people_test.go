package till_test

import "strings"

// peoplesStory are the examples of what people do, with keys of their own, behind what tills do.
func peoplesStory(w *world) []asked {
	card := "/v1/cards/" + w.card(2)
	const steer = "POST /v1/campaigns/{id}/{verb}"
	return []asked{
		{"GET /v1/receipts/{store}/{till}/{number}/explanation", "/v1/receipts/0042/03/000173/explanation", "receipt", 200},
		{"GET /v1/receipts/{store}/{till}/{number}/explanation", "/v1/receipts/0043/03/000173/explanation", "not_yours", 403},
		{"GET /v1/receipts/{store}/{till}/{number}/explanation", "/v1/receipts/0042/03/999/explanation", "unknown_receipt", 404},
		{"GET /v1/cards/{number}/export", card + "/export", "all", 200},
		{"GET /v1/cards/{number}/export", card + "/export?after=1AAAA", "foreign_place", 422},
		{"POST /v1/cards/{number}/erase", card + "/erase", "faulty", 422},
		{"POST /v1/cards/{number}/erase", card + "/erase", "asked", 200},
		{"POST /v1/cards/{number}/erase", card + "/erase", "again", 200},
		{"PATCH /v1/cards/{number}", card, "erased", 409},
		{steer, "/v1/campaigns/big/draft", "drafted", 200},
		{steer, "/v1/campaigns/big/approve", "own_campaign", 403},
		{steer, "/v1/campaigns/big/approve?by=another", "approved", 200},
		{steer, "/v1/campaigns/big/start", "started", 200},
		{steer, "/v1/campaigns/big/pause", "paused", 200},
		{steer, "/v1/campaigns/big/pause", "repeated", 200},
		{steer, "/v1/campaigns/big/resume", "steered", 409},
		{steer, "/v1/campaigns/big/kill", "no_reason", 422},
		{steer, "/v1/campaigns/*/kill", "all", 200},
	}
}

// keyOf is whose key an example is sent with.
func keyOf(a asked) string {
	switch {
	case a.example == "approved":
		return "Jon"
	case strings.HasSuffix(a.operation, "/{verb}"):
		return "Mira"
	case marketers(a.operation) && a.example != "one_store":
		return "all"
	}
	if strings.HasSuffix(a.operation, "/export") || strings.HasSuffix(a.operation, "/erase") {
		return "Ida"
	}
	return "0042"
}

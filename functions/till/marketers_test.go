package till_test

// marketersStory are the examples of what a marketer's system reads and asks for, with a key of all stores.
func marketersStory(w *world) []asked {
	const ask = "POST /v1/campaigns/{id}/cards/{number}"
	return []asked{
		{"GET /v1/campaigns", "/v1/campaigns", "list", 200},
		{"GET /v1/campaigns", "/v1/campaigns", "one_store", 403},
		{"GET /v1/campaigns/{id}", "/v1/campaigns/recall", "campaign", 200},
		{"GET /v1/campaigns/{id}", "/v1/campaigns/none", "unknown", 404},
		{ask, "/v1/campaigns/recall/cards/" + w.card(1), "asked", 201},
		{ask, "/v1/campaigns/recall/cards/" + w.card(1), "repeated", 200},
		{ask, "/v1/campaigns/none/cards/" + w.card(1), "unknown", 404},
		{ask, "/v1/campaigns/big/cards/" + w.card(1), "not_asked", 409},
		{"GET /v1/campaigns/{id}/results", "/v1/campaigns/recall/results", "results", 200},
		{"GET /v1/campaigns/{id}/results", "/v1/campaigns/none/results", "unknown", 404},
		{"GET /v1/segments", "/v1/segments", "list", 200},
	}
}

// marketers tells whether an example is one of theirs.
func marketers(operation string) bool {
	switch operation {
	case "GET /v1/campaigns", "GET /v1/campaigns/{id}", "GET /v1/campaigns/{id}/results", "GET /v1/segments", "POST /v1/campaigns/{id}/cards/{number}":
		return true
	}
	return false
}

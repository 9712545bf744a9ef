package till_test

import "strings"

// peoplesStory are the examples of what people do, with keys of their own, behind what tills do.
func peoplesStory(*world) []asked {
	const steer = "POST /v1/campaigns/{id}/{verb}"
	return []asked{
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
	}
	return "0042"
}

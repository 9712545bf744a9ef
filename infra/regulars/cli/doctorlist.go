package cli

import "slices"

// check is one thing that the doctor looks at, on one machine and on a deployment alike, and why it may not apply to either.
type check struct{ what, here, deployed string }

// checks are all of them, in the order in which they are told. An empty reason: it applies, or hangs on something that is ill.
var checks = []check{
	{what: "folder", deployed: "a deployment keeps nothing on this machine"},
	{what: "store"},
	{what: "programme"},
	{what: "keys"},
	{what: "inbox"},
	{what: "queues", deployed: "an alarm for each queue of dead letters tells (infra/runbooks/DeadLetterAlarm.md)"},
	{what: "mail", here: "the mailbox takes every e-mail"},
	{what: "template"},
	{what: "clock"},
	{what: "port", here: "the server is running and has one", deployed: "nothing listens on this machine"},
}

// unlooked is said of what could not be looked at, since what it hangs on is ill or not there.
const unlooked = "not looked at: something above has to be there first"

// inOrder tells of every check, by the same names and in the same order wherever the shop runs. Nothing that was found is left out, not even
// a second fault of one thing.
func (c *call) inOrder(found []finding) (list []finding) {
	for _, k := range checks {
		before := len(list)
		for _, f := range found {
			if f.What == k.what {
				list = append(list, f)
			}
		}
		if len(list) > before {
			continue
		}
		why := k.here
		if c.aws {
			why = k.deployed
		}
		if why == "" {
			why = unlooked
		}
		list = append(list, finding{none, k.what, why})
	}
	for _, f := range found {
		if !slices.ContainsFunc(checks, func(k check) bool { return k.what == f.What }) {
			list = append(list, f)
		}
	}
	return list
}

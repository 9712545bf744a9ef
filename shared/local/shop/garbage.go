package shop

import "runtime/debug"

// garbagePercent is how much memory may be garbage, in hundredths of what is in use, before it is collected. A shop that sends has some ten
// megabytes in use and makes 120 KB of garbage with each e-mail: at Go's own 100 a sixth of the processor's time goes into collecting,
// at 200 a twelfth, for some 20 MB more.
const garbagePercent = 200

// SpareProcessor lets a process that is a shop collect garbage more seldom than Go does by itself. Where the environment has GOGC that holds, and
// GOMEMLIMIT bounds the memory in either case. Call it once, at the start.
func SpareProcessor(environment func(name string) (string, bool)) {
	if _, said := environment("GOGC"); !said {
		debug.SetGCPercent(garbagePercent)
	}
}

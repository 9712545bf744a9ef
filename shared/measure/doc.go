// Package measure says what a campaign brought: how many more shoppers bought, and how much more they spent, than those whom it left alone,
// and how sure one may be of that.
//
// It is arithmetic over two groups and nothing else. Groups are counted as they were assigned, whether or not a message reached them: whoever
// leaves out the shoppers that got no mail compares the reachable with everybody. Figures here are estimates, so they are floating; no price
// and no point is ever made of one.
package measure

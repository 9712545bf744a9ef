package measure

import "math"

// Rate is how many of a group did something: bought, visited, came back.
type Rate struct {
	People int64
	Did    int64
}

// Of is the share that did; 0 of an empty group.
func (r Rate) Of() float64 {
	if r.People == 0 {
		return 0
	}
	return float64(r.Did) / float64(r.People)
}

// Amount is what a group spent: how many people, what each spent on average, and the variance of that over all people, also those who
// spent nothing.
type Amount struct {
	People   int64
	Mean     float64
	Variance float64
}

// AmountOf is an Amount from running sums: of what each person spent, and of its square.
func AmountOf(people int64, sum, squares float64) Amount {
	if people < 2 {
		return Amount{People: people, Mean: sum / math.Max(1, float64(people))}
	}
	n := float64(people)
	return Amount{People: people, Mean: sum / n, Variance: math.Max(0, (squares-sum*sum/n)/(n-1))}
}

// Lift is the difference between the group that was treated and the one that was held out.
type Lift struct {
	Value float64
	Error float64 // standard error
	Low   float64 // of the interval of Confidence
	High  float64
}

// Proven reports whether the whole interval lies on one side of nothing.
func (l Lift) Proven() bool { return l.Low > 0 || l.High < 0 }

// Times is the lift over so many people: of a difference of rates the people more who bought.
func (l Lift) Times(people int64) Lift {
	n := float64(people)
	return Lift{Value: l.Value * n, Error: l.Error * n, Low: l.Low * n, High: l.High * n}
}

// Rates is the lift of a rate. Its interval is Newcombe's: the two Wilson score intervals, joined as independent (Newcombe 1998, method
// 10). It keeps within what rates can be and holds for small groups, where the plain formula does not.
func Rates(treated, held Rate) Lift {
	if treated.People == 0 || held.People == 0 {
		return unknown()
	}
	p, q := treated.Of(), held.Of()
	value := p - q
	error2 := p*(1-p)/float64(treated.People) + q*(1-q)/float64(held.People)
	lowP, highP := wilson(treated)
	lowQ, highQ := wilson(held)
	return Lift{
		Value: value, Error: math.Sqrt(error2),
		Low: value - math.Hypot(p-lowP, highQ-q), High: value + math.Hypot(highP-p, q-lowQ),
	}
}

// Alone is a rate by itself, with its Wilson score interval.
func Alone(r Rate) Lift {
	if r.People == 0 {
		return unknown()
	}
	low, high := wilson(r)
	return Lift{Value: r.Of(), Low: low, High: high}
}

// wilson is the score interval of one rate (Wilson 1927).
func wilson(r Rate) (low, high float64) {
	n, p, z := float64(r.People), r.Of(), normal(0.5+Confidence/2)
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return middle - half, middle + half
}

// Amounts is the lift of what a person spends. Its interval is Welch's: the groups may spread differently, as the treated ones do when a
// campaign works.
func Amounts(treated, held Amount) Lift {
	if treated.People < 2 || held.People < 2 {
		return unknown()
	}
	a, b := treated.Variance/float64(treated.People), held.Variance/float64(held.People)
	value := treated.Mean - held.Mean
	if a+b == 0 {
		return Lift{Value: value, Low: value, High: value}
	}
	freedom := (a + b) * (a + b) / (a*a/float64(treated.People-1) + b*b/float64(held.People-1))
	err := math.Sqrt(a + b)
	reach := student(0.5+Confidence/2, freedom) * err
	return Lift{Value: value, Error: err, Low: value - reach, High: value + reach}
}

// unknown is the lift of groups too small to have one.
func unknown() Lift {
	return Lift{Error: math.Inf(1), Low: math.Inf(-1), High: math.Inf(1)}
}

// Split tells whether two groups have the sizes that they were meant to have: chi is Pearson's chi-square with one degree of freedom, p the
// probability of a split at least so far off by chance. share is the part of the people that were meant for the first group, above 0 and
// below 1.
func Split(first, second int64, share float64) (chi, p float64) {
	n := float64(first + second)
	if n == 0 {
		return 0, 1
	}
	off := float64(first) - n*share
	chi = off*off/(n*share) + off*off/(n*(1-share))
	return chi, math.Erfc(math.Sqrt(chi / 2))
}

// PeopleNeeded is how many people each of two equal groups wants so that a rise from one rate to another is found in four of five cases,
// at the usual two-sided five per cent (Fleiss, Levin and Paik 2003, formula 4.14 without continuity).
func PeopleNeeded(from, to float64) int64 {
	if from == to {
		return math.MaxInt64
	}
	const power = 0.8
	mean := (from + to) / 2
	root := normal(0.5+Confidence/2)*math.Sqrt(2*mean*(1-mean)) + normal(power)*math.Sqrt(from*(1-from)+to*(1-to))
	return int64(math.Ceil(root * root / ((to - from) * (to - from))))
}

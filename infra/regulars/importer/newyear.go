package importer

// What makes birthdays on the first of January look like a default that stands where nobody knew the day. Few of them are chance.
const (
	newYearTimes = 3  // times the mean day
	newYearFew   = 10 // shoppers
	daysAYear    = 365
)

// countBirthdays counts the birthdays of those who are taken, and how many of them are on the first of January.
func (r *ShopperReport) countBirthdays(people []person) {
	for _, p := range people {
		switch b := p.profile.Birthday; {
		case b.Month == 0:
		case b.Month == 1 && b.Day == 1:
			r.NewYear++
			r.Birthdays++
		default:
			r.Birthdays++
		}
	}
	r.NewYearDoubtful = r.NewYear >= newYearFew && r.NewYear*daysAYear > newYearTimes*r.Birthdays
}

package till

// Doors lists every door as "METHOD /path".
func Doors() []string {
	var list []string
	for _, rt := range routes {
		list = append(list, rt.method+" "+rt.path)
	}
	return list
}

// WhyNotTaken is the words for each reason of a coupon that was not taken.
func WhyNotTaken() map[string]string { return whyNotTaken }

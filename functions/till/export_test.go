package till

// WhyNotTaken is the words for each reason of a coupon that was not taken.
func WhyNotTaken() map[string]string { return whyNotTaken }

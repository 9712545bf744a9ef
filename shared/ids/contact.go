package ids

import (
	"strings"
)

// Email is an e-mail address with its domain in lower case, and false for what is none. It asks for the shape that a mail server can take (ASCII, one "@", a
// domain with a dot), not for all that RFC 5322 allows.
func Email(text string) (string, bool) {
	local, domain, found := strings.Cut(text, "@")
	if !found || local == "" || len(local) > maxLocalPart || len(text) > MaxEmail || strings.Contains(domain, "@") {
		return "", false
	}
	for i := range len(local) {
		if c := local[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),:;<>[\]`, c) >= 0 {
			return "", false
		}
	}
	if strings.Contains(local, "=?") { // an encoded word, which some mail systems read as another address
		return "", false
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return "", false
	}
	domain = strings.ToLower(domain)
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if !validLabel(label) {
			return "", false
		}
	}
	if len(labels) < 2 || onlyDigits(labels[len(labels)-1]) {
		return "", false
	}
	return local + "@" + domain, true
}

// validLabel reports whether s may stand between the dots of a domain name.
func validLabel(s string) bool {
	const maxLabel = 63 // bytes, RFC 1035
	if s == "" || len(s) > maxLabel || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// phoneIn is a phone number without its decoration: "+" and digits if it was typed with "+" or "00", else national digits.
func phoneIn(text string) (string, bool) {
	text = strings.Replace(text, "(0)", "", 1) // "+49 (0)170": the zero is dialled only inside the country
	international := strings.HasPrefix(text, "+")
	var digits strings.Builder
	for _, r := range strings.TrimPrefix(text, "+") {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case joinsDigits(r) || strings.ContainsRune("()/.", r):
		default:
			return "", false
		}
	}
	number := digits.String()
	if rest, ok := strings.CutPrefix(number, "00"); ok && !international {
		international, number = true, rest
	}
	if international {
		return "+" + number, len(number) > minPhoneDigits && len(number) <= maxPhoneDigits && number[0] != '0'
	}
	longest := maxNational - 1
	if strings.HasPrefix(number, "0") {
		longest = maxNational
	}
	return number, len(number) >= minPhoneDigits && len(number) <= longest
}

// E164 is a phone number as Scan gives it, in the one form for look-ups: "+" and digits. callingCode is the shop's country, such as
// "49". A national number loses the digit that is dialled only inside the country: the leading zero (in Italy it
// belongs to the number and stays), in North America the one. It is false for a calling
// code that is not one to three digits and for a number that becomes too long.
func E164(phone, callingCode string) (string, bool) {
	if strings.HasPrefix(phone, "+") {
		return phone, onlyDigits(phone[1:]) && len(phone)-1 <= maxPhoneDigits
	}
	if !onlyDigits(phone) || !onlyDigits(callingCode) || len(callingCode) > 3 || callingCode[0] == '0' {
		return "", false
	}
	switch {
	case callingCode == "1" && len(phone) == 11:
		phone = strings.TrimPrefix(phone, "1")
	case callingCode != "39":
		phone = strings.TrimPrefix(phone, "0")
	}
	number := "+" + callingCode + phone
	return number, len(number)-1 <= maxPhoneDigits
}

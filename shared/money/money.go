// Package money keeps amounts exact: integer minor units of a named currency, one rounding function, one proration function.
package money

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Currency is an ISO 4217 code in capitals, such as "EUR".
type Currency string

// Amount is money: Minor units of Currency (1999 EUR is 19.99). The zero Amount is no money in no currency.
type Amount struct {
	Minor    int64    `json:"amount"`
	Currency Currency `json:"currency"`
}

// MaxMinor bounds one amount at the door: 10 billion minor units, so that no sum of 500 lines and no product with basis
// points leaves int64.
const MaxMinor = 10_000_000_000

// ErrInvalid is wrapped by every refusal of this package.
var ErrInvalid = errors.New("invalid amount")

// exponents lists the ISO 4217 currencies whose minor unit is not a hundredth (list of 2024-06); known lists the others
// that we accept.
var exponents = map[Currency]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "VND": 0,
	"VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}

const known = " AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP " +
	"CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES " +
	"KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD " +
	"PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY " +
	"TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG "

// Exponent is the number of decimals of the currency. It returns ErrInvalid for a code that is not in ISO 4217.
func (c Currency) Exponent() (int, error) {
	if e, ok := exponents[c]; ok {
		return e, nil
	}
	if len(c) == 3 && strings.Contains(known, " "+string(c)+" ") {
		return 2, nil
	}
	return 0, fmt.Errorf("%w: %q is not an ISO 4217 currency", ErrInvalid, string(c))
}

// Parse reads a decimal text such as "409.94" or "10.0" as an amount of c. More decimals than c has are refused unless
// they are zeros; so is anything that is not a plain decimal number within MaxMinor.
func Parse(text string, c Currency) (Amount, error) {
	exp, err := c.Exponent()
	if err != nil {
		return Amount{}, err
	}
	refuse := func(why string) (Amount, error) {
		return Amount{}, fmt.Errorf("%w: %q %s", ErrInvalid, text, why)
	}
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if whole == "" || len(whole) > 14 || !allDigits(whole) || !allDigits(fraction) || strings.HasSuffix(digits, ".") {
		return refuse("is not a decimal number")
	}
	if len(fraction) > exp {
		if strings.Trim(fraction[exp:], "0") != "" {
			return refuse(fmt.Sprintf("has more than the %d decimals of %s", exp, c))
		}
		fraction = fraction[:exp]
	}
	minor, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", exp-len(fraction)), 10, 64)
	if err != nil || minor > MaxMinor {
		return refuse("is larger than we accept")
	}
	if negative {
		minor = -minor
	}
	return Amount{Minor: minor, Currency: c}, nil
}

// allDigits reports whether s holds nothing but ASCII digits; it is true of "".
func allDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// String writes the amount as a decimal with its currency: "19.99 EUR".
func (a Amount) String() string {
	exp, err := a.Currency.Exponent()
	if err != nil {
		exp = 0
	}
	sign := ""
	if a.Minor < 0 {
		sign = "-"
	}
	digits := strconv.FormatUint(magnitude(a.Minor), 10)
	if exp > 0 {
		digits = strings.Repeat("0", max(0, exp+1-len(digits))) + digits
		digits = digits[:len(digits)-exp] + "." + digits[len(digits)-exp:]
	}
	return strings.TrimSpace(sign + digits + " " + string(a.Currency))
}

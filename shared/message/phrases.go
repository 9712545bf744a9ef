package message

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// phrase holds the few words that blocks say by themselves, in one language.
type phrase struct {
	points, card, tier, validUntil, total, unsubscribe string
	more                                               string // "and %d more"
	why                                                string // "%s": the shop
	date                                               string // layout of time.Format
	group, mark                                        string // between thousands, and before the cents
	longer                                             bool   // numbers of four digits stand without the sign between thousands
	rightToLeft                                        bool
}

var phrases = map[string]phrase{
	"en": {
		points: "points", card: "Card", tier: "Tier", validUntil: "Valid until", total: "Total", unsubscribe: "Unsubscribe",
		more: "and %d more", why: "You receive this e-mail because you agreed to news from %s.", date: "2 January 2006",
		group: ",", mark: ".",
	},
	"de": {
		points: "Punkte", card: "Karte", tier: "Status", validUntil: "Gültig bis", total: "Summe", unsubscribe: "Abmelden",
		more: "und %d weitere", why: "Sie erhalten diese E-Mail, weil Sie Nachrichten von %s zugestimmt haben.", date: "02.01.2006",
		group: ".", mark: ",",
	},
	"fr": {
		points: "points", card: "Carte", tier: "Statut", validUntil: "Valable jusqu’au", total: "Total", unsubscribe: "Se désabonner",
		more: "et %d de plus", why: "Vous recevez cet e-mail parce que vous avez accepté les messages de %s.", date: "02/01/2006",
		group: "\u00a0", mark: ",",
	},
	"es": {
		points: "puntos", card: "Tarjeta", tier: "Nivel", validUntil: "Válido hasta el", total: "Total", unsubscribe: "Darse de baja",
		more: "y %d más", why: "Recibe este correo porque aceptó las comunicaciones de %s.", date: "02/01/2006",
		group: ".", mark: ",", longer: true,
	},
	"it": {
		points: "punti", card: "Carta", tier: "Livello", validUntil: "Valido fino al", total: "Totale", unsubscribe: "Annulla l’iscrizione",
		more: "e altri %d", why: "Ricevi questa e-mail perché hai accettato le comunicazioni di %s.", date: "02/01/2006",
		group: ".", mark: ",",
	},
	"nl": {
		points: "punten", card: "Kaart", tier: "Status", validUntil: "Geldig tot en met", total: "Totaal", unsubscribe: "Afmelden",
		more: "en nog %d", why: "U ontvangt deze e-mail omdat u akkoord ging met berichten van %s.", date: "02-01-2006",
		group: ".", mark: ",",
	},
	"pt": {
		points: "pontos", card: "Cartão", tier: "Nível", validUntil: "Válido até", total: "Total", unsubscribe: "Cancelar subscrição",
		more: "e mais %d", why: "Recebe este e-mail porque aceitou as comunicações de %s.", date: "02/01/2006",
		group: "\u00a0", mark: ",", longer: true,
	},
	"pl": {
		points: "pkt", card: "Karta", tier: "Poziom", validUntil: "Ważne do", total: "Razem", unsubscribe: "Wypisz się",
		more: "i jeszcze %d", why: "Otrzymujesz tę wiadomość, ponieważ zgodzono się na wiadomości od %s.", date: "02.01.2006",
		group: "\u00a0", mark: ",", longer: true,
	},
	"ar": {
		points: "نقطة", card: "البطاقة", tier: "الفئة", validUntil: "صالح حتى", total: "المجموع", unsubscribe: "إلغاء الاشتراك",
		more: "و%d أخرى", why: "تصلك هذه الرسالة لأنك وافقت على تلقي رسائل %s.", date: "02/01/2006", rightToLeft: true,
		group: ",", mark: ".",
	},
	"he": {
		points: "נקודות", card: "כרטיס", tier: "דרגה", validUntil: "בתוקף עד", total: "סך הכול", unsubscribe: "הסרה מרשימת התפוצה",
		more: "ועוד %d", why: "קיבלת הודעה זו כי הסכמת לקבל הודעות מאת %s.", date: "02.01.2006", rightToLeft: true,
		group: ",", mark: ".",
	},
	"fa": {
		points: "امتیاز", card: "کارت", tier: "سطح", validUntil: "معتبر تا", total: "جمع", unsubscribe: "لغو اشتراک",
		more: "و %d مورد دیگر", why: "این ایمیل را دریافت می\u200cکنید چون با دریافت پیام\u200cهای %s موافقت کرده\u200cاید.", date: "2006/01/02", rightToLeft: true,
		group: ",", mark: ".",
	},
}

// Languages lists the languages that templates may be written in.
func Languages() []string {
	return slices.Sorted(maps.Keys(phrases))
}

// day writes YYYY-MM-DD as the language does; anything else is shown as it came.
func (p *phrase) day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format(p.date)
}

// fill replaces the one verb of a phrase.
func fill(phrase, value string) string {
	before, after, ok := strings.Cut(phrase, "%s")
	if !ok {
		before, after, _ = strings.Cut(phrase, "%d")
	}
	return before + value + after
}

// number writes a count as the language does: 1,234 or 1.234.
func (p *phrase) number(n int64) string {
	plain := digits(n)
	sign := len(plain) - len(strings.TrimPrefix(plain, "-"))
	least := 3
	if p.longer {
		least = 4
	}
	if len(plain)-sign <= least {
		return plain
	}
	for at := len(plain) - 3; at > sign; at -= 3 {
		plain = plain[:at] + p.group + plain[at:]
	}
	return plain
}

// amount writes "1234.50 EUR" as the language does; a text of another shape is shown as it came.
func (p *phrase) amount(text string) string {
	m := amountShape.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	whole, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return text
	}
	cents := ""
	if m[2] != "" {
		cents = p.mark + m[2]
	}
	return p.number(whole) + cents + m[3]
}

var amountShape = regexp.MustCompile(`^([0-9]{1,18})(?:\.([0-9]{1,4}))?( [A-Z]{3})$`)

func digits(n int64) string { return strconv.FormatInt(n, 10) }

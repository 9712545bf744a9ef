package message

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/ids"
)

// TemplateConfirm is the e-mail that asks a shopper to confirm what they have allowed. A programme may have a template of this id of its
// own, of the topic service and with {{.ConfirmURL}}; the one here is for those that have none. It holds no advertising.
const TemplateConfirm = "confirm"

// CampaignConsent stands as campaign in the records of such e-mails.
const CampaignConsent = "consent"

// confirming is what the e-mail says, in one language.
type confirming struct{ subject, text, button, ignore string }

var confirmings = map[string]confirming{
	"en": {"Please confirm your e-mail address", "You asked for news from {{.Shop.Name}}. Please confirm that this is your address and that you want it.", "Confirm", "It was not you? Then do nothing, and we do not write again."},
	"de": {"Bitte bestätigen Sie Ihre E-Mail-Adresse", "Sie möchten Nachrichten von {{.Shop.Name}} erhalten. Bitte bestätigen Sie, dass dies Ihre Adresse ist und Sie das wünschen.", "Bestätigen", "Das waren nicht Sie? Dann müssen Sie nichts tun, und wir schreiben nicht wieder."},
	"fr": {"Veuillez confirmer votre adresse e-mail", "Vous avez demandé les nouvelles de {{.Shop.Name}}. Veuillez confirmer que cette adresse est la vôtre et que vous le souhaitez.", "Confirmer", "Ce n’était pas vous ? Ne faites rien, et nous n’écrirons plus."},
	"es": {"Confirme su dirección de correo", "Ha pedido noticias de {{.Shop.Name}}. Confirme que esta es su dirección y que lo desea.", "Confirmar", "¿No fue usted? No haga nada y no volveremos a escribir."},
	"it": {"Conferma il tuo indirizzo e-mail", "Hai chiesto notizie da {{.Shop.Name}}. Conferma che questo è il tuo indirizzo e che lo desideri.", "Conferma", "Non eri tu? Non fare nulla e non scriveremo più."},
	"nl": {"Bevestig uw e-mailadres", "U hebt om nieuws van {{.Shop.Name}} gevraagd. Bevestig dat dit uw adres is en dat u dit wilt.", "Bevestigen", "Was u dit niet? Doe dan niets, en we schrijven niet meer."},
	"pt": {"Confirme o seu endereço de e-mail", "Pediu notícias de {{.Shop.Name}}. Confirme que este endereço é seu e que o deseja.", "Confirmar", "Não foi você? Não faça nada e não voltaremos a escrever."},
	"pl": {"Potwierdź swój adres e-mail", "Poproszono o wiadomości od {{.Shop.Name}}. Potwierdź, że to Twój adres i że tego chcesz.", "Potwierdź", "To nie Ty? Nie rób nic, a nie napiszemy ponownie."},
	"ar": {"يرجى تأكيد بريدك الإلكتروني", "طلبت تلقي أخبار {{.Shop.Name}}. يرجى تأكيد أن هذا عنوانك وأنك ترغب في ذلك.", "تأكيد", "لم تكن أنت؟ لا تفعل شيئًا ولن نكتب مرة أخرى."},
	"he": {"נא לאשר את כתובת הדוא״ל", "ביקשת לקבל חדשות מאת {{.Shop.Name}}. נא לאשר שזו כתובתך ושזה רצונך.", "אישור", "לא ביקשת? אין צורך לעשות דבר ולא נכתוב שוב."},
	"fa": {"لطفاً ایمیل خود را تأیید کنید", "درخواست دریافت خبرهای {{.Shop.Name}} داده\u200cاید. لطفاً تأیید کنید که این نشانی شماست و این را می\u200cخواهید.", "تأیید", "شما نبودید؟ کاری نکنید و دیگر نمی\u200cنویسیم."},
}

// confirmMails are compiled when the first of a language is asked for.
var confirmMails = func() map[string]func() (*Compiled, error) {
	all := map[string]func() (*Compiled, error){}
	for language, w := range confirmings {
		all[language] = sync.OnceValues(func() (*Compiled, error) {
			return Compile(Template{ID: TemplateConfirm, Language: language, Topic: TopicService, Subject: w.subject, Blocks: []Block{
				{Type: BlockText, Text: w.text}, {Type: BlockButton, Text: w.button, URL: "{{.ConfirmURL}}"}, {Type: BlockText, Text: w.ignore}, {Type: BlockFooter},
			}})
		})
	}
	return all
}()

// ConfirmMail is the e-mail that asks for confirmation, in a language or, where we do not speak it, in English.
func ConfirmMail(language string) (*Compiled, error) {
	language, _, _ = strings.Cut(language, "-")
	if compile, ok := confirmMails[language]; ok {
		return compile()
	}
	return confirmMails["en"]()
}

const purposeConfirm purpose = "confirm"

// Confirmation is what a link confirms: what the shopper of a card has allowed at a moment, with an address.
type Confirmation struct {
	Card    string
	AskedAt time.Time // to the second
	address string    // hashed: a link that went to another address confirms nothing for the one of now
}

// Confirming is the confirmation of a shopper with an address, in small letters.
func Confirming(card string, at time.Time, address string) Confirmation {
	sum := sha256.Sum256([]byte(address))
	return Confirmation{Card: card, AskedAt: at.UTC().Truncate(time.Second), address: hex.EncodeToString(sum[:8])}
}

// ConfirmToken makes the token of its link. ErrInvalid for a card that is no id.
func ConfirmToken(secret string, c Confirmation) (string, error) {
	if !ids.ValidPart(c.Card) {
		return "", fmt.Errorf("%w: card %q must be an id", ErrInvalid, shorten(c.Card))
	}
	return seal(secret, purposeConfirm, strconv.FormatInt(c.AskedAt.Unix(), 10)+"\x00"+c.address+"\x00"+c.Card)
}

// ParseConfirmToken reads such a token. It returns ErrInvalid for every other text.
func ParseConfirmToken(secrets []string, token string) (Confirmation, error) {
	text, err := unseal(secrets, purposeConfirm, token, maxToken)
	if err != nil {
		return Confirmation{}, err
	}
	at, rest, _ := strings.Cut(text, "\x00")
	address, card, _ := strings.Cut(rest, "\x00")
	unix, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return Confirmation{}, fmt.Errorf("%w: this link is incomplete", ErrInvalid)
	}
	return Confirmation{Card: card, AskedAt: time.Unix(unix, 0).UTC(), address: address}, nil
}

package web

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/message"
)

// A letter's links lead to pages in the letter's language.
func TestThePagesSpeakEachLanguageOfEMails(t *testing.T) {
	t.Parallel()
	if got, want := slices.Sorted(maps.Keys(spoken)), message.Languages(); !slices.Equal(got, want) {
		t.Errorf("pages speak %v, e-mails %v", got, want)
	}
	for language, said := range spoken {
		v := reflect.ValueOf(said)
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Type.Kind() == reflect.String && f.Name != "language" && strings.TrimSpace(v.Field(i).String()) == "" {
				t.Errorf("%s says nothing for %s", language, f.Name)
			}
		}
	}
}

func TestAPageIsInTheLanguageOfTheShopper(t *testing.T) {
	t.Parallel()
	host := Host{Shop: "Harbour & Sons", Fallback: "fr", Language: func(_ context.Context, token string) string {
		return map[string]string{"german": "de-AT", "arabic": "ar", "swedish": "sv"}[token]
	}}
	for _, is := range []struct{ token, browser, lang, dir, button string }{
		{token: "german", lang: "de", dir: "ltr", button: "Abmelden"},
		{token: "german", browser: "en-GB,en;q=0.9", lang: "de", dir: "ltr", button: "Abmelden"},
		{token: "arabic", lang: "ar", dir: "rtl", button: "إلغاء الاشتراك"},
		{token: "swedish", browser: "sv, nl;q=0.7, en;q=0.3", lang: "nl", dir: "ltr", button: "Afmelden"},
		{token: "nobody", browser: "xx,de;q=0,EN-US;q=0.5", lang: "en", dir: "ltr", button: "Unsubscribe"},
		{token: "nobody", lang: "fr", dir: "ltr", button: "Se désabonner"},
		{token: "nobody", browser: strings.Repeat("xx,", 400) + "de", lang: "fr", dir: "ltr", button: "Se désabonner"},
		{token: "nobody", browser: ",;q=,;;--", lang: "fr", dir: "ltr", button: "Se désabonner"},
	} {
		r := httptest.NewRequest(http.MethodGet, UnsubscribePath+is.token, nil)
		r.Header.Set("Accept-Language", is.browser)
		w := httptest.NewRecorder()
		Unsubscribe(host, &consents{}).ServeHTTP(w, r)
		body := w.Body.String()
		if !strings.Contains(body, `<html lang="`+is.lang+`" dir="`+is.dir+`">`) || !strings.Contains(body, "<button>"+is.button+"</button>") || w.Header().Get("Content-Language") != is.lang {
			t.Errorf("%s with %q is shown\n%s", is.token, is.browser, body)
		}
	}
}

// Where nobody knows a language the page is English; a link that is broken asks for none.
func TestABrokenLinkIsToldInTheLanguageOfTheBrowser(t *testing.T) {
	t.Parallel()
	page := Preferences(Host{Language: func(context.Context, string) string { t.Error("a link without a token has a language"); return "" }}, nil)
	for browser, title := range map[string]string{"": "This link is incomplete", "pl": "Ten link jest niepełny"} {
		r := httptest.NewRequest(http.MethodGet, PreferencesPath, nil)
		r.Header.Set("Accept-Language", browser)
		w := httptest.NewRecorder()
		page.ServeHTTP(w, r)
		if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), title) {
			t.Errorf("%q: %d %s", browser, w.Code, w.Body)
		}
	}
}

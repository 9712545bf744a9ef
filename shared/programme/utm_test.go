package programme_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

func TestLinksOfACampaignBearWhatItSays(t *testing.T) {
	t.Parallel()
	const campaign = `
campaigns:
  - {id: thanks, on: checkout, message: {template: thanks, topic: offers}UTM}
templates:
  - {id: thanks, language: en, topic: offers, subject: Thank you, blocks: [{type: footer}]}
`
	for _, c := range []struct{ utm, tags, pointer string }{
		{"", "", ""},
		{", utm: {}", "utm_source=regulars&utm_medium=email&utm_campaign=thanks", ""},
		{", utm: {source: newsletter, medium: e mail, campaign: 'a&b'}", "utm_source=newsletter&utm_medium=e+mail&utm_campaign=a%26b", ""},
		{", utm: {source: " + strings.Repeat("a", 65) + "}", "", "/campaigns/0/utm/source"},
	} {
		p, _, faults, err := yamldoc.Read(strings.NewReader(basics + onePoint + strings.Replace(campaign, "UTM", c.utm, 1)))
		if err != nil || c.pointer == "" && len(faults) > 0 || c.pointer != "" && (len(faults) != 1 || faults[0].Pointer != c.pointer) {
			t.Errorf("%s: %v %v", c.utm, err, faults)
			continue
		}
		if c.pointer != "" {
			continue
		}
		if k, _ := p.Campaign("thanks"); k.LinkTags() != c.tags {
			t.Errorf("%s: links bear %q, want %q", c.utm, k.LinkTags(), c.tags)
		}
	}
}
